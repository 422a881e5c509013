import { expect, it } from 'vitest';
import { nearest } from '../../../server/lib/nearest.ts';

it('the nearest name is the one with the fewest slips; letters that changed places are one', () => {
  const names = ['start', 'status', 'shell'];
  expect(nearest('stauts', names)).toBe('status');
  expect(nearest('sart', names)).toBe('start');
  expect(nearest('shel', names)).toBe('shell');
});

it('nothing is near a word that is like none of them', () => {
  expect(nearest('destroy', ['start', 'status', 'shell'])).toBeUndefined();
  expect(nearest('start', [])).toBeUndefined();
});
