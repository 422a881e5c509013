// Tunnels: names, options and flows against those of a real br-tun, and which tunnels a host needs.
import { expect, it } from 'vitest';
import { createOverlay, fdbNetworks, type Overlay } from '../../../../server/cloud/agents/l2/overlay.ts';
import { forgetLearned, tunnelFlows } from '../../../../server/cloud/agents/openvswitch/flows-tunnel.ts';
import { checkLocalIp, settingsOf } from '../../../../server/cloud/agents/openvswitch/settings.ts';
import {
  tunnelName,
  tunnelOptions,
  wantedTunnels,
  type TunnelNetwork,
} from '../../../../server/cloud/agents/openvswitch/tunnels.ts';
import type { FdbEntries } from '../../../../server/cloud/model/specs.ts';
import { parseFlows, planFlows, type Flow } from '../../../../server/host/ovs-ofctl.ts';
import { ovsSettings, tunnelSettings } from '../../../support/ovs-settings.ts';
import { fixture } from '../sample.ts';

const goldB = '10.250.79.3';
const settings = tunnelSettings({
  types: ['gre', 'vxlan'],
  localIp: '10.250.79.2',
  populates: true,
  answersArp: true,
});
const network = (id: string, type: 'gre' | 'vxlan', segmentation_id: number, tag: number): TunnelNetwork => ({
  ...{ id, network_type: type, physical_network: null, segmentation_id, tag },
});
const networks = [
  network('net02', 'vxlan', 1364, 1),
  network('net01', 'vxlan', 1016, 3),
  network('netgre', 'gre', 881, 4),
];
const members = new Map([
  ['net02', { ports: [], flooding: [] }],
  ['net01', { ports: [{ mac: 'fa:16:3e:90:86:c1', ip: '192.168.101.21', host: goldB }], flooding: [goldB] }],
  [
    'netgre',
    { ports: [{ mac: 'fa:16:3e:02:59:b0', ip: '192.168.103.130', host: goldB }], flooding: [goldB] },
  ],
]);
const overlay: Overlay = { peers: new Map(), members, isComplete: true };
const lines = (flows: Flow[]) =>
  flows.map(({ table, priority, match, actions }) => `${table} ${priority} ${match} ${actions}`).sort();
const bridge = {
  outerPatch: 'patch-int',
  cookie: '0xe5e7c2c7d643d60c',
  networks,
  members,
  answersArp: true,
  isDistributed: false,
};

it('br-tun has the flows of a real one', () => {
  const found = parseFlows(fixture('neutron-br-tun-flows.txt')).filter((flow) => flow.isLearned !== true);
  const ports = wantedTunnels(settings, overlay, networks);
  expect(lines(tunnelFlows({ ...bridge, ports }))).toEqual(lines(found));
});

it('without L2 population frames go to every host that speaks the type of the network', () => {
  const peers = new Map([
    ['gre', [goldB]],
    ['vxlan', [goldB, '10.250.79.4']],
  ] as const);
  const ports = wantedTunnels(settings, { ...overlay, peers, members: undefined }, networks);
  expect(ports.map(({ name }) => name)).toEqual(['gre-0afa4f03', 'vxlan-0afa4f03', 'vxlan-0afa4f04']);
  const flows = lines(tunnelFlows({ ...bridge, ports, members: undefined, answersArp: false }));
  expect(flows.filter((line) => line.startsWith('22 1 '))).toEqual([
    '22 1 dl_vlan=1 pop_vlan,set_field:0x554->tun_id,output:"vxlan-0afa4f03",output:"vxlan-0afa4f04"',
    '22 1 dl_vlan=3 pop_vlan,set_field:0x3f8->tun_id,output:"vxlan-0afa4f03",output:"vxlan-0afa4f04"',
    '22 1 dl_vlan=4 pop_vlan,set_field:0x371->tun_id,output:"gre-0afa4f03"',
  ]);
  expect(flows.filter((line) => /^(20 2|21) /.test(line))).toEqual([]);
});

it('with L2 population a tunnel leads only to hosts that share a network', () => {
  expect(wantedTunnels(settings, overlay, networks.slice(0, 1))).toEqual([]);
  expect(wantedTunnels(settings, overlay, networks.slice(0, 2))).toEqual([
    { name: 'vxlan-0afa4f03', type: 'vxlan', remoteIp: goldB },
  ]);
});

it('learned flows are no business of a plan, until their tunnel is gone', () => {
  const found = parseFlows(
    ' cookie=0x7, table=20, hard_timeout=300, priority=1,vlan_tci=0x0004/0x0fff,dl_dst=fa:16:3e:02:59:b0 ' +
      'actions=load:0->NXM_OF_VLAN_TCI[],load:0x371->NXM_NX_TUN_ID[],output:"gre-0afa4f03"\n',
  );
  expect(planFlows([], found, '0x7').lines).toEqual([]);
  expect(planFlows([], found, '0x7', { isOutdated: () => true }).lines).toHaveLength(1);
});

it('what was learned in a network is forgotten when its local VLAN is given back or changes', () => {
  const flowsOf = (list: TunnelNetwork[]) => tunnelFlows({ ...bridge, ports: [], networks: list });
  const found = flowsOf(networks);
  expect(forgetLearned(found, found, '0x7')).toEqual([]);
  const [first, second, ...others] = networks;
  expect(forgetLearned(found, flowsOf([first!, ...others]), '0x7')).toEqual([
    `delete table=20,vlan_tci=0x000${second!.tag}/0x0fff,cookie=0x7/-1`,
  ]);
  const moved = flowsOf([{ ...first!, tag: 11 }, second!, ...others]);
  expect(forgetLearned(found, moved, '0x7')).toEqual([
    `delete table=20,vlan_tci=0x000${first!.tag}/0x0fff,cookie=0x7/-1`,
  ]);
});

it('a tunnel has the name and the options of a real one', () => {
  expect(tunnelName('vxlan', goldB)).toBe('vxlan-0afa4f03');
  expect(tunnelName('gre', '2001:db8::2')).toMatch(/^gre-[0-9a-f]{11}$/);
  const port = { name: 'vxlan-0afa4f03', type: 'vxlan', remoteIp: goldB } as const;
  const usual = {
    ...{ df_default: 'true', egress_pkt_mark: '0', in_key: 'flow', out_key: 'flow' },
    ...{ local_ip: '10.250.79.2', remote_ip: goldB },
  };
  expect(tunnelOptions(settings, port)).toEqual(usual);
  expect(tunnelOptions({ ...settings, vxlanPort: 8472, forbidsFragments: false }, port)).toEqual({
    ...usual,
    df_default: 'false',
    dst_port: '8472',
  });
});

const config = (agent: object, ovs: object = {}) => ({
  DEFAULT: { host: 'compute1' },
  ovs: {
    ...{
      integration_bridge: 'br-int',
      bridge_mappings: {},
      datapath_type: 'netdev',
      tunnel_bridge: 'br-tun',
    },
    ...{ int_peer_patch_port: 'patch-tun', tun_peer_patch_port: 'patch-int' },
    ...{ local_ip: null, enable_tunneling: false },
    ...ovs,
  },
  agent: {
    ...{ veth_mtu: 9000, polling_interval: 5, tunnel_types: [], vxlan_udp_port: 4789, dont_fragment: true },
    ...{ l2_population: false, arp_responder: null, enable_distributed_routing: false },
    ...agent,
  },
  securitygroup: { enable_security_group: true, firewall_driver: 'iptables_hybrid', enable_ipset: true },
});

it('tunnel types are read as the guide writes them, and GRE is what enable_tunneling alone means', () => {
  const local_ip = '192.168.1.10';
  const both = settingsOf(config({ tunnel_types: ['GRE', 'VXLAN'], l2_population: true }, { local_ip }));
  expect(both.tunnels).toMatchObject({ types: ['gre', 'vxlan'], populates: true, answersArp: true });
  expect(settingsOf(config({}, { local_ip, enable_tunneling: true })).tunnels.types).toEqual(['gre']);
  expect(settingsOf(config({}, { local_ip })).tunnels.types).toEqual([]);
  expect(settingsOf(config({ arp_responder: true })).tunnels.answersArp).toBe(false);
  expect(() => settingsOf(config({ tunnel_types: ['stt'] }, { local_ip }))).toThrow(
    "'stt' is none of gre, vxlan",
  );
});

it('tunnels without an address of this host are refused, by the name of the option', () => {
  expect(() => settingsOf(config({ tunnel_types: ['gre'] }))).toThrow("without option 'local_ip'");
  const tunnels = tunnelSettings({ types: ['gre'], localIp: '10.0.0.1' });
  expect(() => checkLocalIp(ovsSettings({ tunnels }), ['10.0.0.2'])).toThrow("option 'local_ip'");
  expect(() => checkLocalIp(ovsSettings({ tunnels }), ['10.0.0.2', '10.0.0.1'])).not.toThrow();
});

it('the server is asked for tunnels and members once, and again after news of them', async () => {
  const asked: string[] = [];
  let isAway = false;
  const fdb: FdbEntries = {
    net01: {
      ...{ network_type: 'vxlan', segment_id: 1016 },
      ports: {
        [goldB]: [
          ['00:00:00:00:00:00', '0.0.0.0'],
          ['fa:16:3e:90:86:c1', '192.168.101.21'],
        ],
        '10.250.79.2': [['fa:16:3e:15:f8:46', '192.168.101.102']],
      },
    },
  };
  const known = createOverlay(
    {
      fetchTunnels: async (type) => {
        if (isAway) throw new Error('away');
        asked.push(type);
        return { tunnels: [{ host: 'gold-b', ip_address: goldB }] };
      },
      fetchFdb: async (ids) => {
        if (isAway) throw new Error('away');
        asked.push(...ids);
        return fdb;
      },
    },
    { ...settings, types: ['vxlan'] },
  );
  const answer = await known.fetch(['net01']);
  expect(answer.members).toEqual(new Map([['net01', members.get('net01')]]));
  expect(answer.isComplete).toBe(true);
  const news = (tunnel_ip: string) => ({ tunnel_ip, tunnel_type: 'vxlan' });
  expect(known.tunnelChanged(news(goldB), false)).toBe(false);
  expect(known.tunnelChanged(news(settings.localIp), false)).toBe(false);
  expect(known.fdbChanged(['elsewhere'])).toBe(false);
  await known.fetch(['net01']);
  expect(asked).toEqual(['vxlan', 'net01']);
  expect(known.tunnelChanged(news('10.250.79.9'), false)).toBe(true);
  expect(known.fdbChanged(['net01'])).toBe(true);
  isAway = true;
  const old = await known.fetch(['net01', 'net02']);
  expect(old.problem?.message).toBe('away');
  expect([old.isComplete, [...old.members!.keys()]]).toEqual([false, ['net01']]);
});

it('the networks of a population event are its keys, also where addresses changed', () => {
  expect(fdbNetworks({ a: {}, b: {} })).toEqual(['a', 'b']);
  expect(fdbNetworks({ chg_ip: { c: {} } })).toEqual(['c']);
});
