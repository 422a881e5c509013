// What the agent decides to do, from made-up states of server and host.
import { expect, it } from 'vitest';
import type { Actual, SwitchPort } from '../../../../server/cloud/agents/openvswitch/actual.ts';
import type { HostDesired } from '../../../../server/cloud/agents/openvswitch/host-desired.ts';
import { createDesired, type Plugin } from '../../../../server/cloud/agents/l2/desired.ts';
import { emptyOverlay } from '../../../../server/cloud/agents/l2/overlay.ts';
import { plan } from '../../../../server/cloud/agents/openvswitch/plan.ts';
import { assignTags } from '../../../../server/cloud/agents/openvswitch/vlan-tags.ts';
import { parseTables } from '../../../../server/host/iptables.ts';
import { ovsSettings } from '../../../support/ovs-settings.ts';
import { fixture, vm01, webGroup } from '../sample.ts';

const settings = ovsSettings();
const bridge = {
  failMode: 'secure',
  datapathType: 'netdev',
  protocols: ['OpenFlow10', 'OpenFlow13', 'OpenFlow14'],
  otherConfig: { 'mac-table-size': '50000' },
};
const port = (name: string, given: Partial<SwitchPort> = {}): [string, SwitchPort] => [
  name,
  {
    name,
    bridge: 'br-int',
    type: '',
    options: {},
    tag: undefined,
    otherConfig: {},
    externalIds: {},
    ofport: 1,
    ...given,
  },
];
const host = (ports: [string, SwitchPort][]): Actual => ({
  switch: {
    bridges: new Map([
      ['br-int', bridge],
      ['br-eth1', bridge],
    ]),
    ports: new Map([port('int-br-eth1'), port('phy-br-eth1', { bridge: 'br-eth1' }), ...ports]),
  },
  devices: new Map(['int-br-eth1', 'phy-br-eth1'].map((name) => [name, { mtu: 9000, isUp: true }])),
  flows: new Map(),
  tables: { 4: {} },
  ipsets: new Map(),
  sysctls: { 'net/bridge/bridge-nf-call-iptables': '1' },
});
const desired = (given: Partial<HostDesired> = {}): HostDesired => ({
  overlay: emptyOverlay,
  devices: new Map([[vm01.port_id, vm01]]),
  unknown: new Set(),
  groups: { security_groups: {}, sg_member_ips: {} },
  ...given,
});
const qvo = port('qvodc5146c6-57', { externalIds: { 'iface-id': vm01.port_id } });
const decide = (wanted: HostDesired | undefined, actual: Actual) => plan(settings, wanted, actual, new Map());

it('rules and flows of a port come before its tag', () => {
  const kinds = decide(desired(), host([qvo])).map((step) => step.kind);
  expect(kinds).toEqual(['change-iptables', 'change-flows', 'change-flows', 'change-switch']);
});

it('the tag and why the port has it are written in one transaction', () => {
  const [step] = decide(desired(), host([qvo])).filter(({ kind }) => kind === 'change-switch');
  expect(step?.kind === 'change-switch' && step.commands).toEqual([
    [
      ...['--if-exists', 'set', 'Port', 'qvodc5146c6-57', 'tag=1'],
      ...[
        'other_config:"net_uuid"="a04544a6-9710-47e1-95ac-60f41a2e2204"',
        'other_config:"network_type"="vxlan"',
        'other_config:"physical_network"="None"',
        'other_config:"segmentation_id"="1016"',
        'other_config:"tag"="1"',
      ],
    ],
  ]);
});

it('while the server has not answered for a port, nothing that may be its is taken away', () => {
  const actual = host([qvo]);
  actual.tables[4] = parseTables(fixture('neutron-guest-rules.txt'));
  const steps = decide(desired({ devices: new Map() }), actual);
  expect(steps.filter(({ kind }) => kind !== 'change-flows')).toEqual([]);
  expect(JSON.stringify(steps)).not.toContain('delete_strict');
});

it('a port that the server does not know goes to the dead VLAN', () => {
  const steps = decide(desired({ devices: new Map(), unknown: new Set([vm01.port_id]) }), host([qvo]));
  expect(steps.at(-1)).toMatchObject({
    kind: 'change-switch',
    commands: [['--if-exists', 'set', 'Port', qvo[0], 'tag=4095']],
  });
});

it('a missing physical bridge is named with its remedy, and the rest goes on', () => {
  const actual = host([qvo]);
  actual.switch.bridges.delete('br-eth1');
  const steps = decide(desired(), actual);
  expect(steps.find(({ kind }) => kind === 'report-problem')?.reason).toMatch(
    /br-eth1 for physical network physnet2.*add-br br-eth1/,
  );
  expect(steps.some(({ kind }) => kind === 'change-iptables')).toBe(true);
});

it('a bridge that switches by itself is told not to', () => {
  const actual = host([]);
  actual.switch.bridges.set('br-eth1', { ...bridge, failMode: '' });
  expect(decide(desired(), actual).map(({ reason }) => reason)).toContain(
    'bridge br-eth1 would switch frames by itself without flows',
  );
});

it('a rule that is gone ends the connections it had let in, and only those', () => {
  const actual = host([qvo]);
  actual.tables[4] = parseTables(fixture('neutron-guest-rules.txt'));
  const ended = decide(desired(), actual).flatMap((step) =>
    step.kind === 'forget-connections' ? [step.connections] : [],
  );
  const own = { zone: 4099, family: 4, destination: '192.168.101.102' };
  expect(ended).toEqual([
    { ...own, protocol: 'icmp' },
    { ...own, protocol: 'tcp' },
    { zone: 4099, family: 4, source: '192.168.101.102' },
  ]);
});

it('connections of a port that is gone are forgotten before its zone is used again', () => {
  const actual = host([]);
  actual.tables[4] = parseTables(fixture('neutron-guest-rules.txt'));
  const steps = decide(desired({ devices: new Map() }), actual);
  expect(steps).toContainEqual({
    kind: 'forget-connections',
    connections: { zone: 4099, family: 4 },
    reason: `zone 4099 belonged to ${vm01.port_id}, which is gone`,
  });
});

it('tags are kept as recorded, given to new networks in order and used again when free', () => {
  const records = [
    { network: 'b', tag: 1 },
    { network: 'c', tag: 1 },
    { network: 'gone', tag: 2 },
    { network: 'bad', tag: Number.NaN },
  ];
  expect([...assignTags(['a', 'b', 'c'], records)]).toEqual([
    ['a', 3],
    ['b', 1],
    ['c', 4],
  ]);
  expect([...assignTags(['a', 'b'], [])]).toEqual([
    ['a', 1],
    ['b', 2],
  ]);
});

it('the server is asked once for what is new or changed, and old answers serve while it is away', async () => {
  const asked: string[][] = [];
  let isAway = false;
  const plugin: Plugin = {
    fetchDevices: async (ids) => {
      if (isAway) throw new Error('away');
      asked.push(ids);
      return {
        devices: ids.filter((id) => id !== 'x').map((id) => ({ ...vm01, port_id: id })),
        failed_devices: ids.filter((id) => id === 'x'),
      };
    },
    fetchGroups: async () => ({ security_groups: {}, sg_member_ips: {} }),
    reportDevices: async () => undefined,
  };
  const ports = createDesired(plugin);
  expect([...(await ports.fetch(['a', 'x'])).unknown]).toEqual(['x']);
  await ports.fetch(['a', 'b']);
  expect(ports.portChanged('a')).toBe(true);
  expect(ports.portChanged('elsewhere')).toBe(false);
  await ports.fetch(['a', 'b']);
  expect(asked).toEqual([['a', 'x'], ['b'], ['a']]);
  expect([ports.groupsChanged([webGroup]), ports.groupsChanged(['another'])]).toEqual([true, false]);
  isAway = true;
  ports.everythingChanged();
  const { devices, problem } = await ports.fetch(['a', 'b', 'new']);
  expect([...devices.keys()]).toEqual(['a', 'b']);
  expect(problem?.message).toBe('away');
});
