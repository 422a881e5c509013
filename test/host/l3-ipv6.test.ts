// A router of both families on a real host: addresses made from its advertisements, routing without translation.
import { expect, it, vi } from 'vitest';
import { createL3Agent } from '../../server/cloud/agents/l3/main.ts';
import { inNetns } from '../../server/host/netns.ts';
import { findProcesses } from '../../server/host/process.ts';
import { run } from '../../server/host/run.ts';
import type { SubnetSpec } from '../../server/cloud/model/specs.ts';
import type { Machine } from '../support/machine.ts';
import { portSpec, routerPortSpec, subnetSpec, uuid } from '../support/network-specs.ts';
import {
  gateway,
  net01,
  net02,
  ns,
  public01,
  qr1,
  qr2,
  router,
  routerId,
  routerLab,
  tagPorts,
} from '../support/router-lab.ts';
import { testLogger } from '../support/test-logger.ts';

const subnet6 = (given: Partial<SubnetSpec> & Pick<SubnetSpec, 'id' | 'cidr'>) =>
  subnetSpec({ ip_version: 6, gateway_ip: given.cidr.replace('/64', '1'), ...given });
const slaac = subnet6({
  ...{ id: uuid('6a000001'), cidr: '2001:db8:1::/64', dns_nameservers: ['2001:db8::53'] },
  ...{ ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' },
});
const stateful = subnet6({
  ...{ id: uuid('6a000002'), cidr: '2001:db8:2::/64' },
  ...{ ipv6_ra_mode: 'dhcpv6-stateful', ipv6_address_mode: 'dhcpv6-stateful' },
});
const outside6 = subnet6({ id: uuid('6a000003'), cidr: '2001:db8:f::/64', gateway_ip: '2001:db8:f::ff' });

/** The port with one more address. */
const with6 = (port: typeof qr1, id: string, subnet: SubnetSpec, first: SubnetSpec, address: string) => {
  const more = portSpec({ id: uuid(id), mac: port.mac_address, subnet, address });
  const one = { ...port, fixed_ips: [...port.fixed_ips, ...more.fixed_ips] };
  return routerPortSpec(one, [first, subnet], { mtu: 1450 });
};
// Neutron gives IPv6 subnets a port of their own: here one port has both families, which the API allows as well.
const port1 = with6(qr1, 'a5ad5119-1c', slaac, net01, '2001:db8:1::1');
const port2 = with6(qr2, '537546c0-21', stateful, net02, '2001:db8:2::1');
const out = with6(gateway, '49a845ca-5a', outside6, public01, '2001:db8:f::91');
const router6 = { ...router, gw_port: out, interfaces: [port1, port2] };

const addresses = async (of: Machine) =>
  (await of.run(['ip', '-6', '-br', 'address', 'show', 'dev', 'eth0', 'scope', 'global'])).stdout;

it('instances make their addresses from what the router advertises, and reach each other and the world', async () => {
  await using lab = await routerLab();
  await lab.outside.run(['ip', 'address', 'add', '2001:db8:f::ff/64', 'nodad', 'dev', 'eth0']);
  await lab.outside.run(['ip', 'route', 'add', '2001:db8::/32', 'via', '2001:db8:f::91']);
  await lab.vm2.run(['ip', 'address', 'add', '2001:db8:2::99/64', 'nodad', 'dev', 'eth0']);
  await lab.want(router6);
  await expect.poll(() => addresses(lab.vm1), { timeout: 15_000 }).toContain('2001:db8:1:');
  expect(await addresses(lab.vm2)).not.toMatch(/2001:db8:2:[^:]/);
  await expect.poll(() => lab.vm1.ping('2001:db8:2::99'), { timeout: 15_000 }).toBe(true);
  await expect.poll(() => lab.vm1.ping('2001:db8:f::ff')).toBe(true);
  expect((await lab.vm1.run(['cat', '/proc/sys/net/ipv6/conf/eth0/mtu'])).stdout.trim()).toBe('1450');

  const listening = lab.outside.run(['timeout', '5', 'nc', '-6', '-lvn', '-p', '8080']);
  await vi.waitFor(
    async () => expect((await lab.outside.run(['ss', '-ltn'])).stdout).toContain(':8080'),
    30_000,
  );
  await lab.vm1.run(['nc', '-w', '2', '-N', '2001:db8:f::ff', '8080'], { stdin: 'hello\n' });
  expect((await listening).stderr).toMatch(/received on 2001:db8:1:/);
  expect(await lab.vm1.ping('192.168.102.99')).toBe(true);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('advertisements say who gives addresses and which name servers there are', async () => {
  await using lab = await routerLab();
  await lab.want(router6);
  const heard = async (vm: Machine) => {
    const capture = vm.run([
      'timeout',
      '15',
      'tcpdump',
      '-c',
      '1',
      '-lvni',
      'eth0',
      'icmp6 and ip6[40] == 134',
    ]);
    const asking = setInterval(
      () => void vm.run(['sh', '-c', 'ip link set eth0 down; ip link set eth0 up']),
      3000,
    );
    try {
      return (await capture).stdout;
    } finally {
      clearInterval(asking);
    }
  };
  const [first, second] = await Promise.all([heard(lab.vm1), heard(lab.vm2)]);
  expect(first).toContain('Flags [none]');
  expect(first).toContain('addr: 2001:db8::53');
  expect(first).toMatch(/2001:db8:1::\/64, Flags \[onlink, auto\]/);
  expect(second).toContain('Flags [managed]');
  expect(second).toMatch(/2001:db8:2::\/64, Flags \[onlink\]/);
});

it('routes of both families lead where they say, and the second pass finds nothing to do', async () => {
  await using lab = await routerLab();
  await lab.want({
    ...router6,
    gw_port: { ...out, extra_subnets: [subnet6({ id: uuid('6a000009'), cidr: '2001:db8:e::/64' })] },
    routes: [{ destination: '2001:db8:77::/48', nexthop: '2001:db8:2::99' }],
  });
  const { stdout } = await run(['ip', '-n', ns, '-6', 'route', 'show', 'proto', 'static']);
  expect(stdout).toContain('2001:db8:77::/48 via 2001:db8:2::99 dev qr-537546c0-21');
  expect(stdout).toContain('2001:db8:e::/64 dev qg-49a845ca-5a');
  expect(stdout).toContain('default via 2001:db8:f::ff dev qg-49a845ca-5a');
  expect(await lab.reconciler.verify()).toEqual(new Map());
  await lab.want(router6);
  expect((await run(['ip', '-n', ns, '-6', 'route', 'show'])).stdout).not.toContain('2001:db8:77::/48');
});

it('without a gateway of its own the external network tells the way', async () => {
  await using lab = await routerLab();
  const noGateway = with6(
    gateway,
    '49a845ca-5a',
    { ...outside6, gateway_ip: null },
    public01,
    '2001:db8:f::91',
  );
  await lab.want({ ...router6, gw_port: noGateway });
  const { stdout } = await run(
    inNetns(ns, ['sysctl', '-n', 'net.ipv6.conf.qg-49a845ca-5a.accept_ra', 'net.ipv6.conf.all.forwarding']),
  );
  expect(stdout).toBe('2\n1\n');
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

const damages: [string, () => Promise<unknown>][] = [
  ['radvd is killed', async () => process.kill(findProcesses('radvd', routerId)[0]!.pid, 'SIGKILL')],
  ['ip6tables is flushed', () => run(inNetns(ns, ['ip6tables', '-F']))],
  [
    'an IPv6 address is removed',
    () => run(['ip', '-n', ns, 'address', 'delete', '2001:db8:1::1/64', 'dev', 'qr-a5ad5119-1c']),
  ],
  [
    'IPv6 forwarding is switched off',
    () => run(inNetns(ns, ['sysctl', '-qw', 'net.ipv6.conf.all.forwarding=0'])),
  ],
];

it.each(damages)('repairs itself when %s', async (_, damage) => {
  await using lab = await routerLab();
  await lab.want(router6);
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('report_state')).not.toHaveLength(0), 30_000);
    await lab.reconciler.settle();
    await damage();
    await expect.poll(() => lab.reconciler.verify(), { timeout: 30_000, interval: 100 }).toEqual(new Map());
    expect(findProcesses('radvd', routerId)).not.toEqual([]);
  } finally {
    await lab.agent.stop();
  }
});

it('a subnet without advertisements needs no radvd, and a router that is gone leaves none', async () => {
  await using lab = await routerLab();
  await lab.want(router6);
  expect(findProcesses('radvd', routerId)).not.toEqual([]);
  await lab.want(router);
  await tagPorts();
  expect(findProcesses('radvd', routerId)).toEqual([]);
  await lab.want(router6);
  lab.server.routers.clear();
  const next = createL3Agent(lab.config, lab.server.rpc, testLogger);
  await next.reconciler.resync();
  await next.reconciler.settle();
  expect(findProcesses('radvd', routerId)).toEqual([]);
});
