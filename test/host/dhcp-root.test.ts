// The DHCP agent with use_namespaces = False: several networks in the namespace of the node, which stays as it is.
import { readdirSync } from 'node:fs';
import { afterEach, expect, it, vi } from 'vitest';
import type { NetworkSpec } from '../../server/cloud/model/specs.ts';
import { findProcesses } from '../../server/host/process.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { run } from '../../server/host/run.ts';
import {
  askForLease,
  dhcpLab,
  isolated,
  networkId,
  ns,
  setVlanTag,
  subnet,
  vm,
} from '../support/dhcp-lab.ts';
import { networkSpec, portSpec, subnetSpec, uuid } from '../support/network-specs.ts';

const secondSubnet = subnetSpec({ id: uuid('22222222'), cidr: '10.2.0.0/24' });
const secondPort = portSpec({
  ...{ id: uuid('2ee8a944-44'), mac: 'fa:16:3e:f5:a1:64', subnet: secondSubnet, address: '10.2.0.2' },
  device_owner: 'network:dhcp',
});
const secondVm = portSpec({
  ...{ id: uuid('33333333'), mac: 'fa:16:3e:00:00:33', subnet: secondSubnet, address: '10.2.0.33' },
});
const second: NetworkSpec = networkSpec({
  ...{ id: uuid('a04544a7'), subnets: [secondSubnet], ports: [secondPort, secondVm] },
});

/** What of the node could be touched: routes, rules, settings and devices that are not the agent's. */
async function nodeState(): Promise<string> {
  const parts = [
    ['ip', 'route', 'show', 'table', 'all', 'proto', 'static'],
    ['ip', 'rule', 'show'],
    ['ip', '-o', 'address', 'show', 'dev', 'mine0'],
    ['iptables-save', '-t', 'filter'],
    ['sysctl', 'net.ipv6.conf.default.accept_ra', 'net.ipv4.ip_forward'],
  ];
  const texts = await Promise.all(parts.map(async (argv) => (await run(argv)).stdout));
  return texts
    .join('\n')
    .split('\n')
    .filter((line) => !/^[#:*]|COMMIT|neutron-/.test(line))
    .join('\n');
}

afterEach(async () => {
  await run(['ip', 'link', 'delete', 'mine0'], { okCodes: [0, 1] });
  await run(['iptables', '-F', 'INPUT']);
});

it('two networks are served beside each other, and nothing of the node is touched', async () => {
  await run(['ip', 'link', 'add', 'mine0', 'type', 'veth', 'peer', 'name', 'mine1']);
  await run(['ip', 'address', 'add', '203.0.113.1/24', 'dev', 'mine0']);
  await run(['ip', 'link', 'set', 'mine0', 'up']);
  await run([
    'ip',
    'route',
    'add',
    '198.51.100.0/24',
    'via',
    '203.0.113.9',
    'proto',
    'static',
    'dev',
    'mine0',
  ]);
  await run(['iptables', '-A', 'INPUT', '-p', 'tcp', '--dport', '99', '-j', 'ACCEPT']);
  const before = await nodeState();
  await using lab = await dhcpLab({ use_namespaces: 'False' });
  const [guest, other] = [await lab.guest(vm), await lab.guest(secondVm, 'vm2')];
  lab.server.networks.set(networkId, isolated);
  lab.server.networks.set(second.id, second);
  await lab.settle();
  await setVlanTag(['tap2ee8a943-32', guest.device], 1);
  await setVlanTag(['tap2ee8a944-44', other.device], 2);

  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102', serverid: '192.168.101.2' });
  expect(await askForLease(other)).toMatchObject({ ip: '10.2.0.33', serverid: '10.2.0.2' });
  expect(findProcesses('dnsmasq', lab.config.dhcp_confs)).toHaveLength(2);
  expect((await run(['ip', 'netns', 'list'])).stdout).not.toContain(ns);
  expect(await nodeState()).toBe(before);
  expect(await lab.reconciler.verify()).toEqual(new Map());

  lab.server.networks.delete(second.id);
  await lab.settle();
  expect(await lab.reconciler.verify()).toEqual(new Map());
  expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
  expect((await readOvsPorts()).has('tap2ee8a944-44')).toBe(false);

  lab.server.networks.clear();
  await lab.settle();
  expect(findProcesses('dnsmasq', lab.config.dhcp_confs)).toEqual([]);
  expect(readdirSync('/sys/class/net').filter((name) => name.startsWith('tap'))).toEqual([]);
  expect((await run(['iptables-save'])).stdout).not.toContain('neutron-dhcp-age');
  expect(await nodeState()).toBe(before);
});

const damages: [string, () => Promise<unknown>][] = [
  ['its address is removed', () => run(['ip', 'address', 'flush', 'dev', 'tap2ee8a943-32'])],
  ['the firewall is flushed', () => run(['iptables', '-t', 'mangle', '-F'])],
  ['the device is set down', () => run(['ip', 'link', 'set', 'tap2ee8a943-32', 'down'])],
];

it.each(damages)('a network in the root namespace is repaired when %s', async (_, damage) => {
  await using lab = await dhcpLab({ use_namespaces: 'False' });
  const guest = await lab.guest(vm);
  lab.server.networks.set(networkId, { ...isolated, subnets: [subnet] });
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('dhcp_ready_on_ports')).toHaveLength(1), 30_000);
    await lab.reconciler.settle();
    await damage();
    expect(await lab.reconciler.verify()).not.toEqual(new Map());
    await expect.poll(() => lab.reconciler.verify(), { timeout: 30_000, interval: 100 }).toEqual(new Map());
    expect(await askForLease(guest)).toMatchObject({ ip: '192.168.101.102' });
  } finally {
    await lab.agent.stop();
  }
});
