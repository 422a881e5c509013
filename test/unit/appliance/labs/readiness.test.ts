import { expect, test } from 'vitest';
import { missingOn } from '../../../../server/appliance/labs/readiness.ts';
import { checkLabName, defaultSpec } from '../../../../server/appliance/labs/spec.ts';

const { nodes } = defaultSpec('play');
const find = (name: string) => nodes.find((node) => node.name === name)!;
const nothing = { agents: [], hypervisors: [], images: [] };

test('a compute node lacks its agent and its hypervisor until both have reported', () => {
  const compute = find('compute1');
  expect(missingOn(compute, nothing)).toEqual(['neutron-openvswitch-agent', 'nova-compute']);
  const agents = [{ binary: 'neutron-openvswitch-agent', host: 'compute1', alive: true }];
  expect(missingOn(compute, { ...nothing, agents, hypervisors: ['compute1'] })).toEqual([]);
});

test("an agent that is dead, or another node's, does not count", () => {
  const agents = [
    { binary: 'neutron-openvswitch-agent', host: 'compute1', alive: false },
    { binary: 'neutron-openvswitch-agent', host: 'compute2', alive: true },
  ];
  const missing = missingOn(find('compute1'), { ...nothing, agents, hypervisors: ['compute1'] });
  expect(missing).toEqual(['neutron-openvswitch-agent']);
});

test('the outside needs nothing of the cloud', () => {
  expect(missingOn(find('outside'), nothing)).toEqual([]);
});

test('a node lacks the agents that were asked for on it, and no others', () => {
  const shaped = defaultSpec('play', {
    mechanism: 'linuxbridge',
    mechanismOf: { compute2: 'openvswitch' },
    isDistributed: true,
  });
  const missing = (name: string) =>
    missingOn(
      shaped.nodes.find((node) => node.name === name)!,
      nothing,
    );
  expect(missing('network')).toEqual([
    'neutron-linuxbridge-agent',
    ...['neutron-dhcp-agent', 'neutron-l3-agent', 'neutron-metadata-agent'],
  ]);
  expect(missing('compute1')).toEqual(['neutron-linuxbridge-agent', 'nova-compute']);
  expect(missing('compute2')).toEqual([
    ...['neutron-openvswitch-agent', 'neutron-l3-agent', 'neutron-metadata-agent', 'nova-compute'],
  ]);
});

test('a name that cannot be part of a host name is refused with the rule', () => {
  for (const bad of ['', 'Lab', '-lab', 'a_b', 'x'.repeat(41), '../x'])
    expect(() => checkLabName(bad)).toThrow('lower-case letters');
  expect(() => checkLabName('ovs-vlan-1')).not.toThrow();
});
