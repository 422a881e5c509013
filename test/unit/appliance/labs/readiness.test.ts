import { expect, test } from 'vitest';
import { missingOn } from '../../../../server/appliance/labs/readiness.ts';
import { checkLabName, nodeOf } from '../../../../server/appliance/labs/spec.ts';

const nothing = { agents: [], hypervisors: [], images: [] };

test('a compute node lacks its agent and its hypervisor until both have reported', () => {
  const compute = nodeOf('compute1', 'compute');
  expect(missingOn(compute, nothing)).toEqual(['neutron-openvswitch-agent', 'nova-compute']);
  const agents = [{ binary: 'neutron-openvswitch-agent', host: 'compute1', alive: true }];
  expect(missingOn(compute, { ...nothing, agents, hypervisors: ['compute1'] })).toEqual([]);
});

test("an agent that is dead, or another node's, does not count", () => {
  const agents = [
    { binary: 'neutron-openvswitch-agent', host: 'compute1', alive: false },
    { binary: 'neutron-openvswitch-agent', host: 'compute2', alive: true },
  ];
  const missing = missingOn(nodeOf('compute1', 'compute'), { ...nothing, agents, hypervisors: ['compute1'] });
  expect(missing).toEqual(['neutron-openvswitch-agent']);
});

test('the outside needs nothing of the cloud', () => {
  expect(missingOn(nodeOf('outside', 'outside'), nothing)).toEqual([]);
});

test('a name that cannot be part of a host name is refused with the rule', () => {
  for (const bad of ['', 'Lab', '-lab', 'a_b', 'x'.repeat(41), '../x'])
    expect(() => checkLabName(bad)).toThrow('lower-case letters');
  expect(() => checkLabName('ovs-vlan-1')).not.toThrow();
});
