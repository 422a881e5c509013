// A router without a namespace of its own (use_namespaces = False), on a node that has routes, rules and settings of its own.
import { expect, it, vi } from 'vitest';
import { findProcesses } from '../../server/host/process.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { machine } from '../support/machine.ts';
import { floatingIp, router, routerId, routerLab, tagPorts } from '../support/router-lab.ts';

const outputOf = async (...argv: string[]) => (await run(argv)).stdout;

/** What the node is like, as far as a router could change it. */
const nodeState = async () => ({
  routes: await outputOf('ip', 'route', 'show', 'table', 'all'),
  rules: await outputOf('ip', 'rule', 'show'),
  filters: (await outputOf('iptables-save')).match(/^(-A|-N|:neutron).*$/gm),
  filters6: (await outputOf('ip6tables-save')).match(/^(-A|-N|:neutron).*$/gm),
  settings: await outputOf('sysctl', 'net.ipv4.ip_forward', 'net.ipv4.conf.all.arp_ignore'),
});

/** The node's own way out, a rule of a learner and a port of theirs. */
async function node() {
  const stack = new AsyncDisposableStack();
  const lab = stack.use(await routerLab({ use_namespaces: 'False', router_id: routerId }));
  const upstream = stack.use(await machine({ name: 'upstream', address: '172.30.0.254/24' }));
  await run(['ip', 'address', 'add', '172.30.0.1/24', 'dev', upstream.device]);
  await run(['ip', 'route', 'add', 'default', 'via', '172.30.0.254']);
  await run(['ip', 'route', 'add', '10.99.0.0/16', 'via', '172.30.0.254', 'proto', 'static']);
  const mine = ['-p', 'udp', '-m', 'udp', '--dport', '7', '-j', 'DROP'];
  await run(['iptables', '-A', 'INPUT', ...mine]);
  stack.defer(async () => void (await run(['iptables', '-D', 'INPUT', ...mine])));
  await run(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
  await vsctl(ensurePortCommands('br-int', 'qr-mine', { type: 'internal' }));
  return { lab, upstream, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

it('routes, translates and answers metadata beside what the node has, and leaves it as it was', async () => {
  await using own = await node();
  const { lab, upstream } = own;
  const before = await nodeState();
  await lab.want({ ...router, floatingips: [floatingIp('192.168.101.102')] });
  expect(await lab.vm1.ping('192.168.102.99')).toBe(true);
  expect(await lab.vm1.ping('10.64.201.254')).toBe(true);
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect(await outputOf('ip', 'route', 'show', 'default')).toMatch(/^default via 172\.30\.0\.254 /);
  expect((await upstream.run(['ping', '-c', '1', '-W', '1', '172.30.0.1'])).code).toBe(0);
  expect(findProcesses('haproxy', routerId)).toHaveLength(1);
  expect(await lab.reconciler.verify()).toEqual(new Map());

  await lab.want({ ...router, interfaces: router.interfaces.slice(0, 1) });
  expect((await readOvsPorts()).has('qr-537546c0-21')).toBe(false);
  expect(await lab.reconciler.verify()).toEqual(new Map());

  lab.server.routers.clear();
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  expect(await nodeState()).toEqual(before);
  const left = [...(await readOvsPorts()).keys()].filter((name) => /^q[rg]-/.test(name));
  expect(left).toEqual(['qr-mine']);
  expect(findProcesses('haproxy', routerId)).toEqual([]);
});

it('repairs itself without being asked, and serves no other router', async () => {
  await using own = await node();
  const { lab } = own;
  lab.server.routers.set(routerId, structuredClone(router));
  lab.server.routers.set('another', { ...structuredClone(router), id: 'another' });
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('update_device_list')).toHaveLength(1), 30_000);
    await lab.reconciler.settle();
    await run(['iptables', '-t', 'nat', '-F']);
    await run(['ip', 'route', 'flush', 'table', '17']);
    await run(['ip', 'rule', 'delete', 'priority', '32000']);
    await run(['sysctl', '-qw', 'net.ipv4.ip_forward=0']);
    await expect.poll(() => lab.reconciler.verify(), { timeout: 30_000, interval: 100 }).toEqual(new Map());
    await tagPorts();
    expect(await lab.vm1.ping('10.64.201.254')).toBe(true);
    expect(await lab.vm2.ping('10.64.201.254')).toBe(true);
    expect(findProcesses('haproxy', 'another')).toEqual([]);
  } finally {
    await lab.agent.stop();
  }
});
