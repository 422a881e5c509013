// What a node prints of itself, recorded on a network and on a compute node of the first lab.
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readLook } from '../../../../server/appliance/observe/read-look.ts';

const nics = ['mgmt0', 'eth0', 'eth1'];
const recorded = (node: string) =>
  readFileSync(new URL(`../../fixtures/node-observe-${node}.json`, import.meta.url), 'utf8');
const look = (node: string) => readLook(node, nics, recorded(node));
const empty = { devices: [], namespaces: {}, guests: {}, running: [], switch: null };
const device = (ifname: string, more: object = {}) => ({
  ...{ ifindex: 1, ifname, flags: ['UP', 'LOWER_UP'], addr_info: [] },
  ...more,
});

it('tells bridges, NICs and the veth pairs between bridges', () => {
  const { bridges, devices } = look('network');
  expect(bridges.map(({ name, kind, state }) => [name, kind, state])).toEqual([
    ['br-eth1', 'openvswitch', 'up'],
    ['br-ex', 'openvswitch', 'up'],
    ['br-int', 'openvswitch', 'up'],
  ]);
  expect(bridges[0]!.addresses).toEqual(['192.168.1.11/24']);
  const byId = new Map(devices.map((one) => [one.id, one]));
  expect(byId.get('eth1')).toMatchObject({ kind: 'nic', bridge: 'br-eth1', state: 'up' });
  expect(byId.get('int-br-eth1')).toMatchObject({ kind: 'veth', bridge: 'br-int', peer: 'phy-br-eth1' });
  expect(devices.some(({ name }) => name === 'lo' || name === 'ovs-netdev' || name === 'br-int')).toBe(false);
});

it('tells an internal port inside a namespace once, with its bridge, tag and addresses', () => {
  const { namespaces, devices } = look('network');
  expect(namespaces.map(({ kind }) => kind)).toEqual(['dhcp', 'dhcp', 'router']);
  const gateway = devices.filter(({ name }) => name.startsWith('qr-f6644c15'));
  expect(gateway).toEqual([
    expect.objectContaining({
      id: 'qrouter-4a23a630-93db-4c6d-9b7b-a588f31e603c/qr-f6644c15-38',
      kind: 'internal',
      bridge: 'br-int',
      tag: 1,
      addresses: ['192.168.101.1/24'],
    }),
  ]);
});

it('follows an instance from its own eth0 to its tap and through its bridge', () => {
  const { guests, devices } = look('compute1');
  expect(guests.every(({ isRunning }) => isRunning)).toBe(true);
  const byId = new Map(devices.map((one) => [one.id, one]));
  const inside = devices.find(({ guest, name }) => guest === guests[0]!.id && name === 'eth0')!;
  const tap = byId.get(inside.peer!)!;
  expect(tap).toMatchObject({ kind: 'veth', peer: inside.id });
  expect(tap.bridge).toMatch(/^qbr/);
  const qvb = devices.find(({ name, bridge }) => name.startsWith('qvb') && bridge === tap.bridge)!;
  expect(byId.get(qvb.peer!)).toMatchObject({ bridge: 'br-int', tag: expect.any(Number) });
});

it('tells a pulled cable, a device that is down and a port without its device apart', () => {
  const switchTables = [
    { rows: [{ name: 'br-int', ports: ['uuid', 'p1'] }] },
    { rows: [{ _uuid: ['uuid', 'p1'], name: 'tap1', tag: 3, interfaces: ['uuid', 'i1'] }] },
    {
      rows: [
        {
          ...{ _uuid: ['uuid', 'i1'], name: 'tap1', type: 'internal', options: ['map', []] },
          error: 'could not open network device tap1 (No such device)',
        },
      ],
    },
  ];
  const { devices } = readLook(
    'network',
    nics,
    JSON.stringify({
      ...empty,
      devices: [device('eth0', { flags: ['UP'] }), device('eth1', { flags: [] }), device('br-int')],
      switch: switchTables,
    }),
  );
  expect(devices.map(({ name, state }) => [name, state])).toEqual([
    ['eth0', 'no-carrier'],
    ['eth1', 'down'],
    ['tap1', 'missing'],
  ]);
  expect(devices[2]).toMatchObject({ tag: 3, problem: expect.stringContaining('No such device') });
});

it('tells patches with their other end and tunnels with their far end and key', () => {
  const rows = (type: string, options: [string, string][]) => ({
    ...{ _uuid: ['uuid', 'i1'], name: 'x', type, error: ['set', []], options: ['map', options] },
  });
  const portOf = (type: string, options: [string, string][]) =>
    readLook(
      'compute1',
      nics,
      JSON.stringify({
        ...empty,
        switch: [
          { rows: [{ name: 'br-tun', ports: ['set', [['uuid', 'p1']]] }] },
          { rows: [{ _uuid: ['uuid', 'p1'], name: 'x', tag: ['set', []], interfaces: ['uuid', 'i1'] }] },
          { rows: [rows(type, options)] },
        ],
      }),
    ).devices[0];
  expect(portOf('patch', [['peer', 'patch-tun']])).toMatchObject({ kind: 'patch', peer: 'patch-tun' });
  const tunnel = [
    ['remote_ip', '192.168.1.12'],
    ['in_key', 'flow'],
  ] as [string, string][];
  expect(portOf('vxlan', tunnel)).toMatchObject({ kind: 'tunnel', remote: '192.168.1.12', segment: 'flow' });
});

it('tells Linux bridges with VLAN and VXLAN devices', () => {
  const vxlan = { info_kind: 'vxlan', info_data: { id: 7, group: '224.0.0.1' } };
  const { bridges, devices } = readLook(
    'compute1',
    nics,
    JSON.stringify({
      ...empty,
      devices: [
        device('brq1', { linkinfo: { info_kind: 'bridge' }, flags: [] }),
        device('eth1.101', {
          ...{ link: 'eth1', master: 'brq1' },
          linkinfo: { info_kind: 'vlan', info_data: { id: 101 } },
        }),
        device('vxlan-7', { master: 'brq1', linkinfo: vxlan }),
      ],
    }),
  );
  expect(bridges).toMatchObject([{ name: 'brq1', kind: 'linux', state: 'down' }]);
  expect(devices).toMatchObject([
    { name: 'eth1.101', kind: 'vlan', parent: 'eth1', segment: '101', bridge: 'brq1' },
    { name: 'vxlan-7', kind: 'tunnel', remote: '224.0.0.1', segment: '7' },
  ]);
});

it('refuses a line that was cut off', () => {
  expect(() => readLook('network', nics, recorded('network').slice(0, 500))).toThrow(SyntaxError);
});
