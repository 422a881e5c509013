import { expect, it } from 'vitest';
import { lineCountOf } from '../../../web/src/terminal/pasting.ts';
import { countText } from '../../../web/src/terminal/search-count.ts';
import { scaledLetters } from '../../../web/src/terminal/terminal-size.ts';

it('makes letters of a watcher no larger than its own and small enough for the whole terminal', () => {
  const fits = { columns: 100, rows: 30 };
  expect(scaledLetters(14, fits, { columns: 80, rows: 24 })).toBe(14);
  expect(scaledLetters(14, fits, { columns: 200, rows: 30 })).toBe(7);
  expect(scaledLetters(14, fits, { columns: 100, rows: 40 })).toBe(10.5);
  expect(scaledLetters(14, fits, { columns: 1000, rows: 1000 })).toBe(4);
});

it('counts the lines that a paste would enter', () => {
  expect(lineCountOf('one')).toBe(1);
  expect(lineCountOf('one\n')).toBe(1);
  expect(lineCountOf('one\r\ntwo\rthree\n')).toBe(3);
});

it('says how often a word was found', () => {
  expect(countText('', { index: -1, count: 0 })).toBe('');
  expect(countText('x', { index: -1, count: 0 })).toBe('Not found');
  expect(countText('x', { index: 2, count: 3 })).toBe('3 of 3');
  expect(countText('x', { index: -1, count: 1000 })).toBe('More than 1000');
});
