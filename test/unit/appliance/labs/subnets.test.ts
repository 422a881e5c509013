import { expect, test } from 'vitest';
import { addressesIn, freeSubnets } from '../../../../server/appliance/labs/subnets.ts';

test('a lab keeps its subnet while nobody else has it', () => {
  expect(freeSubnets('play', []).next().value).toBe(freeSubnets('play', []).next().value);
});

test('a subnet that overlaps with one in use is passed over', () => {
  const first = freeSubnets('play', []).next().value!;
  const second = freeSubnets('play', [first]).next().value!;
  expect(second).not.toBe(first);
  const aroundFirst = first.replace(/\d+\.0\/24$/, '0.0/16');
  const elsewhere = freeSubnets('play', [aroundFirst]).next().value!;
  expect(elsewhere.split('.').slice(0, 2)).not.toEqual(first.split('.').slice(0, 2));
});

test('addresses of version 6 are no hindrance', () => {
  expect(freeSubnets('play', ['fe80::1/64', '::/0']).next().value).toBe(freeSubnets('play', []).next().value);
});

test('there are no subnets left when all are taken', () => {
  expect([...freeSubnets('play', ['100.64.0.0/10'])]).toEqual([]);
});

test('nodes get their addresses in order, after the gateway', () => {
  expect(addressesIn('100.97.3.0/24', ['controller', 'network'])).toEqual({
    controller: '100.97.3.11',
    network: '100.97.3.12',
  });
});
