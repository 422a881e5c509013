// The Linux bridge agent on real bridges, with real iptables and ebtables: guests on VLAN and flat networks of a NIC.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { readAddresses } from '../../server/host/address.ts';
import { readBridges } from '../../server/host/bridge.ts';
import { readEbtables } from '../../server/host/ebtables.ts';
import { readTables } from '../../server/host/iptables.ts';
import { findLink, readLinks } from '../../server/host/link.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { readRoutes, replaceRoute } from '../../server/host/route.ts';
import { run } from '../../server/host/run.ts';
import { readSysctl, setSysctls } from '../../server/host/sysctl.ts';
import {
  brq,
  group,
  linuxBridgeHost,
  network,
  ports,
  tap,
  type LinuxBridgeHost,
} from '../support/linux-bridge-host.ts';
import { underlay } from '../support/linux-bridge-settings.ts';
import { rule } from '../support/network-server.ts';

let host: LinuxBridgeHost;

/** Waits until `look` finds what is expected, up to some seconds. */
async function eventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  await expect.poll(look, { interval: 50 }).toEqual(expected);
}

const masterOf = async (device: string) => (await findLink(device))?.master;
const addressesOf = async (device: string) =>
  (await readAddresses(undefined, device)).filter(({ family }) => family === 4).map(({ cidr }) => cidr);
const flat = { network_type: 'flat' as const, segmentation_id: null };

beforeEach(async () => {
  host = await linuxBridgeHost();
});

afterEach(() => host[Symbol.asyncDispose]());

it('a guest reaches its VLAN network on the wire and on the host, and the frames on eth1 carry the tag', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const trunk = await host.onWire('trunk', '10.9.9.9');
  const [a, b] = [await host.boot('a'), await host.boot('b')];
  expect(await a.ping(ports.b.ip)).toBe(true);
  const seen = trunk.run(['timeout', '8', 'tcpdump', '-nei', 'eth0', '-c', '1', 'vlan 101 and arp'], {
    timeoutMs: 10_000,
  });
  await expect
    .poll(() => a.ping('192.168.101.77').then(() => seen.then(() => true)), { timeout: 9000 })
    .toBe(true);
  expect((await seen).stdout).toContain('vlan 101');
  expect(await wire.ping(ports.a.ip)).toBe(true);
  const full = await b.run(['ping', '-c', '2', '-M', 'do', '-s', '1472', '192.168.101.200']);
  expect(full.stdout).toContain(' 0% packet loss');
  expect((await readBridges()).get(brq.one)?.sort()).toEqual(['eth1.101', tap.a, tap.b].sort());
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
});

it('guests of different networks never meet', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const a = await host.boot('a');
  const b = await host.boot('b', { network_id: network.two, segmentation_id: 102 });
  expect(await a.ping('192.168.101.200')).toBe(true);
  expect(await b.ping(ports.a.ip)).toBe(false);
  expect(await b.ping('192.168.101.200')).toBe(false);
  expect(await wire.ping(ports.b.ip)).toBe(false);
  expect([...(await readBridges()).keys()].sort()).toEqual([brq.one, brq.two].sort());
});

it('a NIC that a switch holds already is reached through that switch, which keeps its address', async () => {
  await run(['ip', 'address', 'flush', 'dev', 'eth1']);
  await vsctl([
    ...ensureBridgeCommands('br-eth1', { datapath_type: 'netdev' }),
    ...ensurePortCommands('br-eth1', 'eth1'),
  ]);
  await run(['ip', 'address', 'add', `${underlay.here}/24`, 'dev', 'br-eth1']);
  await run(['ip', 'link', 'set', 'br-eth1', 'up']);
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const plain = await host.onWire('plain', '192.168.101.201');
  const a = await host.boot('a');
  const b = await host.boot('b', { network_id: network.two, ...flat });
  expect(await a.ping('192.168.101.200')).toBe(true);
  expect(await b.ping('192.168.101.201')).toBe(true);
  expect(await a.ping('192.168.101.201')).toBe(false);
  expect(await wire.ping(ports.b.ip)).toBe(false);
  expect((await readOvsPorts()).get('eth1.101')).toMatchObject({ bridge: 'br-eth1', tag: 101 });
  expect(await addressesOf('br-eth1')).toEqual([`${underlay.here}/24`]);
  await plain.run(['ip', 'address', 'add', `${underlay.there}/24`, 'dev', 'eth0']);
  expect(await plain.ping(underlay.here)).toBe(true);
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
  await host.agent.stop();
  await host.agent.cleanUp();
  const left = [...(await readOvsPorts()).values()].filter(({ bridge }) => bridge === 'br-eth1');
  expect(left.map(({ name }) => name).sort()).toEqual(['br-eth1', 'eth1']);
});

it('a flat network takes the NIC into its bridge with addresses and routes, and gives them back', async () => {
  await replaceRoute({ destination: '172.16.0.0/16', nexthop: underlay.there });
  const wire = await host.onWire('wire', '192.168.101.200');
  await wire.run(['ip', 'address', 'add', `${underlay.there}/24`, 'dev', 'eth0']);
  const a = await host.boot('a', flat);
  expect(await a.ping('192.168.101.200')).toBe(true);
  expect(await masterOf('eth1')).toBe(brq.one);
  expect([await addressesOf('eth1'), await addressesOf(brq.one)]).toEqual([[], [`${underlay.here}/24`]]);
  expect(await wire.ping(underlay.here)).toBe(true);
  const routeDevice = async () =>
    (await readRoutes()).find(({ destination }) => destination === '172.16.0.0/16')?.dev;
  expect(await routeDevice()).toBe(brq.one);
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
  await run(['ip', 'link', 'delete', brq.one]);
  await eventually(() => wire.ping(underlay.here), true);
  await eventually(() => a.ping('192.168.101.200'), true);
  expect(await routeDevice()).toBe(brq.one);
  await a[Symbol.asyncDispose]();
  await eventually(() => addressesOf('eth1'), [`${underlay.here}/24`]);
  await host.agent.settle();
  expect(await routeDevice()).toBe('eth1');
  expect([...(await readBridges()).keys()]).toEqual([]);
});

it('a local network stays on its host', async () => {
  const wire = await host.onWire('wire', '192.168.101.200');
  const local = { network_type: 'local' as const, physical_network: null, segmentation_id: null };
  const [a] = [await host.boot('a', local), await host.boot('b', local)];
  expect(await a.ping(ports.b.ip)).toBe(true);
  expect(await wire.ping(ports.a.ip)).toBe(false);
  expect((await readBridges()).get(brq.one)?.sort()).toEqual([tap.a, tap.b].sort());
});

it('a bridge of bridge_mappings is used as it is, and stays', async () => {
  await run(['ip', 'link', 'add', 'br-data', 'type', 'bridge']);
  await run(['ip', 'link', 'set', 'br-data', 'up']);
  await run(['ip', 'link', 'set', 'eth1', 'master', 'br-data']);
  const wire = await host.onWire('wire', '192.168.101.200');
  await host.restart({ interfaces: {}, bridges: { physnet2: 'br-data' } });
  const a = await host.boot('a', flat);
  expect(await a.ping('192.168.101.200')).toBe(true);
  expect(await wire.ping(ports.a.ip)).toBe(true);
  expect((await readBridges()).get('br-data')?.sort()).toEqual(['eth1', tap.a].sort());
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
  host.server.devices.clear();
  await a[Symbol.asyncDispose]();
  await host.server.waitFor(ports.a.portId, 'down');
  expect((await readBridges()).get('br-data')).toEqual(['eth1']);
  await run(['ip', 'link', 'delete', 'br-data']);
});

it('what somebody breaks by hand is repaired', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const a = await host.boot('a');
  await host.agent.settle();
  await run(['ip', 'link', 'set', tap.a, 'nomaster']);
  await eventually(() => masterOf(tap.a), brq.one);
  await run(['ip', 'link', 'set', 'eth1.101', 'nomaster']);
  await eventually(() => masterOf('eth1.101'), brq.one);
  await run(['ip', 'link', 'delete', brq.one]);
  await eventually(() => a.ping('192.168.101.200'), true);
  await run(['ovs-vsctl', 'del-port', 'eth1.101']);
  await eventually(() => a.ping('192.168.101.200'), true);
  await run(['ovs-vsctl', 'set', 'port', 'eth1.101', 'tag=102']);
  await eventually(async () => (await readOvsPorts()).get('eth1.101')?.tag, 101);
  await setSysctls({ 'net/bridge/bridge-nf-call-iptables': 0 });
  await eventually(() => readSysctl('net/bridge/bridge-nf-call-iptables'), '1');
  await run(['iptables', '-F']);
  await run(['iptables', '-t', 'raw', '-F']);
  await eventually(async () => (await readTables()).filter?.['neutron-linuxbri-FORWARD']?.length, 2);
  await eventually(async () => (await readTables()).raw?.['neutron-linuxbri-PREROUTING']?.length, 3);
  await run(['ebtables-nft', '-t', 'nat', '-F']);
  await eventually(async () => (await readEbtables()).PREROUTING?.length, 2);
  await run(['ip', 'link', 'set', brq.one, 'mtu', '1300', 'type', 'bridge', 'stp_state', '1']);
  await eventually(async () => (await findLink(brq.one))?.mtu, 1500);
  await host.vswitch.restartSwitch();
  await eventually(() => wire.ping(ports.a.ip), true);
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
});

it('a guest speaks with its own MAC and addresses only', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const a = await host.boot('a');
  const b = await host.boot('b');
  await a.run(['ip', 'address', 'flush', 'dev', 'eth0']);
  await a.run(['ip', 'address', 'add', '192.168.101.66/24', 'dev', 'eth0']);
  const seen = wire.run(['timeout', '4', 'tcpdump', '-nei', 'eth0', 'host 192.168.101.66'], {
    timeoutMs: 6000,
  });
  expect(await a.ping('192.168.101.200')).toBe(false);
  expect((await seen).stdout.trim()).toBe('');
  await b.run(['ip', 'link', 'set', 'eth0', 'address', 'fa:16:3e:00:00:66']);
  expect(await b.ping('192.168.101.200')).toBe(false);
  for (const { portId } of Object.values(ports)) {
    host.server.devices.get(portId)!.port_security_enabled = false;
    host.agent.portChanged(portId);
  }
  await eventually(() => a.ping('192.168.101.200'), true);
  await eventually(() => b.ping('192.168.101.200'), true);
});

it('a rule lets traffic in, and its removal ends connections that it had let in', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const a = await host.boot('a');
  host.server.rules[group]!.pop();
  host.agent.groupsChanged([group]);
  await eventually(() => wire.ping(ports.a.ip), false);
  expect(await a.ping('192.168.101.200')).toBe(true);
  host.server.rules[group]!.push(rule({ protocol: 'icmp', remote_ip_prefix: '192.168.101.0/24' }));
  host.agent.groupsChanged([group]);
  await eventually(() => wire.ping(ports.a.ip), true);
  const pinging = wire.run(['ping', '-i', '0.2', '-w', '6', ports.a.ip]);
  await eventually(
    async () => (await run(['conntrack', '-L', '-p', 'icmp'])).stdout.includes(ports.a.ip),
    true,
  );
  host.server.rules[group]!.pop();
  host.agent.groupsChanged([group]);
  expect(Number(/(\d+) received/.exec((await pinging).stdout)?.[1])).toBeLessThan(20);
});

it('a port that is switched off is down, and a tap without a port here leaves the bridge', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const a = await host.boot('a');
  host.server.devices.get(ports.a.portId)!.admin_state_up = false;
  host.agent.portChanged(ports.a.portId);
  await host.server.waitFor(ports.a.portId, 'down');
  expect(await a.ping('192.168.101.200')).toBe(false);
  host.server.devices.get(ports.a.portId)!.admin_state_up = true;
  host.agent.portChanged(ports.a.portId);
  await eventually(() => wire.ping(ports.a.ip), true);
  host.server.devices.delete(ports.a.portId);
  host.agent.portChanged(ports.a.portId);
  await eventually(() => masterOf(tap.a), undefined);
});

it('a restart of the agent changes nothing and loses no frame, also while the server is away', async () => {
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  const a = await host.boot('a');
  const b = await host.boot('b', { network_id: network.two, ...flat });
  await host.agent.settle();
  const state = async () => ({
    rules: await readTables(),
    guard: await readEbtables(),
    links: (await readLinks()).map(({ name, master, ifindex }) => [name, master, ifindex]),
  });
  const before = await state();
  const pinging = a.run(['ping', '-i', '0.1', '-w', '4', '192.168.101.200']);
  host.server.outage = 'the queue is away';
  await host.restart();
  await expect.poll(() => host.planned(), { timeout: 30_000 }).toEqual([]);
  expect(await state()).toEqual(before);
  host.server.outage = undefined;
  host.server.reported.clear();
  await host.server.waitFor(ports.a.portId, 'up');
  expect((await pinging).stdout).toContain(' 0% packet loss');
  expect(await state()).toEqual(before);
  expect([await wire.ping(ports.a.ip), await b.ping(ports.a.ip)]).toEqual([true, false]);
});

it('bridges and devices of others survive, and when the agent leaves the host is as before', async () => {
  await run(['ip', 'link', 'add', 'brq-mine', 'type', 'bridge']);
  await run(['ip', 'link', 'add', 'tapmine', 'type', 'veth', 'peer', 'name', 'tapmine-far']);
  await run(['ip', 'link', 'set', 'tapmine', 'master', 'brq-mine']);
  await run(['ebtables-nft', '-t', 'nat', '-A', 'PREROUTING', '-i', 'tapmine', '-j', 'ACCEPT']);
  const names = async () => (await readLinks()).map(({ name }) => name).sort();
  const before = await names();
  const a = await host.boot('a', flat);
  const b = await host.boot('b', { network_id: network.two, segmentation_id: 102 });
  await host.agent.settle();
  expect((await names()).length).toBeGreaterThan(before.length + 2);
  host.server.devices.clear();
  await a[Symbol.asyncDispose]();
  await b[Symbol.asyncDispose]();
  await host.server.waitFor(ports.a.portId, 'down');
  await host.agent.settle();
  // `ovs-netdev` is the switch's own, and stays as long as it runs.
  expect(await names()).toEqual(before);
  expect(await masterOf('tapmine')).toBe('brq-mine');
  expect(await addressesOf('eth1')).toEqual([`${underlay.here}/24`]);
  expect(await readEbtables()).toMatchObject({ PREROUTING: ['-i tapmine -j ACCEPT'] });
  await host.agent.stop();
  await host.agent.cleanUp();
  expect(JSON.stringify([await readTables(), await readEbtables()])).not.toMatch(
    /neutron-linuxbri|neutron(ARP|MAC)/,
  );
  await run(['ebtables-nft', '-t', 'nat', '-F']);
  await run(['ip', 'link', 'delete', 'brq-mine']);
  await run(['ip', 'link', 'delete', 'tapmine']);
});
