// The Open vSwitch agent on a real switch, with real iptables: guests on the hybrid plug, a wire that carries VLANs.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgent, type OpenvswitchAgent } from '../../server/cloud/agents/openvswitch/agent.ts';
import { apply } from '../../server/cloud/agents/openvswitch/apply.ts';
import { readSwitch } from '../../server/cloud/agents/openvswitch/actual.ts';
import { physicalBridges } from '../../server/cloud/agents/openvswitch/bridges.ts';
import { addAddress } from '../../server/host/address.ts';
import { readTables } from '../../server/host/iptables.ts';
import { dumpFlows } from '../../server/host/ovs-ofctl.ts';
import { ensureBridgeCommands, ensurePortCommands, setCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { readSysctl } from '../../server/host/sysctl.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { guest, type Guest } from '../support/guest.ts';
import { machine, ovs, type Machine, type OpenVswitch } from '../support/machine.ts';
import { networkServer, rule, type NetworkServer } from '../support/network-server.ts';
import { ovsSettings } from '../support/ovs-settings.ts';

const network = { one: '11111111-0000-4000-8000-000000000001', two: '22222222-0000-4000-8000-000000000002' };
const group = 'e3eb0d0a-180b-4d78-915f-9cd98268a5ea';
const ports = {
  a: { portId: 'aaaaaaaa-aaaa-4000-8000-00000000000a', mac: 'fa:16:3e:00:00:0a', ip: '192.168.101.10' },
  b: { portId: 'bbbbbbbb-bbbb-4000-8000-00000000000b', mac: 'fa:16:3e:00:00:0b', ip: '192.168.101.11' },
};
const settings = ovsSettings();

let vswitch: OpenVswitch;
let server: NetworkServer;
let agent: OpenvswitchAgent;
let wire: Machine;
const guests: Guest[] = [];

/** A port of the server and a guest that uses it. */
async function boot(
  name: 'a' | 'b',
  given: Partial<Parameters<NetworkServer['addPort']>[0]> = {},
): Promise<Guest> {
  const { portId, mac, ip } = ports[name];
  const fixed_ips = [{ subnet_id: 's', ip_address: ip }];
  server.addPort({
    ...{ port_id: portId, network_id: network.one, mac_address: mac, fixed_ips, security_groups: [group] },
    ...given,
  });
  const plugged = await guest({ portId, mac, address: `${ip}/24` });
  guests.push(plugged);
  await server.waitFor(portId, 'up');
  return plugged;
}

const tagOf = async (port: string) => (await readSwitch()).ports.get(port)?.tag;
const planned = async () => [...(await agent.verify()).values()].flat().map((step) => step.reason);

/** Waits until `look` finds what is expected, up to some seconds. */
async function eventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  await expect.poll(look, { interval: 50 }).toEqual(expected);
}

beforeEach(async () => {
  vswitch = await ovs();
  await vsctl(ensureBridgeCommands('br-eth1', { datapath_type: 'netdev' }));
  wire = await machine({ name: 'wire', address: '192.168.101.200/24' });
  await vsctl(ensurePortCommands('br-eth1', wire.device, { tag: 101 }));
  server = networkServer();
  server.rules = { [group]: [rule({ direction: 'egress' }), rule({ protocol: 'icmp' })] };
  agent = createAgent(settings, server, silentLogger);
  await agent.start();
  await agent.settle();
});

afterEach(async () => {
  await agent.stop();
  await agent.cleanUp();
  for (const one of guests.splice(0)) await one[Symbol.asyncDispose]();
  await wire[Symbol.asyncDispose]();
  await vswitch[Symbol.asyncDispose]();
});

it('a plugged port is reported up and reaches its network on the wire and on the host', async () => {
  const [a, b] = [await boot('a'), await boot('b')];
  expect(await a.ping('192.168.101.200')).toBe(true);
  expect(await wire.ping(ports.a.ip)).toBe(true);
  expect(await a.ping(ports.b.ip)).toBe(true);
  expect(await tagOf(a.qvo)).toBe(1);
  expect(await tagOf(b.qvo)).toBe(1);
  await agent.settle();
  expect(await planned()).toEqual([]);
});

it('frames leave the host with the VLAN of the provider network', async () => {
  const a = await boot('a');
  const capture = machine({ name: 'tap-on-wire' });
  await using sniffer = await capture;
  await vsctl(ensurePortCommands('br-eth1', sniffer.device));
  const seen = sniffer.run(['timeout', '5', 'tcpdump', '-nei', 'eth0', '-c', '1', 'vlan 101 and arp'], {
    timeoutMs: 8000,
  });
  await expect
    .poll(() => a.ping('192.168.101.77').then(() => seen.then(() => true)), { timeout: 9000 })
    .toBe(true);
  expect((await seen).stdout).toContain('vlan 101');
});

it('a port of another network is isolated by another tag', async () => {
  const a = await boot('a');
  const b = await boot('b', { network_id: network.two, segmentation_id: 102 });
  expect(await tagOf(b.qvo)).toBe(2);
  expect(await a.ping(ports.b.ip)).toBe(false);
  expect(await b.ping('192.168.101.200')).toBe(false);
});

it('what somebody breaks by hand is repaired', async () => {
  const a = await boot('a');
  await run(['ovs-ofctl', 'del-flows', 'br-int']);
  await eventually(() => a.ping('192.168.101.200'), true);
  await run(['iptables', '-F', 'neutron-openvswi-FORWARD']);
  await run(['iptables', '-t', 'raw', '-F']);
  await eventually(async () => (await readTables()).filter?.['neutron-openvswi-FORWARD']?.length, 2);
  await eventually(async () => (await readTables()).raw?.['neutron-openvswi-PREROUTING']?.length, 3);
  await vsctl([setCommand('Port', a.qvo, { tag: 77 })]);
  await eventually(() => tagOf(a.qvo), 1);
  await run(['ip', 'link', 'delete', 'int-br-eth1']);
  await eventually(() => a.ping('192.168.101.200'), true);
  await agent.settle();
  expect(await planned()).toEqual([]);
});

it('what others made is left alone', async () => {
  await boot('a');
  await run(['ovs-ofctl', 'add-flow', 'br-int', 'table=0,priority=500,dl_vlan=7,actions=drop']);
  await run(['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '9', '-j', 'DROP']);
  server.devices.clear();
  agent.resync();
  await eventually(async () => (await readTables()).filter?.['neutron-openvswi-FORWARD'], []);
  expect((await dumpFlows('br-int')).some(({ priority }) => priority === 500)).toBe(true);
  expect((await readTables()).filter?.INPUT).toContain('-p tcp -m tcp --dport 9 -j DROP');
  await run(['iptables', '-D', 'INPUT', '-p', 'tcp', '--dport', '9', '-j', 'DROP']);
});

it('a rule lets traffic in, and its removal ends connections that it had let in', async () => {
  const a = await boot('a');
  const tcp = rule({ protocol: 'tcp', port_range_min: 8000, port_range_max: 8000 });
  const listening = a.run(['nc', '-lk', '-p', '8000'], { timeoutMs: 30_000 }).catch(() => undefined);
  const connect = async () => (await wire.run(['nc', '-z', '-w', '1', ports.a.ip, '8000'])).code === 0;
  expect(await connect()).toBe(false);
  server.rules[group]!.push(tcp);
  agent.groupsChanged([group]);
  await eventually(connect, true);
  const stream = wire.run([
    'sh',
    '-c',
    `(echo one; sleep 3; echo two; sleep 1) | nc -q 1 ${ports.a.ip} 8000`,
  ]);
  await eventually(
    async () => (await run(['conntrack', '-L', '-p', 'tcp'])).stdout.includes('ESTABLISHED'),
    true,
  );
  server.rules[group]!.pop();
  agent.groupsChanged([group]);
  await eventually(
    async () => (await run(['conntrack', '-L', '-p', 'tcp'])).stdout.includes('ESTABLISHED'),
    false,
  );
  expect(await connect()).toBe(false);
  await run(['ip', 'netns', 'pids', a.ns]).then(({ stdout }) =>
    run(['kill', ...stdout.split('\n').filter(Boolean)]),
  );
  await Promise.all([listening, stream]);
});

it('a stateless group lets answers pass by rules only', async () => {
  const stateless = (given: Parameters<typeof rule>[0]) => rule({ ...given, stateful: false });
  server.rules[group] = [stateless({ direction: 'egress' })];
  const a = await boot('a');
  expect(await a.ping('192.168.101.200')).toBe(false);
  server.rules[group].push(stateless({ protocol: 'icmp' }));
  agent.groupsChanged([group]);
  await eventually(() => a.ping('192.168.101.200'), true);
  expect((await run(['conntrack', '-L', '-p', 'icmp'])).stdout).not.toContain(ports.a.ip);
  expect(await planned()).toEqual([]);
  server.rules[group] = [rule({ direction: 'egress' })];
  agent.groupsChanged([group]);
  await eventually(() => a.ping('192.168.101.200'), true);
  expect((await run(['conntrack', '-L', '-p', 'icmp'])).stdout).toContain(ports.a.ip);
});

it('a rule for a group follows its members', async () => {
  const a = await boot('a');
  const others = 'ffffffff-180b-4d78-915f-9cd98268a5ea';
  server.rules[group] = [rule({ direction: 'egress' }), rule({ protocol: 'icmp', remote_group_id: others })];
  server.rules[others] = [rule({ direction: 'egress' })];
  agent.groupsChanged([group]);
  const b = await boot('b', { security_groups: [others] });
  agent.groupsChanged([others]);
  await eventually(() => b.ping(ports.a.ip), true);
  expect(await wire.ping(ports.a.ip)).toBe(false);
  server.addPort({ ...server.devices.get(ports.b.portId)!, fixed_ips: [] });
  agent.groupsChanged([others]);
  await eventually(() => b.ping(ports.a.ip), false);
  expect(await a.ping('192.168.101.200')).toBe(true);
});

it('a guest cannot speak with an address that is not its own', async () => {
  const a = await boot('a');
  await a.run(['ip', 'address', 'flush', 'dev', 'eth0']);
  await a.run(['ip', 'address', 'add', '192.168.101.66/24', 'dev', 'eth0']);
  expect(await a.ping('192.168.101.200')).toBe(false);
  server.devices.get(ports.a.portId)!.port_security_enabled = false;
  agent.portChanged(ports.a.portId);
  await eventually(() => a.ping('192.168.101.200'), true);
});

it('a port that the server does not know, or that is switched off, reaches nobody', async () => {
  const a = await boot('a');
  server.devices.get(ports.a.portId)!.admin_state_up = false;
  agent.portChanged(ports.a.portId);
  await server.waitFor(ports.a.portId, 'down');
  expect(await tagOf(a.qvo)).toBe(4095);
  expect(await a.ping('192.168.101.200')).toBe(false);
  server.devices.delete(ports.a.portId);
  agent.portChanged(ports.a.portId);
  await agent.settle();
  expect(await tagOf(a.qvo)).toBe(4095);
  server.addPort({ ...{ port_id: ports.a.portId, network_id: network.one, mac_address: ports.a.mac } });
  server.devices.get(ports.a.portId)!.port_security_enabled = false;
  agent.portChanged(ports.a.portId);
  await server.waitFor(ports.a.portId, 'up');
  expect(await a.ping('192.168.101.200')).toBe(true);
});

it('an unplugged port is reported down and nothing of it stays', async () => {
  const a = await boot('a');
  await a.unplug();
  await server.waitFor(ports.a.portId, 'down');
  await agent.settle();
  expect(JSON.stringify(await readTables())).not.toContain(ports.a.portId.slice(0, 10));
  expect((await dumpFlows('br-int')).filter(({ match }) => match.includes(a.qvo))).toEqual([]);
});

it('flows of a port that vanishes during a pass do not hold up the others', async () => {
  const flow = (match: string) => `add table=0,priority=700,${match},actions=drop`;
  const lines = [flow('in_port="qvo-gone"'), flow('dl_vlan=9')];
  await apply([{ kind: 'change-flows', bridge: 'br-int', lines, after: [], reason: 'test' }]);
  const added = (await dumpFlows('br-int')).filter(({ priority }) => priority === 700);
  expect(added.map(({ match }) => match)).toEqual(['dl_vlan=9']);
});

it('a restart of the agent changes nothing on the host', async () => {
  const a = await boot('a');
  const b = await boot('b', { network_id: network.two, segmentation_id: 102 });
  await agent.settle();
  const state = async () => ({
    flows: (await run(['ovs-ofctl', 'dump-flows', 'br-int', '--no-stats'])).stdout,
    rules: await readTables(),
    tags: [await tagOf(a.qvo), await tagOf(b.qvo)],
  });
  const before = await state();
  await agent.stop();
  server.outage = 'the queue is away';
  agent = createAgent(settings, server, silentLogger);
  await agent.start();
  await expect.poll(planned, { timeout: 30_000 }).toEqual([]);
  expect(await state()).toEqual(before);
  server.outage = undefined;
  server.reported.clear();
  await server.waitFor(ports.a.portId, 'up');
  expect(await state()).toEqual(before);
});

it('a restarted switch gets its flows back, also while the server is away', async () => {
  const a = await boot('a');
  server.outage = 'the queue is away';
  await vswitch.restartSwitch();
  await eventually(() => a.ping('192.168.101.200'), true);
  server.outage = undefined;
  await vswitch.restartDatabase();
  const b = await boot('b');
  await eventually(() => b.ping('192.168.101.200'), true);
});

it('IPv6 is guarded too, though the node itself keeps to IPv4', async () => {
  expect(await readSysctl('net/ipv6/conf/all/disable_ipv6')).toBe('1');
  server.rules[group]!.push(rule({ direction: 'egress', ethertype: 'IPv6' }));
  const a = await boot('a', {
    fixed_ips: [
      { subnet_id: 's', ip_address: ports.a.ip },
      { subnet_id: 't', ip_address: '2001:db8::a' },
    ],
  });
  await addAddress('eth0', '2001:db8::a/64', a.ns);
  await addAddress('eth0', '2001:db8::200/64', wire.ns);
  await eventually(() => a.ping('2001:db8::200'), true);
  expect(await wire.ping('2001:db8::a')).toBe(false);
  server.rules[group]!.push(rule({ protocol: 'ipv6-icmp', ethertype: 'IPv6' }));
  agent.groupsChanged([group]);
  await eventually(() => wire.ping('2001:db8::a'), true);
  await agent.settle();
  expect(await planned()).toEqual([]);
});

it('without security groups every frame passes and no rule is loaded', async () => {
  await agent.stop();
  await agent.cleanUp();
  agent = createAgent({ ...settings, enforcesSecurityGroups: false }, server, silentLogger);
  await agent.start();
  await agent.settle();
  server.rules = {};
  await boot('a');
  expect(await wire.ping(ports.a.ip)).toBe(true);
  expect(JSON.stringify(await readTables())).not.toContain('neutron-openvswi');
});

it('a missing physical bridge is named, and used as soon as it is there', async () => {
  await agent.stop();
  const lines: string[] = [];
  const log = { ...silentLogger, error: (line: string) => void lines.push(line) };
  const physical = physicalBridges({ physnet2: 'br-eth1', physnet3: 'br-eth2' });
  agent = createAgent({ ...settings, physical }, server, log);
  await agent.start();
  await boot('a');
  await expect
    .poll(() => lines.join(), { timeout: 30_000 })
    .toContain('Bridge br-eth2 for physical network physnet3 does not exist');
  await vsctl(ensureBridgeCommands('br-eth2', { datapath_type: 'netdev' }));
  await agent.settle();
  expect((await readSwitch()).ports.get('phy-br-eth2')?.bridge).toBe('br-eth2');
});

it('when the agent leaves, the host is as before', async () => {
  const a = await boot('a');
  await a.unplug();
  await agent.stop();
  await agent.cleanUp();
  const { bridges, ports: left } = await readSwitch();
  expect([...bridges.keys()]).toEqual(['br-eth1']);
  expect([...left.keys()].sort()).toEqual(['br-eth1', wire.device].sort());
  expect(JSON.stringify(await readTables())).not.toContain('neutron-openvswi');
});
