// The DHCP agent on a real host: real namespaces, switch, dnsmasq and clients.
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { createDhcpAgent } from '../../server/cloud/agents/dhcp/main.ts';
import { readLeases } from '../../server/host/dnsmasq.ts';
import { ensureNetns, inNetns, listNetns, removeNetns } from '../../server/host/netns.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { vsctl } from '../../server/host/ovs-vsctl.ts';
import { findProcesses } from '../../server/host/process.ts';
import { run } from '../../server/host/run.ts';
import {
  askForLease,
  dhcpLab,
  dhcpPort,
  isolated,
  network,
  networkId,
  ns,
  other,
  vm,
} from '../support/dhcp-lab.ts';
import { testLogger } from '../support/test-logger.ts';

it('a client gets its address, its name server and its routes, and names are answered', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, network);
  await lab.settle();

  expect(await askForLease(guest)).toMatchObject({
    ip: '192.168.101.102',
    subnet: '255.255.255.0',
    router: '192.168.101.1',
    serverid: '192.168.101.2',
    dns: '192.168.101.2',
    domain: 'openstacklocal',
    mtu: '1500',
    lease: '86400',
    staticroutes: '169.254.169.254/32 192.168.101.1 0.0.0.0/0 192.168.101.1',
  });
  expect(lab.server.calls('dhcp_ready_on_ports')).toEqual([{ port_ids: [vm.id, other.id] }]);
  await guest.run(['ip', 'address', 'add', '192.168.101.102/24', 'dev', 'eth0']);
  const answer = await guest.run(['dig', '+short', '@192.168.101.2', 'host-192-168-101-21.openstacklocal']);
  expect(answer.stdout).toBe('192.168.101.21\n');
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('the namespace looks as the guide says and a stranger gets no address', async () => {
  await using lab = await dhcpLab();
  const stranger = await lab.guest({ ...vm, mac_address: 'fa:16:3e:00:00:99' }, 'stranger');
  lab.server.networks.set(networkId, network);
  await lab.settle();

  const { stdout: addresses } = await run([
    'ip',
    '-n',
    ns,
    '-o',
    '-4',
    'address',
    'show',
    'dev',
    'tap2ee8a943-32',
  ]);
  expect(addresses).toContain('inet 192.168.101.2/24 brd 192.168.101.255 scope global');
  expect(addresses).toContain('inet 169.254.169.254/32 brd 169.254.169.254 scope global');
  const { stdout: route } = await run(['ip', '-n', ns, 'route', 'show', 'default']);
  expect(route.trim()).toBe('default via 192.168.101.1 dev tap2ee8a943-32 proto static');
  expect((await readOvsPorts()).get('tap2ee8a943-32')).toEqual({
    name: 'tap2ee8a943-32',
    bridge: 'br-int',
    type: 'internal',
    externalIds: { 'iface-id': dhcpPort.id, 'attached-mac': dhcpPort.mac_address, 'iface-status': 'active' },
  });
  const { stdout: rules } = await run(inNetns(ns, ['iptables-save', '-t', 'mangle']));
  expect(rules).toContain('--dport 68 -j CHECKSUM --checksum-fill');
  expect(await askForLease(stranger)).toBeUndefined();
});

it('a new port is served by the same dnsmasq, a deleted one loses its lease', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, { ...network, ports: [dhcpPort] });
  await lab.settle();
  const [before] = findProcesses('dnsmasq', lab.folder);
  expect(await askForLease(guest)).toBeUndefined();

  lab.server.networks.set(networkId, network);
  await lab.settle();
  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
  expect(findProcesses('dnsmasq', lab.folder).map(({ pid }) => pid)).toEqual([before?.pid]);
  expect(readLeases(join(lab.folder, 'leases'))).toMatchObject([{ address: '192.168.101.102' }]);

  lab.server.networks.set(networkId, { ...network, ports: [dhcpPort, other] });
  await lab.settle();
  expect(readLeases(join(lab.folder, 'leases'))).toEqual([]);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('metadata of an isolated network is answered by a proxy in its namespace', async () => {
  await using lab = await dhcpLab();
  lab.server.networks.set(networkId, isolated);
  await lab.settle();
  const { stdout } = await run(
    inNetns(ns, ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code}', 'http://169.254.169.254/']),
  );
  expect(stdout).toBe('503');
  expect(readFileSync(join(lab.folder, 'opts'), 'utf8')).toContain('169.254.169.254/32,192.168.101.2');
  expect(await lab.reconciler.verify()).toEqual(new Map());

  lab.server.networks.set(networkId, network);
  await lab.settle();
  expect(findProcesses('haproxy', networkId)).toEqual([]);
});

const damages: [string, (folder: string) => Promise<unknown>][] = [
  ['the namespace is deleted', () => removeNetns(ns)],
  ['the port is taken out of the switch', () => vsctl([['del-port', 'br-int', 'tap2ee8a943-32']])],
  ['the firewall is flushed', () => run(inNetns(ns, ['iptables', '-t', 'mangle', '-F']))],
  ['an address is removed', () => run(['ip', '-n', ns, 'address', 'flush', 'dev', 'tap2ee8a943-32'])],
  ['the files of dnsmasq are deleted', async (folder) => rmSync(folder, { recursive: true })],
  ['the folder of all networks is deleted', async (folder) => rmSync(dirname(folder), { recursive: true })],
  ['a file is edited', async (folder) => writeFileSync(join(folder, 'host'), '')],
  ['dnsmasq is killed', async (folder) => process.kill(findProcesses('dnsmasq', folder)[0]!.pid, 'SIGKILL')],
  ['the proxy is killed', async () => process.kill(findProcesses('haproxy', networkId)[0]!.pid, 'SIGKILL')],
];

it.each(damages)('repairs itself when %s, without being asked', async (_, damage) => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, isolated);
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports')).toHaveLength(1), 30_000);
    await lab.reconciler.settle();
    await damage(lab.folder);
    await vi
      .waitFor(async () => expect(await lab.reconciler.verify()).not.toEqual(new Map()), 1000)
      .catch(() => undefined);
    await vi.waitFor(async () => expect(await lab.reconciler.verify()).toEqual(new Map()), {
      timeout: 30_000,
      interval: 100,
    });
    expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
  } finally {
    await lab.agent.stop();
  }
});

it('after a restart of the switch, whose devices are lost with it, clients are served again', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, network);
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports')).toHaveLength(1), 30_000);
    await lab.openVswitch.restartSwitch();
    await expect.poll(() => lab.reconciler.verify(), { interval: 100 }).toEqual(new Map());
    expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
  } finally {
    await lab.agent.stop();
  }
});

it('dnsmasq outlives the agent, and the next agent has nothing to do', async () => {
  await using lab = await dhcpLab();
  lab.server.networks.set(networkId, network);
  await lab.agent.start();
  await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports')).toHaveLength(1), 30_000);
  await lab.agent.stop();
  const [running] = findProcesses('dnsmasq', lab.folder);
  expect(running).toBeDefined();

  const next = createDhcpAgent(lab.config, lab.server.rpc, testLogger);
  expect(await next.reconciler.verify()).toEqual(new Map());
});

it('a network that is gone leaves nothing, and what was not made by the agent stays', async () => {
  await using lab = await dhcpLab();
  await ensureNetns('qdhcp-mine');
  lab.server.networks.set(networkId, network);
  await lab.settle();
  lab.server.networks.clear();
  await lab.settle();
  expect(await listNetns()).toEqual(['qdhcp-mine']);
  expect(existsSync(lab.config.dhcp_confs) ? readdirSync(lab.config.dhcp_confs) : []).toEqual([]);
  expect(findProcesses('dnsmasq', networkId)).toEqual([]);
  expect((await readOvsPorts()).has('tap2ee8a943-32')).toBe(false);
  await removeNetns('qdhcp-mine');
});

it('with a full disk the agent lives, leaves what is there and says why, and goes on when there is room', async () => {
  await using lab = await dhcpLab();
  const guest = await lab.guest(vm);
  const disk = lab.config.state_path;
  await run(['mount', '-t', 'tmpfs', '-o', 'size=128k,mode=755', 'tmpfs', disk]);
  lab.server.networks.set(networkId, { ...network, ports: [dhcpPort, other] });
  const said: string[] = [];
  const log = { ...testLogger, error: (text: string) => void said.push(text) };
  const agent = createDhcpAgent(lab.config, lab.server.rpc, log);
  await agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports')).toHaveLength(1), 30_000);
    await run(['dd', 'if=/dev/zero', `of=${disk}/ballast`, 'bs=4k'], { okCodes: [1] });
    lab.server.networks.set(networkId, network);
    await lab.server.cast('dhcp_agent', 'port_create_end', { payload: { network_id: networkId } });
    await vi.waitFor(() => expect(said.join()).toMatch(/ENOSPC.*next try/), 30_000);
    expect(readFileSync(join(lab.folder, 'host'), 'utf8')).toContain(other.mac_address);
    rmSync(join(disk, 'ballast'));
    await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports')).toHaveLength(2), 30_000);
    expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
  } finally {
    await agent.stop();
    lab.server.networks.clear();
    await lab.settle();
    await run(['umount', disk]);
  }
});

it('a network that was moved away meanwhile is taken down when the agent returns', async () => {
  await using lab = await dhcpLab();
  lab.server.networks.set(networkId, isolated);
  await lab.settle();
  lab.server.networks.clear();
  const returned = createDhcpAgent(lab.config, lab.server.rpc, testLogger);
  await returned.start();
  try {
    await vi.waitFor(async () => expect(await listNetns()).toEqual([]), { timeout: 30_000, interval: 50 });
    await returned.reconciler.settle();
    expect(findProcesses('dnsmasq', lab.folder)).toEqual([]);
    expect(findProcesses('haproxy', networkId)).toEqual([]);
    expect((await readOvsPorts()).has('tap2ee8a943-32')).toBe(false);
  } finally {
    await returned.stop();
  }
});
