// Prefixes as sets of addresses.
import { expect, it } from 'vitest';
import { compact, without } from '../../../server/lib/cidr-set.ts';

it('joins what lies side by side or within', () => {
  expect(compact(['10.128.0.0/9', '10.0.0.0/9', '10.3.0.0/16', '192.0.2.0/25'])).toEqual([
    '10.0.0.0/8',
    '192.0.2.0/25',
  ]);
  expect(compact(['10.0.1.0/24', '10.0.2.0/24'])).toEqual(['10.0.1.0/24', '10.0.2.0/24']);
  expect(compact(['2001:db8:1::/48', '2001:db8::/48'])).toEqual(['2001:db8::/47']);
  expect(compact(['0.0.0.0/1', '128.0.0.0/1'])).toEqual(['0.0.0.0/0']);
  expect(compact([])).toEqual([]);
});

it('takes a part out of the middle', () => {
  expect(without(['10.0.0.0/24'], ['10.0.0.64/26'])).toEqual(['10.0.0.0/26', '10.0.0.128/25']);
  expect(without(['10.0.0.0/24'], ['192.0.2.0/24'])).toEqual(['10.0.0.0/24']);
  expect(without(['10.0.0.0/24', '10.1.0.0/24'], ['10.0.0.0/8'])).toEqual([]);
});
