import { expect, test } from 'vitest';
import { defaultSpec } from '../../../../server/appliance/labs/spec.ts';
import { addressesIn } from '../../../../server/appliance/labs/subnets.ts';
import { bridgeLines, wireLines } from '../../../../server/appliance/labs/wires.ts';

const { nodes } = defaultSpec('play');
const addresses = addressesIn('100.96.7.0/24', nodes.map(({ name }) => name)); // prettier-ignore
const find = (name: string) => nodes.find((node) => node.name === name)!;

test('a node is wired to every other node on the same physical network and to no other', () => {
  expect(wireLines(nodes, find('compute1'), addresses)).toBe('eth1 1 100.96.7.12 100.96.7.14\n');
  expect(wireLines(nodes, find('outside'), addresses)).toBe('eth0 2 100.96.7.12\n');
  expect(wireLines(nodes, find('network'), addresses)).toBe(
    'eth0 2 100.96.7.15\neth1 1 100.96.7.13 100.96.7.14\n',
  );
});

test('a node without wires has none', () => {
  expect(wireLines(nodes, find('controller'), addresses)).toBe('');
});

test('the bridges of the network node hold both of its NICs', () => {
  expect(bridgeLines(find('network'))).toBe('br-ex eth0\nbr-eth1 eth1\n');
});
