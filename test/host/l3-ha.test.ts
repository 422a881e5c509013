// A highly available router on a real host: the agent's half of it, and a namespace that stands for another host with the other.
import { readFileSync, writeFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { addAddress } from '../../server/host/address.ts';
import { disableTxOffload } from '../../server/host/ethtool.ts';
import { ensureVeth, moveLink, removeLink, setLinks } from '../../server/host/link.ts';
import { ensureNetns, inNetns, listNetns, removeNetns } from '../../server/host/netns.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { endProcess, findProcesses } from '../../server/host/process.ts';
import { run } from '../../server/host/run.ts';
import type { Machine } from '../support/machine.ts';
import { portSpec, routerPortSpec, subnetSpec, uuid } from '../support/network-specs.ts';
import {
  floatingIp,
  gateway,
  ns,
  qr1,
  qr2,
  router,
  routerId,
  routerLab,
  tagPorts,
} from '../support/router-lab.ts';

const haNet = subnetSpec({ id: uuid('646e9ec8'), cidr: '169.254.192.0/18', gateway_ip: null });
const haPort = routerPortSpec(
  portSpec({
    ...{ id: uuid('23cc5c50-8a'), mac: 'fa:16:3e:4a:c9:f1', subnet: haNet },
    address: '169.254.195.141',
  }),
  [haNet],
);
const haRouter = { ...router, ha: { vr_id: 91, priority: 50, port: haPort } };
const withFloatingIp = { ...haRouter, floatingips: [floatingIp('192.168.101.102')] };
type Lab = Awaited<ReturnType<typeof routerLab>>;

const stateOf = (lab: Lab) => readFileSync(`${lab.config.ha_confs_path}/${routerId}/state`, 'utf8');
const addressesOf = async (name: string, inside = ns) =>
  (await run(['ip', '-n', inside, '-br', 'address', 'show', 'dev', name])).stdout
    .trim()
    .split(/\s+/)
    .slice(2);

/** Asks for the router and waits until this host is the active one. */
async function wantActive(lab: Lab, spec: typeof haRouter): Promise<void> {
  await lab.want(spec);
  await expect.poll(() => addressesOf('ha-23cc5c50-8a')).toContain('169.254.0.91/24');
  await lab.want(spec);
}

/** Another host of the same router: devices of the same names and MAC addresses, the same rules, its own keepalived. */
async function otherHost(lab: Lab) {
  const conf = `${lab.config.ha_confs_path}/${routerId}/other.conf`;
  writeFileSync(conf, readFileSync(`${lab.config.ha_confs_path}/${routerId}/keepalived.conf`));
  await ensureNetns('other');
  const cables = [
    { name: 'ha-23cc5c50-8a', mac: 'fa:16:3e:4a:c9:f2', outer: 'o-ha', bridge: 'br-int', tag: 9 },
    { name: 'qr-a5ad5119-1c', mac: qr1.mac_address, outer: 'o-qr1', bridge: 'br-int', tag: 1 },
    { name: 'qr-537546c0-21', mac: qr2.mac_address, outer: 'o-qr2', bridge: 'br-int', tag: 2 },
    { name: 'qg-49a845ca-5a', mac: gateway.mac_address, outer: 'o-qg', bridge: 'br-ex', tag: 0 },
  ];
  for (const { name, mac, outer, bridge, tag } of cables) {
    await ensureVeth(outer, `${outer}-in`);
    await moveLink(`${outer}-in`, 'other');
    await run(['ip', '-n', 'other', 'link', 'set', 'dev', `${outer}-in`, 'name', name]);
    await run(['ip', '-n', 'other', 'link', 'set', 'dev', name, 'addrgenmode', 'none']);
    await setLinks([{ name, mac, up: true }], 'other');
    await setLinks([{ name: outer, up: true }]);
    await disableTxOffload(name, 'other');
    await disableTxOffload(outer);
    await vsctl(ensurePortCommands(bridge, outer, tag === 0 ? {} : { tag }));
  }
  await addAddress('ha-23cc5c50-8a', '169.254.195.142/18', 'other');
  await run(inNetns('other', ['sysctl', '-q', '-w', 'net.ipv4.ip_forward=1']));
  const { stdout: rules } = await run(inNetns(ns, ['iptables-save']));
  await run(inNetns('other', ['iptables-restore']), { stdin: rules });
  const start = () =>
    run(inNetns('other', ['keepalived', '-P', '-f', conf, '-p', `${conf}.pid`, '-r', `${conf}.vrrp`]));
  const stop = async () => {
    for (const { pid } of findProcesses('keepalived', conf)) await endProcess(pid);
  };
  return {
    start,
    stop,
    [Symbol.asyncDispose]: async () => {
      await stop();
      await removeNetns('other');
      for (const { outer } of cables) await removeLink(outer);
    },
  };
}

const cutOff = () =>
  vsctl([
    ['del-port', 'br-int', 'ha-23cc5c50-8a'],
    ['del-port', 'br-int', 'qr-a5ad5119-1c'],
    ['del-port', 'br-int', 'qr-537546c0-21'],
    ['del-port', 'br-ex', 'qg-49a845ca-5a'],
  ]);
const tagHa = () => vsctl([['set', 'Port', 'ha-23cc5c50-8a', 'tag=9']]);

it('alone it becomes the active one, looks as in Neutron and serves', async () => {
  await using lab = await routerLab();
  await lab.want(withFloatingIp);
  expect(stateOf(lab)).toBe('backup');
  expect(await addressesOf('qg-49a845ca-5a')).toEqual([]);
  expect(findProcesses('haproxy', routerId)).toEqual([]);
  await wantActive(lab, withFloatingIp);
  expect(stateOf(lab)).toBe('primary');
  expect(await addressesOf('ha-23cc5c50-8a')).toEqual(
    expect.arrayContaining(['169.254.195.141/18', '169.254.0.91/24']),
  );
  expect((await addressesOf('qg-49a845ca-5a')).toSorted()).toEqual([
    '10.64.201.72/32',
    '10.64.201.91/24',
    'fe80::f816:3eff:fe37:53f3/64',
  ]);
  const { stdout: route } = await run(['ip', '-n', ns, 'route', 'show', 'default']);
  expect(route.trim()).toBe('default via 10.64.201.254 dev qg-49a845ca-5a proto keepalived');
  expect(await lab.vm1.ping('10.64.201.254')).toBe(true);
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  expect(findProcesses('haproxy', routerId)).toHaveLength(1);
  const states = lab.server.calls('update_ha_routers_states').map(({ states }) => states);
  expect(states).toEqual([{ [routerId]: 'standby' }, { [routerId]: 'active' }]);
  expect(lab.server.calls('update_floatingip_statuses')).toHaveLength(1);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('a floating IP that comes and goes leaves the router where it is', async () => {
  await using lab = await routerLab();
  await wantActive(lab, haRouter);
  const before = findProcesses('keepalived', routerId).map(({ pid }) => pid);
  const pinging = lab.vm1.run(['ping', '-c', '30', '-i', '0.1', '-W', '1', '10.64.201.254']);
  await lab.want(withFloatingIp);
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  await lab.want(haRouter);
  expect(await lab.outside.ping('10.64.201.72')).toBe(false);
  expect((await pinging).stdout).toContain(' 0% packet loss');
  expect(findProcesses('keepalived', routerId).map(({ pid }) => pid)).toEqual(before);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('another host takes over, this one stands by when it is back, and takes over in its turn', async () => {
  await using lab = await routerLab();
  await wantActive(lab, withFloatingIp);
  await tagHa();
  await using other = await otherHost(lab);
  await other.start();
  expect(await lab.outside.ping('10.64.201.72')).toBe(true);
  await cutOff();
  await expect.poll(() => lab.outside.ping('10.64.201.72')).toBe(true);
  expect(await lab.vm1.ping('192.168.102.99')).toBe(true);

  await lab.agent.start();
  try {
    await expect
      .poll(async () => (await readOvsPorts()).has('ha-23cc5c50-8a'), { timeout: 30_000 })
      .toBe(true);
    await tagHa();
    await expect.poll(() => stateOf(lab)).toBe('backup');
    await expect.poll(() => lab.reconciler.verify()).toEqual(new Map());
    await tagPorts();
    expect(await addressesOf('qr-a5ad5119-1c')).toEqual([]);
    await expect.poll(() => findProcesses('haproxy', routerId), { timeout: 30_000 }).toEqual([]);
    expect(await lab.outside.ping('10.64.201.72')).toBe(true);

    await other.stop();
    await vi.waitFor(() => expect(stateOf(lab)).toBe('primary'), 30_000);
    await expect.poll(() => lab.outside.ping('10.64.201.72'), { timeout: 30_000 }).toBe(true);
    await vi.waitFor(() => expect(findProcesses('haproxy', routerId)).toHaveLength(1), 30_000);
    expect(lab.server.calls('update_ha_routers_states').at(-1)).toMatchObject({
      states: { [routerId]: 'active' },
    });
  } finally {
    await lab.agent.stop();
  }
});

it('connections through a floating IP and from an instance outlive the change of host', async () => {
  await using lab = await routerLab();
  await wantActive(lab, withFloatingIp);
  await tagHa();
  await using other = await otherHost(lab);
  await other.start();
  /** A line each before and after, a second apart at least; what arrives is what the other end prints. */
  const talk = async (
    from: Machine,
    to: Machine,
    address: string,
    port: string,
    change: Promise<unknown>,
  ) => {
    const listening = to.run(['timeout', '25', 'nc', '-ln', '-p', port], { timeoutMs: 30_000 });
    await vi.waitFor(async () => expect((await to.run(['ss', '-ltn'])).stdout).toContain(`:${port}`), 30_000);
    const lines = 'echo before; for i in 1 2 3 4 5 6 7 8; do sleep 1; echo $i; done; echo after';
    const words = ['sh', '-c', `(${lines}) | nc -N ${address} ${port}`];
    await Promise.all([from.run(words, { timeoutMs: 30_000 }), change]);
    return (await listening).stdout;
  };
  const change = (async () => {
    await vi.waitFor(
      async () => expect((await run(inNetns(ns, ['conntrack', '-L', '-p', 'tcp']))).stdout).toContain('8082'),
      30_000,
    );
    await cutOff();
  })();
  const [inwards, outwards] = await Promise.all([
    talk(lab.outside, lab.vm1, '10.64.201.72', '8081', change),
    talk(lab.vm1, lab.outside, '10.64.201.254', '8082', change),
  ]);
  expect(inwards).toContain('after');
  expect(outwards).toContain('after');
});

const damages: [string, () => Promise<unknown>][] = [
  ['the namespace is deleted', () => removeNetns(ns)],
  [
    'keepalived is killed',
    async () => findProcesses('keepalived', routerId).forEach(({ pid }) => process.kill(pid, 'SIGKILL')),
  ],
  [
    'an address is taken away',
    () => run(['ip', '-n', ns, 'address', 'delete', '10.64.201.72/32', 'dev', 'qg-49a845ca-5a']),
  ],
  [
    'the virtual address is taken away',
    () => run(['ip', '-n', ns, 'address', 'delete', '169.254.0.91/24', 'dev', 'ha-23cc5c50-8a']),
  ],
  ['the default route is removed', () => run(['ip', '-n', ns, 'route', 'delete', 'default'])],
];

it.each(damages)('repairs itself when %s', async (_, damage) => {
  await using lab = await routerLab();
  await wantActive(lab, withFloatingIp);
  await lab.agent.start();
  try {
    await damage();
    await expect
      .poll(async () => (await tagPorts(), lab.outside.ping('10.64.201.72')), { timeout: 15_000 })
      .toBe(true);
    await expect.poll(() => stateOf(lab)).toBe('primary');
    await expect.poll(() => lab.reconciler.verify()).toEqual(new Map());
  } finally {
    await lab.agent.stop();
  }
});

it('a router that is gone, or no longer highly available, leaves nothing of keepalived', async () => {
  await using lab = await routerLab();
  await wantActive(lab, haRouter);
  await lab.want(router);
  expect(findProcesses('keepalived', routerId)).toEqual([]);
  expect((await readOvsPorts()).has('ha-23cc5c50-8a')).toBe(false);
  expect(await lab.vm1.ping('10.64.201.254')).toBe(true);
  await wantActive(lab, haRouter);
  lab.server.routers.clear();
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  expect(findProcesses('keepalived', routerId)).toEqual([]);
  expect(await listNetns()).not.toContain(ns);
});
