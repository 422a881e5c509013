// What the Linux bridge agent decides to do, from made-up states of server and host, and against a real agent's rules.
import { expect, it } from 'vitest';
import type { Actual } from '../../../../server/cloud/agents/linuxbridge/actual.ts';
import { createHostDesired, type HostDesired } from '../../../../server/cloud/agents/linuxbridge/desired.ts';
import { vlanDevice, vlanSwitch } from '../../../../server/cloud/agents/linuxbridge/names.ts';
import { plan } from '../../../../server/cloud/agents/linuxbridge/plan.ts';
import { spoofChains } from '../../../../server/cloud/agents/linuxbridge/plan-spoof.ts';
import { multicastGroup, settingsOf } from '../../../../server/cloud/agents/linuxbridge/settings.ts';
import { linuxbridgeScheme as scheme } from '../../../../server/cloud/agents/firewall/scheme.ts';
import { firewallTables } from '../../../../server/cloud/agents/firewall/tables.ts';
import { recordedZones } from '../../../../server/cloud/agents/firewall/zones.ts';
import { emptyOverlay } from '../../../../server/cloud/agents/l2/overlay.ts';
import type { DeviceSpec } from '../../../../server/cloud/model/specs.ts';
import { planEbtables } from '../../../../server/host/ebtables.ts';
import { heldAlias } from '../../../../server/host/guest-vif.ts';
import { parseTables } from '../../../../server/host/iptables.ts';
import type { Link } from '../../../../server/host/link.ts';
import type { OvsPort } from '../../../../server/host/ovs-ports.ts';
import { hostSettings, vxlanSettings } from '../../../support/linux-bridge-settings.ts';
import { networkServer } from '../../../support/network-server.ts';
import { fixture, vm01 } from '../sample.ts';

const vm09: DeviceSpec = {
  ...vm01,
  device: 'b55f43e1-d6ec-4a25-9555-e03a94b78e82',
  port_id: 'b55f43e1-d6ec-4a25-9555-e03a94b78e82',
  mac_address: 'fa:16:3e:ef:31:b2',
  fixed_ips: [{ subnet_id: '9055c60a', ip_address: '192.168.101.177' }],
  allowed_address_pairs: [{ ip_address: '192.168.101.201', mac_address: 'fa:16:3e:ef:31:b2' }],
};
const tap = 'tapb55f43e1-d6';
const brq = 'brqa04544a6-97';
const settings = hostSettings({ vxlan: vxlanSettings() });

const link = (name: string, given: Partial<Link> = {}): Link => ({
  ...{ ifindex: 1, name, mac: '', mtu: 1450, isUp: true, hasCarrier: true, kind: '' },
  ...given,
});
const host = (links: Link[], given: Partial<Actual> = {}): Actual => ({
  links: new Map(links.map((one) => [one.name, one])),
  addresses: [{ dev: 'eth1', cidr: '10.0.0.1/24', family: 4, scope: 'global', isReady: true }],
  routes: [],
  fdb: [],
  neighbours: [],
  ebtables: {},
  buckets: new Map(),
  ipv6: new Map(),
  vlans: 'kernel',
  ports: undefined,
  tables: { 4: {} },
  ipsets: new Map(),
  sysctls: { 'net/bridge/bridge-nf-call-iptables': '1' },
  ...given,
});
const desired = (spec: Partial<DeviceSpec> = {}): HostDesired => ({
  devices: new Map([[vm09.port_id, { ...vm09, ...spec }]]),
  unknown: new Set(),
  groups: { security_groups: {}, sg_member_ips: {} },
  taps: new Map([[tap, vm09.port_id]]),
  overlay: emptyOverlay,
});
const seen = { zones: new Map<string, number>(), holdings: new Map() };
const decide = (wanted: HostDesired | undefined, actual: Actual) => plan(settings, wanted, actual, seen);
const lines = (steps: ReturnType<typeof decide>) =>
  steps.flatMap((step) => (step.kind === 'ip' ? [step.args.join(' ')] : []));
const guestTap = link(tap, { kind: 'veth' });
const vlan = { network_type: 'vlan' as const, physical_network: 'physnet2', segmentation_id: 101 };

it('a guest gets the chains of a real agent, with one conntrack zone for its network', () => {
  const real = parseTables(fixture('neutron-linuxbridge-rules.txt'));
  const firewall = { scheme, guarded: [{ spec: vm09, zone: 4097 }], trusted: [], usesIpset: true };
  const tables = firewallTables({ ...firewall, groups: { security_groups: {}, sg_member_ips: {} } }, 4);
  for (const [table, chains] of Object.entries(real))
    for (const [chain, rules] of Object.entries(chains)) expect(tables[table]?.[chain]).toEqual(rules);
  expect(recordedZones(real, scheme)).toEqual(new Map([[brq, 4097]]));
});

it('false senders are stopped by the rules of a real agent, spelt so that this kernel can delete them', () => {
  expect(spoofChains([vm09])).toEqual({
    PREROUTING: [`-i ${tap} -j neutronMAC-${tap}`, `-p ARP -i ${tap} -j neutronARP-${tap}`],
    [`neutronMAC-${tap}`]: [`-s fa:16:3e:ef:31:b2 -i ${tap} -j RETURN`, '-j DROP'],
    [`neutronARP-${tap}`]: [
      '-p ARP --arp-ip-src 192.168.101.177 -j ACCEPT',
      '-p ARP --arp-ip-src 192.168.101.201 -j ACCEPT',
      '-j DROP',
    ],
  });
  const any = {
    ...vm09,
    allowed_address_pairs: [{ ip_address: '0.0.0.0/0', mac_address: vm09.mac_address }],
  };
  expect(Object.keys(spoofChains([any]))).toEqual(['PREROUTING', `neutronMAC-${tap}`]);
});

it('rules of ebtables are changed in one load, and those of others stay', () => {
  const isOurs = (chain: string) => chain.startsWith('ours-');
  const wanted = { PREROUTING: ['-i tap1 -j ours-1'], 'ours-1': ['-j DROP'] };
  const found = {
    PREROUTING: ['-i tap2 -j ours-2', '-i x -j theirs'],
    'ours-2': ['-j DROP'],
    theirs: ['-j DROP'],
  };
  expect(planEbtables(wanted, found, isOurs).split('\n')).toEqual([
    ...['*nat', ':ours-1 DROP', ':ours-2 DROP', '-A ours-1 -j DROP'],
    ...['-D PREROUTING -i tap2 -j ours-2', '-A PREROUTING -i tap1 -j ours-1', '-X ours-2', 'COMMIT', ''],
  ]);
  expect(planEbtables(wanted, wanted, isOurs)).toBe('');
});

it('rules come before the tap is joined, and bridge and tunnel before both', () => {
  const steps = decide(desired(), host([link('eth1'), guestTap]));
  expect([...new Set(steps.map(({ kind }) => kind))]).toEqual(['change-iptables', 'change-ebtables', 'ip']);
  expect(lines(steps)).toEqual([
    `link add name ${brq} mtu 1450 type bridge forward_delay 0 stp_state 0`,
    `link set dev ${brq} up`,
    'link add name vxlan-1016 mtu 1450 type vxlan id 1016 dev eth1 local 10.0.0.1 dstport 4789',
    'link set dev vxlan-1016 addrgenmode none alias neutron-linuxbridge-agent',
    `link set dev vxlan-1016 mtu 1450 master ${brq} up`,
    `link set dev ${tap} master ${brq}`,
  ]);
});

it("a VLAN device is the kernel's where it makes any, else an access port of the switch that holds the NIC", () => {
  const links = [link('eth1'), guestTap];
  expect(lines(decide(desired(vlan), host(links)))).toContain(
    'link add link eth1 name eth1.101 mtu 1450 type vlan id 101',
  );
  const port: OvsPort = { name: 'eth1', bridge: 'br-eth1', type: '', externalIds: {} };
  const ports = new Map([['eth1', port]]);
  const commands = (found: ReadonlyMap<string, OvsPort>) =>
    decide(desired(vlan), host(links, { vlans: 'openvswitch', ports: found })).flatMap((step) =>
      step.kind === 'change-switch' ? step.commands.map((words) => words.slice(0, 4).join(' ')) : [],
    );
  expect(commands(ports)).toContain('--may-exist add-port br-eth1 eth1.101');
  expect(commands(new Map())).toEqual(
    expect.arrayContaining(['--may-exist add-br vlan-eth1', '--may-exist add-port vlan-eth1 eth1']),
  );
  const without = decide(desired(vlan), host(links, { vlans: 'openvswitch' }));
  expect(without.at(-1)?.reason).toMatch(/eth1.101 needs VLAN devices of the kernel \(modprobe 8021q\)/);
});

it('a network that cannot be here is named with the reason, and the others go on', () => {
  const elsewhere = decide(
    desired({ ...vlan, physical_network: 'physnet9' }),
    host([link('eth1'), guestTap]),
  );
  expect(elsewhere.at(-1)).toMatchObject({
    kind: 'report-problem',
    reason: `Network ${vm09.network_id} cannot be here: No interface for physical network physnet9`,
  });
});

it('while the server has not answered for a tap, nothing that may be its is taken away', () => {
  const bridge = link(brq, { kind: 'bridge', info: { stp_state: 0, forward_delay: 0 } });
  const actual = host([link('eth1'), bridge, { ...guestTap, master: brq }]);
  expect(decide({ ...desired(), taps: new Map(), devices: new Map() }, actual)).toEqual([]);
  const unknown = decide({ ...desired(), taps: new Map([[tap, undefined]]), devices: new Map() }, actual);
  expect(lines(unknown)).toEqual([`link set dev ${tap} nomaster`, `link delete dev ${brq}`]);
});

it('taps that were plugged elsewhere are not touched', () => {
  const hybrid = host([
    { ...guestTap, master: 'qbrb55f43e1-d6' },
    link('qbrb55f43e1-d6', { kind: 'bridge' }),
  ]);
  expect(lines(decide(desired(), hybrid))).toEqual([]);
  const external = host([{ ...guestTap, alias: 'neutron-external-network-bridge' }]);
  expect(lines(decide(desired(), external))).toEqual([]);
});

it('a device of the same name that others made is left, and named', () => {
  const theirs = link('vxlan-1016', { kind: 'vxlan', info: { id: 7 } });
  const steps = decide(desired(), host([link('eth1'), guestTap, theirs]));
  expect(steps.find(({ kind }) => kind === 'report-problem')?.reason).toMatch(
    /vxlan-1016 is not the agent's/,
  );
  expect(lines(steps).filter((line) => line.includes('vxlan-1016'))).toEqual([]);
});

it('the server is asked whose a tap is once, and again when a port of that name changes', async () => {
  const server = networkServer();
  let asked = 0;
  const counted = { ...server, fetchPortIds: () => ((asked += 1), server.fetchPortIds()) };
  const knowledge = createHostDesired(counted, settings);
  expect((await knowledge.fetch([tap])).taps).toEqual(new Map([[tap, undefined]]));
  await knowledge.fetch([tap]);
  expect(asked).toBe(1);
  expect(knowledge.ports.portChanged('cccccccc-d6ec-4a25-9555-e03a94b78e82')).toBe(false);
  server.addPort({ port_id: vm09.port_id, network_id: vm09.network_id, mac_address: vm09.mac_address });
  expect(knowledge.ports.portChanged(vm09.port_id)).toBe(true);
  expect((await knowledge.fetch([tap])).taps).toEqual(new Map([[tap, vm09.port_id]]));
});

it('names fit into the kernel, and each network of a range has a multicast group of its own', () => {
  expect([vlanDevice('eth1', 101), vlanSwitch('eth1')]).toEqual(['eth1.101', 'vlan-eth1']);
  expect(vlanDevice('enp129s0f0np0', 4094)).toHaveLength(15);
  expect(vlanDevice('enp129s0f0np0', 4094)).toMatch(/\.4094$/);
  expect([multicastGroup('224.0.0.1', 1016), multicastGroup('239.1.1.0/24', 1016)]).toEqual([
    '224.0.0.1',
    '239.1.1.248',
  ]);
  expect(multicastGroup('192.168.1.1', 1)).toBeUndefined();
});

it('VXLAN without an address of the host is refused at the start', () => {
  const config = {
    DEFAULT: { host: 'compute3' },
    linux_bridge: { physical_interface_mappings: {}, bridge_mappings: {} },
    vxlan: {
      ...{ enable_vxlan: true, local_ip: null, l2_population: false, arp_responder: true },
      ...{ vxlan_group: '224.0.0.1', udp_dstport: 8472, ttl: 0, tos: 0 },
    },
    agent: { polling_interval: 2 },
    securitygroup: { enable_security_group: true, firewall_driver: 'iptables', enable_ipset: true },
  };
  expect(() => settingsOf(config)).toThrow(/local_ip/);
  const populated = { ...config.vxlan, local_ip: '10.0.0.1', l2_population: true };
  expect(settingsOf({ ...config, vxlan: populated }).vxlan).toMatchObject({ group: '', answersArp: true });
  expect(() => settingsOf({ ...config, vxlan: { ...populated, vxlan_group: '10.0.0.9' } })).toThrow(
    /multicast/,
  );
});

it('the tap of a stopped or paused instance is not set up again', () => {
  const down = (alias?: string) => link(tap, { kind: 'veth', isUp: false, ...(alias && { alias }) });
  const raised = (one: Link) =>
    lines(decide(desired(), host([link('eth1'), one]))).filter(
      (line) => line.includes(tap) && / up$/.test(line),
    );
  expect(raised(down())).toHaveLength(1);
  expect(raised(down(heldAlias))).toEqual([]);
});
