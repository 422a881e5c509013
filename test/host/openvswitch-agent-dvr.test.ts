// Distributed routers in the Open vSwitch agent: a router on this host, and another host that answers as its router would.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgent, type OpenvswitchAgent } from '../../server/cloud/agents/openvswitch/agent.ts';
import { addAddress } from '../../server/host/address.ts';
import { setLinks } from '../../server/host/link.ts';
import { ensureNetns, inNetns, removeNetns } from '../../server/host/netns.ts';
import { dumpFlows } from '../../server/host/ovs-ofctl.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { guest, type Guest } from '../support/guest.ts';
import { machine, ovs, type Machine, type OpenVswitch } from '../support/machine.ts';
import { networkServer, type NetworkServer } from '../support/network-server.ts';
import { ovsSettings, tunnelSettings } from '../support/ovs-settings.ts';

const router = 'qrouter';
const a = { portId: 'aaaaaaaa-aaaa-4000-8000-00000000000a', mac: 'fa:16:3e:00:00:0a', ip: '192.168.101.10' };
const far = { mac: 'fa:16:3e:00:00:fa', ip: '192.168.102.200' };
const hosts = { own: 'fa:16:3f:00:00:01', other: 'fa:16:3f:00:00:02' };
const underlay = { here: '10.0.0.1', there: '10.0.0.2' };
const within = { timeout: 15_000 };
const interfaces = [1, 2].map((number) => ({
  number,
  portId: `${String(number).repeat(8)}-0000-4000-8000-000000000000`,
  device: `qr-${String(number).repeat(8)}-00`,
  mac: `fa:16:3e:00:01:0${number}`,
  ip: `192.168.10${number}.1`,
}));
const settings = ovsSettings({
  isDistributed: true,
  tunnels: tunnelSettings({ types: ['vxlan'], localIp: underlay.here }),
});

let vswitch: OpenVswitch;
let server: NetworkServer;
let agent: OpenvswitchAgent;
let peer: Machine;
let guestA: Guest;

const onNetwork = (number: number) => ({
  network_id: `net0${number}`,
  network_type: 'vxlan' as const,
  physical_network: null,
  segmentation_id: 1015 + number,
  port_security_enabled: false,
});

/** The router: an internal port in each network, both in one namespace. */
async function plugRouter(): Promise<void> {
  await ensureNetns(router);
  await run(inNetns(router, ['sysctl', '-qw', 'net.ipv4.ip_forward=1']));
  for (const { number, portId, device, mac, ip } of interfaces) {
    server.addPort({
      ...{ ...onNetwork(number), port_id: portId, mac_address: mac },
      device_owner: 'network:router_interface_distributed',
      fixed_ips: [{ subnet_id: `sub${number}`, ip_address: ip }],
    });
    const externalIds = { 'iface-id': portId, 'attached-mac': mac };
    await vsctl(ensurePortCommands('br-int', device, { type: 'internal', externalIds, mtuRequest: 1450 }));
    await run(['ip', 'link', 'set', device, 'netns', router]);
    await setLinks([{ name: device, mac, up: true }], router);
    await addAddress(device, `${ip}/24`, router);
  }
  // As the L3 agent writes it beforehand.
  const neighbour = ['lladdr', far.mac, 'nud', 'permanent', 'dev', interfaces[1]!.device];
  await run(['ip', '-n', router, 'neighbour', 'replace', far.ip, ...neighbour]);
}

/** The other host: a guest in the second network, whose answers a router there puts into the first one. */
async function plugPeer(): Promise<void> {
  peer = await machine({ name: 'peer', address: `${underlay.there}/24` });
  await vsctl(ensurePortCommands('br-eth1', peer.device));
  for (const [name, id, mac] of [
    ['vx1', '1016', hosts.other],
    ['vx2', '1017', far.mac],
  ] as const) {
    const tunnel = ['id', id, 'dstport', '4789', 'local', underlay.there, 'remote', underlay.here];
    await peer.run(['ip', 'link', 'add', name, 'type', 'vxlan', ...tunnel]);
    await peer.run(['ip', 'link', 'set', name, 'address', mac, 'mtu', '1450', 'up']);
    await peer.run(['sysctl', '-qw', `net.ipv4.conf.${name}.rp_filter=0`]);
  }
  await peer.run(['sysctl', '-qw', 'net.ipv4.conf.all.rp_filter=0']);
  await addAddress('vx2', `${far.ip}/24`, peer.ns);
  await peer.run(['ip', 'route', 'add', '192.168.101.0/24', 'dev', 'vx1']);
  await peer.run([
    ...['ip', 'neighbour', 'replace', a.ip, 'lladdr', a.mac],
    ...['nud', 'permanent', 'dev', 'vx1'],
  ]);
}

beforeEach(async () => {
  vswitch = await ovs();
  await vsctl(ensureBridgeCommands('br-eth1', { datapath_type: 'netdev' }));
  await addAddress('br-eth1', `${underlay.here}/24`);
  await setLinks([{ name: 'br-eth1', up: true }]);
  await plugPeer();
  server = networkServer();
  server.peers = { vxlan: [{ host: 'compute2', ip_address: underlay.there }] };
  server.macs = [
    { host: 'compute1', mac_address: hosts.own },
    { host: 'compute2', mac_address: hosts.other },
  ];
  server.addPort({
    ...{ ...onNetwork(1), port_id: a.portId, mac_address: a.mac },
    fixed_ips: [{ subnet_id: 'sub1', ip_address: a.ip }],
  });
  agent = createAgent(settings, server, silentLogger);
  await agent.start();
  await agent.settle();
  await plugRouter();
  guestA = await guest({ portId: a.portId, mac: a.mac, address: `${a.ip}/24`, mtu: 1450 });
  await guestA.run(['ip', 'route', 'add', 'default', 'via', interfaces[0]!.ip]);
  for (const { portId } of interfaces) await server.waitFor(portId, 'up');
  await server.waitFor(a.portId, 'up');
});

afterEach(async () => {
  await agent.stop();
  await agent.cleanUp();
  await guestA[Symbol.asyncDispose]();
  await removeNetns(router);
  await peer[Symbol.asyncDispose]();
  await vswitch[Symbol.asyncDispose]();
});

/** Source MACs of echo packets that a device sees while the guest pings the other host. */
async function sourcesSeen(where: Machine, device: string, filter: string): Promise<string[]> {
  const capture = ['timeout', '6', 'tcpdump', '-nei', device, '-c', '2', filter];
  const seen = where.run(capture, { timeoutMs: 9000 });
  await expect
    .poll(() => guestA.ping(far.ip).then(() => seen.then(() => true)), { timeout: 9000 })
    .toBe(true);
  const macs = (await seen).stdout.match(/^\S+ ([0-9a-f:]{17}) >/gm) ?? [];
  return [...new Set(macs.map((line) => line.split(' ')[1]!))];
}

it('a guest reaches another network on another host by the router of its own host', async () => {
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
  await agent.settle();
  expect([...(await agent.verify()).values()].flat()).toEqual([]);
});

it('what the router sends carries the MAC of the host on the wire', async () => {
  expect(await sourcesSeen(peer, 'vx2', 'icmp[icmptype] = icmp-echo')).toEqual([hosts.own]);
});

it('what a router of another host sends reaches the guest with the MAC of its router', async () => {
  expect(await sourcesSeen(guestA, 'eth0', 'icmp[icmptype] = icmp-echoreply')).toEqual([interfaces[0]!.mac]);
});

it('requests for the address of the router never leave the host', async () => {
  const heard = peer.run(
    ['timeout', '3', 'tcpdump', '-nei', 'vx1', 'arp', 'and', 'host', interfaces[0]!.ip],
    {
      timeoutMs: 8000,
    },
  );
  await guestA.run(['ip', 'neighbour', 'flush', 'dev', 'eth0']);
  await expect.poll(() => guestA.ping(interfaces[0]!.ip), within).toBe(true);
  expect((await heard).stdout.trim()).toBe('');
});

it('news of another host are followed, and its frames are not learned', async () => {
  const mac = 'fa:16:3f:00:00:03';
  server.macs.push({ host: 'compute3', mac_address: mac });
  agent.macsChanged();
  await agent.settle();
  const flows = await dumpFlows('br-tun');
  expect(flows.filter(({ table, match }) => table === 9 && match === `dl_src=${mac}`)).toHaveLength(1);
  expect(agent.isDistributed()).toBe(true);
});

it('a restarted agent that does not know the MACs yet leaves every flow as it is', async () => {
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
  const flows = async () => (await dumpFlows('br-int')).map((flow) => JSON.stringify(flow)).sort();
  const before = await flows();
  await agent.stop();
  server.outage = 'the queue is away';
  agent = createAgent(settings, server, silentLogger);
  await agent.start();
  await expect.poll(async () => (await agent.verify()).size, within).toBe(0);
  expect(await flows()).toEqual(before);
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
});
