import fc from 'fast-check';
import { expect, it } from 'vitest';
import { hostnameOf } from '../../../../server/cloud/compute/create-server.ts';

it.each([
  ['VM_01 web', 'vm-01-web'],
  ['web.example.org', 'web.example.org'],
  ['a..b-.-c', 'a.b.c'],
  ['--', 'server'],
  [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  [`${'a'.repeat(62)}.b`, 'a'.repeat(62)],
])('the host name of %j is %s', (name, hostname) => {
  expect(hostnameOf(name)).toBe(hostname);
});

it('a kernel and DNS (RFC 1123) take the host name of whatever name', () => {
  const label = '[a-z0-9]([a-z0-9-]*[a-z0-9])?';
  const anything = fc.oneof(
    fc.string({ maxLength: 255 }),
    fc.string({ unit: fc.constantFrom('a', '-', '.', '_', '9', 'Z', ' '), maxLength: 255 }),
  );
  fc.assert(
    fc.property(anything, (name) => {
      const hostname = hostnameOf(name);
      expect(hostname).toMatch(new RegExp(`^${label}([.]${label})*$`));
      expect(hostname.length).toBeLessThanOrEqual(63);
    }),
    { seed: 2015, numRuns: 1000 },
  );
});
