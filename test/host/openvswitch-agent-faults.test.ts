// The Open vSwitch agent against faults and guests that cheat: what heals, what never stops, what stays forbidden.
import { setTimeout as wait } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgent, type OpenvswitchAgent } from '../../server/cloud/agents/openvswitch/agent.ts';
import { readSwitch } from '../../server/cloud/agents/openvswitch/actual.ts';
import type { Settings } from '../../server/cloud/agents/openvswitch/settings.ts';
import { addAddress } from '../../server/host/address.ts';
import { readIpsets } from '../../server/host/ipset.ts';
import { readTables } from '../../server/host/iptables.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { setSysctls } from '../../server/host/sysctl.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { guest, type Guest } from '../support/guest.ts';
import { machine, ovs, type Machine, type OpenVswitch } from '../support/machine.ts';
import { networkServer, rule, type NetworkServer } from '../support/network-server.ts';
import { ovsSettings } from '../support/ovs-settings.ts';

const network = '11111111-0000-4000-8000-000000000001';
const group = 'e3eb0d0a-180b-4d78-915f-9cd98268a5ea';
const members = 'ffffffff-180b-4d78-915f-9cd98268a5ea';
const ports = {
  a: { portId: 'aaaaaaaa-aaaa-4000-8000-00000000000a', mac: 'fa:16:3e:00:00:0a', ip: '192.168.101.10' },
  b: { portId: 'bbbbbbbb-bbbb-4000-8000-00000000000b', mac: 'fa:16:3e:00:00:0b', ip: '192.168.101.11' },
};
const wireIp = '192.168.101.200';
const within = { timeout: 20_000, interval: 100 };

let vswitch: OpenVswitch;
let server: NetworkServer;
let agent: OpenvswitchAgent;
let wire: Machine;
const guests: Guest[] = [];

async function start(given: Partial<Settings> = {}): Promise<void> {
  agent = createAgent(ovsSettings(given), server, silentLogger);
  await agent.start();
  await agent.settle();
}

async function boot(
  name: 'a' | 'b',
  given: Partial<Parameters<NetworkServer['addPort']>[0]> = {},
): Promise<Guest> {
  const { portId, mac, ip } = ports[name];
  const fixed_ips = [{ subnet_id: 's', ip_address: ip }];
  server.addPort({
    ...{ port_id: portId, network_id: network, mac_address: mac, fixed_ips, security_groups: [group] },
    ...given,
  });
  const plugged = await guest({ portId, mac, address: `${ip}/24` });
  guests.push(plugged);
  await server.waitFor(portId, 'up');
  return plugged;
}

const planned = async () => [...(await agent.verify()).values()].flat().map((step) => step.reason);

/** Pings ten times a second while `work` is done; the share that was lost. */
async function lossDuring(from: Machine, to: string, work: () => Promise<void>): Promise<string> {
  const pings = from.run(['ping', '-i', '0.1', '-w', '60', to], { timeoutMs: 70_000 });
  await work();
  await from.run(['pkill', '-INT', '-n', '-x', 'ping']);
  return /[\d.]+% packet loss/.exec((await pings).stdout)?.[0] ?? 'no answer at all';
}

beforeEach(async () => {
  vswitch = await ovs();
  await vsctl(ensureBridgeCommands('br-eth1', { datapath_type: 'netdev' }));
  wire = await machine({ name: 'wire', address: `${wireIp}/24` });
  await vsctl(ensurePortCommands('br-eth1', wire.device, { tag: 101 }));
  server = networkServer();
  server.rules = { [group]: [rule({ direction: 'egress' }), rule({ protocol: 'icmp' })] };
  await start();
});

afterEach(async () => {
  await agent.stop();
  await agent.cleanUp();
  for (const one of guests.splice(0)) await one[Symbol.asyncDispose]();
  await wire[Symbol.asyncDispose]();
  await vswitch[Symbol.asyncDispose]();
});

it('no ping is lost on the host or to the wire while the agent restarts and a port is plugged', async () => {
  const a = await boot('a');
  await expect.poll(() => a.ping(wireIp), within).toBe(true);
  const lost = await lossDuring(a, wireIp, async () => {
    await agent.stop();
    await start();
    await boot('b');
    server.rules[group]!.push(rule({ protocol: 'tcp' }));
    agent.groupsChanged([group]);
    await agent.settle();
  });
  expect(lost).toBe('0% packet loss');
});

it('a deleted integration bridge is made again and serves the ports that are plugged again', async () => {
  const a = await boot('a');
  await run(['ovs-vsctl', 'del-br', 'br-int']);
  await expect.poll(async () => (await readSwitch()).ports.get('int-br-eth1')?.bridge, within).toBe('br-int');
  const externalIds = { 'iface-id': ports.a.portId, 'attached-mac': ports.a.mac };
  await vsctl(ensurePortCommands('br-int', a.qvo, { externalIds }));
  await expect.poll(() => a.ping(wireIp), within).toBe(true);
  await agent.settle();
  expect(await planned()).toEqual([]);
});

/** Runs `work` on a node that speaks IPv6; the agent leaves before that ends. */
async function withIpv6(work: () => Promise<void>): Promise<void> {
  const disable = (value: 0 | 1) =>
    setSysctls({ 'net/ipv6/conf/all/disable_ipv6': value, 'net/ipv6/conf/default/disable_ipv6': value });
  await disable(0);
  try {
    await work();
    await agent.stop();
    await agent.cleanUp();
  } finally {
    await disable(1);
  }
}

it('sets of addresses and IPv6 rules that somebody flushes come back', async () => {
  await withIpv6(async () => {
    server.rules[group] = [rule({ protocol: 'icmp', remote_group_id: members })];
    server.rules[members] = [rule({ direction: 'egress' })];
    await boot('a', { security_groups: [group] });
    const b = await boot('b', { security_groups: [members] });
    agent.groupsChanged([members]);
    await expect.poll(() => b.ping(ports.a.ip), within).toBe(true);
    await run(['ipset', 'flush']);
    await run(['ip6tables', '-F', 'neutron-openvswi-FORWARD']);
    const membersOf = async () => [...(await readIpsets()).values()].flatMap((set) => [...set.members]);
    await expect.poll(membersOf, within).toContain(ports.b.ip);
    const jumps = async () =>
      (await readTables({ family: 6 })).filter?.['neutron-openvswi-FORWARD']?.length ?? 0;
    await expect.poll(jumps, within).toBeGreaterThan(0);
    await expect.poll(() => b.ping(ports.a.ip), within).toBe(true);
    await agent.settle();
    expect(await planned()).toEqual([]);
  });
});

it('a configuration without security groups takes away the rules of the one before', async () => {
  server.rules[group]!.push(rule({ protocol: 'tcp', remote_group_id: group }));
  const a = await boot('a');
  server.rules[group] = [];
  agent.groupsChanged([group]);
  await expect.poll(() => wire.ping(ports.a.ip), within).toBe(false);
  await agent.stop();
  await start({ enforcesSecurityGroups: false });
  await expect.poll(() => wire.ping(ports.a.ip), within).toBe(true);
  await expect.poll(() => a.ping(wireIp), within).toBe(true);
  expect(JSON.stringify(await readTables())).not.toContain('neutron-openvswi');
  expect([...(await readIpsets()).keys()].filter((name) => name.startsWith('N'))).toEqual([]);
  expect(await planned()).toEqual([]);
});

it('a guest may speak with the addresses of its allowed pairs', async () => {
  const other = '192.168.101.66';
  const a = await boot('a');
  await addAddress('eth0', `${other}/24`, a.ns);
  const speaks = async () => (await a.run(['ping', '-c', '1', '-W', '1', '-I', other, wireIp])).code === 0;
  expect(await speaks()).toBe(false);
  server.devices.get(ports.a.portId)!.allowed_address_pairs = [
    { ip_address: other, mac_address: ports.a.mac },
  ];
  agent.portChanged(ports.a.portId);
  await expect.poll(speaks, within).toBe(true);
});

it('a guest cannot answer DHCP requests of others', async () => {
  const a = await boot('a');
  const heard = wire.run(['timeout', '6', 'tcpdump', '-nli', 'eth0', 'udp and dst port 68'], {
    timeoutMs: 12_000,
  });
  const send = (from: string) =>
    a.run(['nc', '-u', '-w', '1', '-p', from, wireIp, '68'], { stdin: `from ${from}\n` });
  await expect.poll(async () => (await send('67')).code >= 0 && (await send('1067')).code >= 0).toBe(true);
  const { stdout } = await heard;
  expect(stdout).toContain(`${ports.a.ip}.1067 >`);
  expect(stdout).not.toContain(`${ports.a.ip}.67 >`);
});

it('a guest cannot announce itself as a router, unless its port is not guarded', async () => {
  await withIpv6(async () => {
    await using listener = await machine({ name: 'listener', address: '2001:db8::1/64' });
    await vsctl(ensurePortCommands('br-eth1', listener.device, { tag: 101 }));
    const a = await boot('a', { port_security_enabled: false });
    const advertise =
      'use Socket qw(:all); socket(S, AF_INET6, SOCK_RAW, 58) or die; setsockopt(S, 41, 18, pack("i", 255)); ' +
      'send(S, pack("CCnCCnNN", 134, 0, 0, 64, 0, 1800, 0, 0), 0, ' +
      'pack_sockaddr_in6(0, inet_pton(AF_INET6, "ff02::1"), $ARGV[0])) or die $!;';
    const index = (await a.run(['cat', '/sys/class/net/eth0/ifindex'])).stdout.trim();
    const isHeard = async () => {
      const filter = 'icmp6 and ip6[40] == 134';
      const heard = listener.run(['timeout', '3', 'tcpdump', '-nli', 'eth0', '-c', '1', filter], {
        timeoutMs: 8000,
      });
      for (let round = 0; round < 5; round++) {
        expect(await a.run(['perl', '-e', advertise, index])).toMatchObject({ code: 0 });
        await wait(400);
      }
      return (await heard).stdout.includes('router advertisement');
    };
    await expect.poll(isHeard, within).toBe(true);
    server.devices.get(ports.a.portId)!.port_security_enabled = true;
    agent.portChanged(ports.a.portId);
    await expect.poll(() => a.ping(wireIp), within).toBe(true);
    await agent.settle();
    expect(await isHeard()).toBe(false);
  });
});
