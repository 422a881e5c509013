// Tunnels of the Open vSwitch agent: the other host is a namespace with the kernel's own VXLAN device.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgent, type OpenvswitchAgent } from '../../server/cloud/agents/openvswitch/agent.ts';
import { readSwitch } from '../../server/cloud/agents/openvswitch/actual.ts';
import { addAddress } from '../../server/host/address.ts';
import { setLinks } from '../../server/host/link.ts';
import { dumpFlows } from '../../server/host/ovs-ofctl.ts';
import {
  ensureBridgeCommands,
  ensurePortCommands,
  removeBridgeCommand,
  removePortCommand,
  vsctl,
} from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { floodingMac } from '../../server/cloud/model/specs.ts';
import { guest, type Guest } from '../support/guest.ts';
import { machine, ovs, type Machine, type OpenVswitch } from '../support/machine.ts';
import { networkServer, type NetworkServer } from '../support/network-server.ts';
import { ovsSettings, tunnelSettings } from '../support/ovs-settings.ts';

const network = '11111111-0000-4000-8000-000000000001';
const a = { portId: 'aaaaaaaa-aaaa-4000-8000-00000000000a', mac: 'fa:16:3e:00:00:0a', ip: '192.168.101.10' };
/** A port of the other host. */
const far = { mac: 'fa:16:3e:00:00:fa', ip: '192.168.101.200' };
const underlay = { here: '10.0.0.1', there: '10.0.0.2' };
const inner = { mtu: 1450 };
const within = { timeout: 15_000 };

let vswitch: OpenVswitch;
let server: NetworkServer;
let agent: OpenvswitchAgent;
let peer: Machine;
const guests: Guest[] = [];

async function start(given: Parameters<typeof tunnelSettings>[0] = {}): Promise<void> {
  const tunnels = tunnelSettings({ types: ['gre', 'vxlan'], localIp: underlay.here, ...given });
  agent = createAgent(ovsSettings({ tunnels }), server, silentLogger);
  await agent.start();
  await agent.settle();
}

async function boot(network_type: 'gre' | 'vxlan' | 'local' = 'vxlan'): Promise<Guest> {
  server.addPort({
    ...{ port_id: a.portId, network_id: network, mac_address: a.mac, port_security_enabled: false },
    ...{ network_type, physical_network: null, segmentation_id: network_type === 'local' ? null : 1016 },
    fixed_ips: [{ subnet_id: 's', ip_address: a.ip }],
  });
  const plugged = await guest({ portId: a.portId, mac: a.mac, address: `${a.ip}/24`, ...inner });
  guests.push(plugged);
  await server.waitFor(a.portId, 'up');
  return plugged;
}

const planned = async () => [...(await agent.verify()).values()].flat().map((step) => step.reason);
const tunnelNames = async () =>
  [...(await readSwitch()).ports.keys()].filter((name) => /^(gre|vxlan)-/.test(name));
const flowsOf = async (table: number) =>
  (await dumpFlows('br-tun')).filter((flow) => flow.table === table && flow.isLearned !== true);

beforeEach(async () => {
  vswitch = await ovs();
  await vsctl(ensureBridgeCommands('br-eth1', { datapath_type: 'netdev' }));
  await addAddress('br-eth1', `${underlay.here}/24`);
  await setLinks([{ name: 'br-eth1', up: true }]);
  peer = await machine({ name: 'peer', address: `${underlay.there}/24` });
  await vsctl(ensurePortCommands('br-eth1', peer.device));
  await peer.run('ip link add vx0 type vxlan id 1016 dstport 4789 local 10.0.0.2 remote 10.0.0.1'.split(' '));
  await peer.run(['ip', 'link', 'set', 'vx0', 'address', far.mac, 'mtu', '1450', 'up']);
  await addAddress('vx0', `${far.ip}/24`, peer.ns);
  server = networkServer();
  server.peers = { vxlan: [{ host: 'compute2', ip_address: underlay.there }] };
});

afterEach(async () => {
  await agent.stop();
  await agent.cleanUp();
  for (const one of guests.splice(0)) await one[Symbol.asyncDispose]();
  await peer[Symbol.asyncDispose]();
  await vswitch[Symbol.asyncDispose]();
});

it('a port reaches its network on another host through a tunnel, with frames of full size', async () => {
  await start();
  const guestA = await boot();
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
  await expect.poll(() => peer.ping(a.ip), within).toBe(true);
  const full = await guestA.run(['ping', '-c', '2', '-M', 'do', '-s', String(inner.mtu - 28), far.ip]);
  expect(full.stdout).toContain(' 0% packet loss');
  expect(await tunnelNames()).toEqual(['vxlan-0a000002']);
  await agent.settle();
  expect(await planned()).toEqual([]);
});

it('frames of a GRE network leave as GRE with the key of the network', async () => {
  server.peers = { gre: [{ host: 'compute2', ip_address: underlay.there }] };
  await start();
  const guestA = await boot('gre');
  const seen = peer.run(['timeout', '8', 'tcpdump', '-nei', 'eth0', '-c', '1', 'proto gre'], {
    timeoutMs: 10_000,
  });
  await expect
    .poll(() => guestA.ping('192.168.101.77').then(() => seen.then(() => true)), { timeout: 9000 })
    .toBe(true);
  expect((await seen).stdout).toMatch(/10\.0\.0\.1 > 10\.0\.0\.2: GREv0, key=0x3f8/);
});

it('a network of type local never leaves the host', async () => {
  await start();
  const guestA = await boot('local');
  expect(await guestA.ping(far.ip)).toBe(false);
  expect((await flowsOf(22)).map(({ match }) => match)).toEqual(['']);
});

it('hosts come, change their address and go, and their tunnels with them', async () => {
  server.peers = {};
  await start();
  const guestA = await boot();
  expect(await tunnelNames()).toEqual([]);
  server.peers = { vxlan: [{ host: 'compute2', ip_address: '10.0.0.9' }] };
  agent.tunnelChanged({ tunnel_ip: '10.0.0.9', tunnel_type: 'vxlan' }, false);
  await expect.poll(tunnelNames, within).toEqual(['vxlan-0a000009']);
  expect(await guestA.ping(far.ip)).toBe(false);
  server.peers = { vxlan: [{ host: 'compute2', ip_address: underlay.there }] };
  agent.tunnelChanged({ tunnel_ip: '10.0.0.9', tunnel_type: 'vxlan' }, true);
  await expect.poll(tunnelNames, within).toEqual(['vxlan-0a000002']);
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
  server.peers = {};
  agent.tunnelChanged({ tunnel_ip: underlay.there, tunnel_type: 'vxlan' }, true);
  await expect.poll(tunnelNames, within).toEqual([]);
  await agent.settle();
  expect(await planned()).toEqual([]);
  expect((await dumpFlows('br-tun')).filter((flow) => flow.isLearned)).toEqual([]);
});

it('what was learned in a network is forgotten with its last port, while its tunnels stay', async () => {
  const learned = async () => (await dumpFlows('br-tun')).filter((flow) => flow.isLearned);
  await start();
  const guestA = await boot();
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
  expect(await learned()).toHaveLength(1);
  await guests.pop()![Symbol.asyncDispose]();
  await expect.poll(learned, within).toEqual([]);
  expect(await tunnelNames()).toEqual(['vxlan-0a000002']);
});

it('with L2 population the server says who is where, and ARP is answered on the spot', async () => {
  await start({ populates: true, answersArp: true });
  const guestA = await boot();
  expect(await tunnelNames()).toEqual([]);
  server.fdb = {
    [network]: {
      ...{ network_type: 'vxlan', segment_id: 1016 },
      ports: {
        [underlay.there]: [
          [floodingMac, '0.0.0.0'],
          [far.mac, far.ip],
        ],
      },
    },
  };
  agent.fdbChanged([network]);
  await expect.poll(tunnelNames, within).toEqual(['vxlan-0a000002']);
  await agent.settle();
  const heard = peer.run(
    ['timeout', '3', 'tcpdump', '-nei', 'vx0', `arp and broadcast and ether src ${a.mac}`],
    {
      timeoutMs: 8000,
    },
  );
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
  const neighbours = (await guestA.run(['ip', 'neighbour', 'show', far.ip])).stdout;
  expect(neighbours).toContain(far.mac);
  expect((await heard).stdout.trim()).toBe('');
  expect((await flowsOf(20)).map(({ priority }) => priority).sort()).toEqual([0, 2]);
  expect(await planned()).toEqual([]);
  server.fdb = {};
  agent.fdbChanged([network]);
  await expect.poll(tunnelNames, within).toEqual([]);
});

it('a tunnel bridge, patch, tunnel or flow that somebody breaks by hand comes back', async () => {
  await start();
  const guestA = await boot();
  const reaches = () => guestA.ping(far.ip);
  await expect.poll(() => reaches(), within).toBe(true);
  await run(['ovs-ofctl', 'del-flows', 'br-tun']);
  await expect.poll(reaches, within).toBe(true);
  await vsctl([removePortCommand('br-tun', 'vxlan-0a000002'), removePortCommand('br-int', 'patch-tun')]);
  await expect.poll(reaches, within).toBe(true);
  await vsctl([removeBridgeCommand('br-tun')]);
  await expect.poll(reaches, within).toBe(true);
  await agent.settle();
  expect(await planned()).toEqual([]);
});

it('a restarted agent keeps tunnels and flows while the server is away', async () => {
  await start({ populates: true, answersArp: true });
  server.fdb = {
    [network]: {
      ...{ network_type: 'vxlan', segment_id: 1016 },
      ports: { [underlay.there]: [[floodingMac, '0.0.0.0']] },
    },
  };
  const guestA = await boot();
  await agent.settle();
  const before = [await tunnelNames(), await flowsOf(22), await flowsOf(4)];
  await agent.stop();
  server.outage = 'the queue is away';
  agent = createAgent(
    ovsSettings({ tunnels: tunnelSettings({ types: ['vxlan'], localIp: underlay.here, populates: true }) }),
    server,
    silentLogger,
  );
  await agent.start();
  await expect.poll(planned, within).toEqual([]);
  expect([await tunnelNames(), await flowsOf(22), await flowsOf(4)]).toEqual(before);
  await expect.poll(() => guestA.ping(far.ip), within).toBe(true);
});

it('what others put into the tunnel bridge stays, and without tunnels the rest is taken away', async () => {
  await start();
  await boot();
  const own = { type: 'vxlan', options: { remote_ip: '10.0.0.77', key: '5' } };
  await vsctl(ensurePortCommands('br-tun', 'mine', own));
  await run(['ovs-ofctl', 'add-flow', 'br-tun', 'table=0,priority=500,dl_vlan=7,actions=drop']);
  agent.resync();
  await agent.settle();
  expect(await planned()).toEqual([]);
  await agent.stop();
  await start({ types: [] });
  const { bridges, ports } = await readSwitch();
  expect(bridges.has('br-tun')).toBe(true);
  expect(
    [...ports.values()]
      .filter(({ bridge }) => bridge === 'br-tun')
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['br-tun', 'mine']);
  expect((await dumpFlows('br-tun')).map(({ priority }) => priority)).toEqual([500]);
  expect(ports.has('patch-tun')).toBe(false);
});

it('when the agent leaves, no tunnel bridge is left', async () => {
  await start();
  const guestA = await boot();
  await guestA.unplug();
  await agent.stop();
  await agent.cleanUp();
  expect([...(await readSwitch()).bridges.keys()]).toEqual(['br-eth1']);
});
