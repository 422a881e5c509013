// Arithmetic on addresses and prefixes.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import {
  canonicalAddress,
  cidrOf,
  contains,
  familyOf,
  formatCidr,
  overlaps,
  parseCidr,
  toAddress,
  toNumber,
} from '../../../server/lib/cidr.ts';

it('an address survives the way to a number and back, in one spelling', () => {
  fc.assert(
    fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
      const family = familyOf(address)!;
      const canonical = toAddress(toNumber(address), family);
      expect(toNumber(canonical)).toBe(toNumber(address));
      expect(canonicalAddress(canonical)).toBe(canonical);
      expect(contains(cidrOf(`${address}/${family === 4 ? 24 : 64}`), address)).toBe(true);
    }),
  );
});

it.each([
  ['FD00:0:0:1:0:0:0:9', 'fd00:0:0:1::9'],
  ['::', '::'],
  ['::1', '::1'],
  ['2001:db8:0:0:1:0:0:1', '2001:db8::1:0:0:1'],
  ['1:0:2:3:4:5:6:7', '1:0:2:3:4:5:6:7'],
  ['::ffff:10.0.0.1', '::ffff:a00:1'],
])('%s is written %s', (address, canonical) => expect(canonicalAddress(address)).toBe(canonical));

it('prefixes clear their host bits, and refuse what they are not', () => {
  expect(formatCidr(cidrOf('192.168.101.77/24'))).toBe('192.168.101.0/24');
  expect(formatCidr(cidrOf('fd00::7/64'))).toBe('fd00::/64');
  for (const text of ['10.0.0.0', '10.0.0.0/33', '10.0.0/8', 'fe80::1%eth0/64', '/24', 'x'])
    expect(parseCidr(text)).toBeUndefined();
});

it('prefixes overlap when they share an address, never across families', () => {
  expect(overlaps(cidrOf('10.0.0.0/24'), cidrOf('10.0.0.128/25'))).toBe(true);
  expect(overlaps(cidrOf('10.0.0.0/24'), cidrOf('10.0.1.0/24'))).toBe(false);
  expect(overlaps(cidrOf('0.0.0.0/0'), cidrOf('::/0'))).toBe(false);
});
