// A router without a namespace: what it may touch of the node, and what it takes along.
import { expect, it } from 'vitest';
import { inRootNamespace } from '../../../../server/cloud/agents/l3/root-namespace.ts';
import { planIptables } from '../../../../server/host/iptables.ts';

const device = (name: string, address: string) => ({
  ...{ name, portId: name, bridge: 'br-int', mac: '', mtu: 1500 },
  addresses: [address],
});

it('routes lie in a table of their own, which only the router’s networks are led to', () => {
  const { routes, rules } = inRootNamespace({
    devices: [device('qr-1', '192.168.101.1/24'), device('qg-1', '10.64.201.91/24')],
    routes: [{ destination: 'default', nexthop: '10.64.201.254', dev: 'qg-1' }],
    sysctls: {},
    tables: {},
  });
  expect(routes).toEqual([
    { destination: '192.168.101.0/24', dev: 'qr-1', isOnLink: true, table: '17' },
    { destination: '10.64.201.0/24', dev: 'qg-1', isOnLink: true, table: '17' },
    { destination: 'default', nexthop: '10.64.201.254', dev: 'qg-1', table: '17' },
  ]);
  expect(rules).toEqual([{ priority: 32_000, iif: 'qr-1', table: '17' }]);
});

const frame = (agents: string[]) => ({
  filter: {
    FORWARD: ['-j neutron-filter-top', ...agents.map((agent) => `-j ${agent}-FORWARD`)],
    'neutron-filter-top': agents.map((agent) => `-j ${agent}-local`),
    ...Object.fromEntries(
      agents.flatMap((agent) => [`${agent}-local`, `${agent}-FORWARD`].map((c) => [c, []])),
    ),
  },
});

it('the chain that agents share goes with the last of them', () => {
  const { input } = planIptables({}, frame(['neutron-l3-agent']), 'neutron-l3-agent');
  expect(input).toContain('-D FORWARD -j neutron-filter-top\n');
  expect(input).toContain('-X neutron-filter-top\n');
});

it('the chain that agents share stays while another uses it', () => {
  const both = frame(['neutron-l3-agent', 'neutron-openvswi']);
  const { input } = planIptables({}, both, 'neutron-l3-agent');
  expect(input).toContain('-D neutron-filter-top -j neutron-l3-agent-local\n');
  expect(input).not.toContain('-X neutron-filter-top');
  expect(input).not.toContain('-D FORWARD -j neutron-filter-top');
});
