import { expect, it } from 'vitest';
import type { DeviceState, NodePlumbing } from '../../../../server/appliance/http/types.ts';
import type { CloudNames } from '../../../../server/appliance/observe/cloud-names.ts';
import { isUnexplained, withNames } from '../../../../server/appliance/observe/with-names.ts';

const router = '4a23a630-93db-4c6d-9b7b-a588f31e603c';
const network = '88b5eb2b-22f0-4f19-bca9-e7ad0447ac20';
const server = '2ec121fc-d8d7-4e57-81c9-70d46a16ca59';
const port = '9c8884ed-8a00-4000-8000-000000000000';
const device = (id: string, more: Partial<DeviceState> = {}): DeviceState => ({
  ...{ id, name: id, kind: 'veth', state: 'up', addresses: [] },
  ...more,
});
const bare: NodePlumbing = {
  node: 'compute1',
  bridges: [],
  namespaces: [
    { name: `qrouter-${router}`, kind: 'router', title: `qrouter-${router}` },
    { name: `qdhcp-${network}`, kind: 'dhcp', title: `qdhcp-${network}` },
    { name: `snat-${router}`, kind: 'snat', title: `snat-${router}` },
    { name: 'mine', kind: 'other', title: 'mine' },
  ],
  guests: [{ id: server, title: server, isRunning: true }],
  devices: [
    device('tap9c8884ed-8a', { peer: `${server}/eth0` }),
    device(`${server}/eth0`, { name: 'eth0', guest: server, peer: 'tap9c8884ed-8a' }),
    device('eth1'),
  ],
};
const net01 = { id: network, name: 'net01', segment: 'VLAN 101' };
const names: CloudNames = {
  networks: new Map([[network, net01]]),
  routers: new Map([[router, { resource: 'router', id: router, name: 'router01' }]]),
  servers: new Map([[server, { resource: 'server', id: server, name: 'vm01' }]]),
  ports: new Map([
    [port.slice(0, 11), { resource: 'port', id: port, name: '', device: server, network: net01 }],
  ]),
  instances: [],
};

it('calls namespaces and instances what people call them', () => {
  const { namespaces, guests } = withNames(bare, names);
  expect(namespaces.map(({ title }) => title)).toEqual([
    'router01',
    'DHCP of net01',
    'SNAT of router01',
    'mine',
  ]);
  expect(namespaces[1]!.object).toEqual({ resource: 'network', id: network, name: 'net01' });
  expect(guests[0]!.title).toBe('vm01');
});

it('knows the port and network of a tap and of the device inside the instance', () => {
  const { devices } = withNames(bare, names);
  expect(devices[0]).toMatchObject({ port: { id: port }, network: net01 });
  expect(devices[1]).toMatchObject({ port: { id: port }, network: net01 });
  expect(devices[2]!.port).toBeUndefined();
});

it('says whether something has an id that nobody knows', () => {
  expect(isUnexplained(withNames(bare, names))).toBe(false);
  expect(isUnexplained(withNames(bare, { ...names, routers: new Map() }))).toBe(true);
  expect(isUnexplained(withNames(bare, { ...names, ports: new Map() }))).toBe(true);
});

it('keeps the title of what was deleted at the API until it has gone from the node', () => {
  const before = withNames(bare, names);
  const gone = { ...names, routers: new Map(), servers: new Map() };
  const { namespaces, guests } = withNames(bare, gone, before);
  expect(namespaces[0]).toEqual({ name: `qrouter-${router}`, kind: 'router', title: 'router01' });
  expect(guests[0]!.title).toBe('vm01');
});
