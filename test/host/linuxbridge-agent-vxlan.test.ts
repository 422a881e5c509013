// VXLAN of the Linux bridge agent: the other host is a namespace with a bridge, a VXLAN device and a guest of its own.
import { afterEach, expect, it } from 'vitest';
import type { VxlanSettings } from '../../server/cloud/agents/linuxbridge/settings.ts';
import { floodingMac } from '../../server/cloud/model/specs.ts';
import { findLink, readLinks } from '../../server/host/link.ts';
import { run } from '../../server/host/run.ts';
import { readTunnelFdb } from '../../server/host/tunnel-fdb.ts';
import {
  brq,
  linuxBridgeHost,
  network,
  ports,
  tap,
  type LinuxBridgeHost,
} from '../support/linux-bridge-host.ts';
import { underlay, vxlanSettings } from '../support/linux-bridge-settings.ts';
import type { Machine } from '../support/machine.ts';

const far = { mac: 'fa:16:3e:00:00:fa', ip: '192.168.101.200' };
const vni = 1016;
const device = `vxlan-${vni}`;
const inner = { network_type: 'vxlan' as const, physical_network: null, segmentation_id: vni };
const mtu = 1450;
const multicast = '239.1.1.0/24';
/** 1016 in that prefix. */
const group = '239.1.1.248';

let host: LinuxBridgeHost;

/** Starts this host and the other one; `peer` is what the other one's VXLAN device is told of this host. */
async function start(vxlan: Partial<VxlanSettings>, peer: string[]): Promise<Machine> {
  host = await linuxBridgeHost({ vxlan: vxlanSettings(vxlan) });
  const other = await host.onWire('peer', underlay.there);
  const words = [
    'link',
    'add',
    'vx0',
    'address',
    far.mac,
    'mtu',
    String(mtu),
    'type',
    'vxlan',
    'id',
    String(vni),
  ];
  await other.run(['ip', ...words, 'dstport', '4789', 'local', underlay.there, ...peer]);
  await other.run(['ip', 'link', 'set', 'vx0', 'up']);
  await other.run(['ip', 'address', 'add', `${far.ip}/24`, 'dev', 'vx0']);
  return other;
}

const toUs = ['remote', underlay.here];
const boot = (name: 'a' | 'b', given: Parameters<LinuxBridgeHost['boot']>[1] = {}) =>
  host.boot(name, { ...inner, ...given }, mtu);
const entries = async () =>
  (await readTunnelFdb())
    .filter(({ dev }) => dev === device)
    .map(({ mac, dst }) => `${mac} ${dst}`)
    .sort();
const neighbours = async () =>
  (await run(['ip', 'neigh', 'show', 'dev', device, 'nud', 'permanent'])).stdout.trim();

async function eventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  await expect.poll(look, { interval: 50 }).toEqual(expected);
}

afterEach(() => host[Symbol.asyncDispose]());

it('broadcasts reach every peer by a copy of their own, and frames of full size pass', async () => {
  const other = await start({}, toUs);
  host.server.peers = { vxlan: [{ host: 'compute4', ip_address: underlay.there }] };
  host.agent.resync();
  const a = await boot('a');
  expect(await a.ping(far.ip)).toBe(true);
  expect(await other.ping(ports.a.ip)).toBe(true);
  const full = await a.run(['ping', '-c', '2', '-M', 'do', '-s', String(mtu - 28), far.ip]);
  expect(full.stdout).toContain(' 0% packet loss');
  expect(await entries()).toEqual([`${floodingMac} ${underlay.there}`]);
  for (const name of [brq.one, device, tap.a]) expect((await findLink(name))?.mtu).toBe(mtu);
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
  host.server.peers = { vxlan: [] };
  host.agent.tunnelChanged({ tunnel_ip: underlay.there, tunnel_type: 'vxlan' }, true);
  await eventually(entries, []);
});

it('broadcasts reach peers by the multicast group of the network, and those that are not in it by a copy', async () => {
  const other = await start({ group: multicast, ttl: 3, tos: 8 }, ['dev', 'eth0', 'group', group]);
  const a = await boot('a');
  expect(await a.ping(far.ip)).toBe(true);
  expect(await other.ping(ports.a.ip)).toBe(true);
  host.server.peers = {
    vxlan: [
      { host: 'compute4', ip_address: underlay.there, vxlan_group: multicast },
      { host: 'compute1', ip_address: '10.0.0.9' },
    ],
  };
  host.agent.tunnelChanged({ tunnel_ip: '10.0.0.9', tunnel_type: 'vxlan' }, false);
  await eventually(
    async () => (await entries()).filter((entry) => !entry.endsWith(group)),
    [`${floodingMac} 10.0.0.9`],
  );
  const link = await findLink(device);
  expect(link?.info).toMatchObject({ id: vni, group, local: underlay.here, port: 4789, ttl: 3, tos: '0x8' });
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
});

it('with L2 population frames go straight to the host of their receiver, and ARP is answered here', async () => {
  const other = await start({ populates: true, answersArp: true }, toUs);
  const b = { ...far, host: underlay.there };
  host.server.fdb = {
    [network.one]: {
      network_type: 'vxlan',
      segment_id: vni,
      ports: {
        [underlay.there]: [
          [floodingMac, '0.0.0.0'],
          [b.mac, b.ip],
          [b.mac, '2001:db8::200'],
        ],
      },
    },
  };
  const a = await boot('a');
  expect(await entries()).toEqual([`${floodingMac} ${underlay.there}`, `${b.mac} ${underlay.there}`]);
  const answered = async () => (await neighbours()).split(/ *\n/).sort();
  await eventually(answered, [
    `${b.ip} lladdr ${b.mac} PERMANENT`,
    `2001:db8::200 lladdr ${b.mac} PERMANENT`,
    `fe80::f816:3eff:fe00:fa lladdr ${b.mac} PERMANENT`,
  ]);
  // The other host knows our guest as its own agent would have it.
  await other.run(['ip', 'neigh', 'replace', ports.a.ip, 'lladdr', ports.a.mac, 'dev', 'vx0']);
  const seen = other.run(['timeout', '4', 'tcpdump', '-nei', 'vx0', 'arp'], { timeoutMs: 6000 });
  expect(await a.ping(far.ip)).toBe(true);
  expect((await seen).stdout.trim()).toBe('');
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
  host.server.fdb[network.one]!.ports = { [underlay.there]: [[floodingMac, '0.0.0.0']] };
  host.agent.fdbChanged([network.one]);
  await eventually(entries, [`${floodingMac} ${underlay.there}`]);
  expect(await neighbours()).toBe('');
});

it('what somebody breaks by hand is repaired', async () => {
  await start({}, toUs);
  host.server.peers = { vxlan: [{ host: 'compute4', ip_address: underlay.there }] };
  host.agent.resync();
  const a = await boot('a');
  await host.agent.settle();
  await run(['bridge', 'fdb', 'del', floodingMac, 'dev', device, 'dst', underlay.there]);
  await eventually(entries, [`${floodingMac} ${underlay.there}`]);
  await run(['bridge', 'fdb', 'append', floodingMac, 'dev', device, 'dst', '10.0.0.77']);
  await eventually(entries, [`${floodingMac} ${underlay.there}`]);
  await run(['ip', 'link', 'delete', device]);
  await eventually(() => a.ping(far.ip), true);
  await run(['ip', 'link', 'set', device, 'down']);
  await eventually(() => a.ping(far.ip), true);
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
});

it('a restart with another UDP port makes the devices anew, and one without changes loses no frame', async () => {
  await start({}, toUs);
  host.server.peers = { vxlan: [{ host: 'compute4', ip_address: underlay.there }] };
  host.agent.resync();
  const a = await boot('a');
  const pinging = a.run(['ping', '-i', '0.1', '-w', '3', far.ip]);
  await host.restart();
  await host.agent.settle();
  expect((await pinging).stdout).toContain(' 0% packet loss');
  await host.restart({ vxlan: vxlanSettings({ port: 8472 }) });
  await host.agent.settle();
  expect((await findLink(device))?.info?.port).toBe(8472);
  expect(await entries()).toEqual([`${floodingMac} ${underlay.there}`]);
  expect(await host.planned()).toEqual([]);
});

it('guests of another segment are never met, and nothing stays when the last port is gone', async () => {
  await start({}, toUs);
  host.server.peers = { vxlan: [{ host: 'compute4', ip_address: underlay.there }] };
  host.agent.resync();
  const a = await boot('a');
  const b = await boot('b', { network_id: network.two, segmentation_id: vni + 1 });
  expect(await a.ping(far.ip)).toBe(true);
  expect(await b.ping(far.ip)).toBe(false);
  expect(await b.ping(ports.a.ip)).toBe(false);
  host.server.devices.clear();
  await a[Symbol.asyncDispose]();
  await b[Symbol.asyncDispose]();
  await host.server.waitFor(ports.a.portId, 'down');
  await host.agent.settle();
  expect((await readLinks()).filter(({ name }) => /^(vxlan|brq|tap)/.test(name))).toEqual([]);
});
