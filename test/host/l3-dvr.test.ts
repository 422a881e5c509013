// A distributed router on a real host that is a compute node and translates for the others too: the router's namespace, the
// one of floating IPs and the one with the gateway, two instances and the world outside.
import { readFileSync } from 'node:fs';
import { expect, it, vi } from 'vitest';
import { createL3Agent } from '../../server/cloud/agents/l3/main.ts';
import { l3Options } from '../../server/cloud/model/options/l3.ts';
import type { RouterSpec } from '../../server/cloud/model/specs.ts';
import { ensureNetns, inNetns, listNetns, removeNetns } from '../../server/host/netns.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensureBridgeCommands, ensurePortCommands, setCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { agentConfig } from '../support/agent-config.ts';
import { agentServer } from '../support/agent-server.ts';
import {
  agentGateway,
  distributedRouter,
  externalId,
  floatingIp,
  gateway,
  net01,
  net02,
  routerId,
} from '../support/distributed-router.ts';
import { machine, ovs, type Machine } from '../support/machine.ts';
import { subnetSpec, uuid } from '../support/network-specs.ts';
import { testLogger } from '../support/test-logger.ts';

const host = 'gold-a';
const spaces = { router: `qrouter-${routerId}`, snat: `snat-${routerId}`, floating: `fip-${externalId}` };
const macs = { vm1: 'fa:16:3e:90:86:c1', vm2: 'fa:16:3e:cf:94:fa' };
const router = distributedRouter(
  { floatingips: [floatingIp({ host })] },
  {
    gw_port_host: host,
    neighbours: [
      { subnet_id: net01.id, ip_address: '192.168.101.21', mac_address: macs.vm1 },
      { subnet_id: net02.id, ip_address: '192.168.102.99', mac_address: macs.vm2 },
    ],
  },
);
const centralized: RouterSpec = { ...router, dvr: null };

async function setUp() {
  const stack = new AsyncDisposableStack();
  const openVswitch = stack.use(await ovs());
  await vsctl(['br-int', 'br-ex'].flatMap((name) => ensureBridgeCommands(name, { datapath_type: 'netdev' })));
  const server = agentServer();
  const config = agentConfig(l3Options, { host, agent_mode: 'dvr_snat' });
  const agent = createL3Agent(config, server.rpc, testLogger);
  const { reconciler } = agent;
  const attach = async (bridge: string, tag: number, options: Parameters<typeof machine>[0]) => {
    const made = stack.use(await machine(options));
    await vsctl(ensurePortCommands(bridge, made.device, tag === 0 ? {} : { tag }));
    return made;
  };
  const instance = async (name: 'vm1' | 'vm2', tag: number, address: string) => {
    const made = await attach('br-int', tag, { name, address, mac: macs[name] });
    await made.run(['ip', 'route', 'add', 'default', 'via', address.replace(/\.\d+\/24$/, '.1')]);
    return made;
  };
  const vm1 = await instance('vm1', 1, '192.168.101.21/24');
  const vm2 = await instance('vm2', 2, '192.168.102.99/24');
  const outside = await attach('br-ex', 0, { name: 'outside', address: '10.64.201.254/24' });
  stack.defer(async () => {
    server.routers.clear();
    const last = createL3Agent(config, server.rpc, testLogger).reconciler;
    await last.resync();
    await last.settle();
  });
  return {
    ...{ server, agent, config, reconciler, openVswitch, vm1, vm2, outside },
    want: async (spec: RouterSpec) => {
      server.routers.set(routerId, structuredClone(spec));
      await reconciler.resync();
      await reconciler.settle();
      await tagPorts();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** In place of the L2 agent. */
async function tagPorts(): Promise<void> {
  const ports = await readOvsPorts();
  const tags = { 'qr-a5ad5119-1c': 1, 'qr-537546c0-21': 2, 'sg-25befafb-0f': 1, 'sg-4ae977ad-3a': 2 };
  const present = Object.entries(tags).filter(([name]) => ports.has(name));
  await vsctl(present.map(([name, tag]) => setCommand('Port', name, { tag })));
}

/** The address that `to` sees when `from` opens a connection to it. */
async function addressSeen(from: Machine, to: Machine, address: string): Promise<string | undefined> {
  const listening = to.run(['timeout', '5', 'nc', '-lvn', '-p', '8080']);
  await vi.waitFor(async () => expect((await to.run(['ss', '-ltn'])).stdout).toContain(':8080'), 30_000);
  await from.run(['nc', '-w', '2', '-N', address, '8080'], { stdin: 'hello\n' });
  return /received on (\S+)/.exec((await listening).stderr)?.[1];
}

/** Announcements of a moved address are sent beside the pass. */
const reached = (from: Machine) =>
  expect.poll(() => from.ping('10.64.201.21'), { timeout: 30_000, interval: 100 }).toBe(true);

const packetsBy = async (device: string, ns: string) =>
  Number((await run(inNetns(ns, ['cat', `/sys/class/net/${device}/statistics/rx_packets`]))).stdout);
const print = async (ns: string, ...argv: string[]) =>
  (await run(['ip', '-n', ns, ...argv])).stdout.replaceAll(/ +\n/g, '\n');

it('a floating IP leads through its own namespace, other traffic through the gateway', async () => {
  await using lab = await setUp();
  expect(await lab.outside.ping('10.64.201.21')).toBe(false);
  await lab.want(router);
  expect(await lab.outside.ping('10.64.201.21')).toBe(true);
  expect(await lab.vm1.ping('192.168.102.99')).toBe(true);
  expect(await addressSeen(lab.vm1, lab.outside, '10.64.201.254')).toBe('10.64.201.21');
  const before = await packetsBy('qg-49a845ca-5a', spaces.snat);
  expect(await addressSeen(lab.vm2, lab.outside, '10.64.201.254')).toBe('10.64.201.91');
  expect(await packetsBy('qg-49a845ca-5a', spaces.snat)).toBeGreaterThan(before);
  expect(await lab.vm2.ping('10.64.201.21')).toBe(true);
  const { stdout } = await lab.outside.run(['ip', 'neighbour', 'show', '10.64.201.21']);
  expect(stdout).toContain(agentGateway.mac_address);
  expect(lab.server.calls('update_floatingip_statuses')).toMatchObject([
    { router_id: routerId, fip_statuses: { [floatingIp().id]: 'ACTIVE' } },
  ]);
  expect(lab.server.calls('update_device_list').flatMap(({ devices_up }) => devices_up as string[])).toEqual(
    expect.arrayContaining([gateway.id, agentGateway.id]),
  );
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('the namespaces look as those of Neutron', async () => {
  await using lab = await setUp();
  await lab.want(router);
  const file = readFileSync(`${lab.config.state_path}/fip-linklocal-networks`, 'utf8');
  const first = /^[^,]+,(169\.254\.\d+\.)(\d+)\/31\n$/.exec(file)!;
  const pair = [0, 1].map((side) => `${first[1]}${Number(first[2]) + side}`);
  const number = String(pair[1]!.split('.').reduce((sum, octet) => sum * 256 + Number(octet), 0));
  const priority = readFileSync(`${lab.config.state_path}/fip-priorities`, 'utf8').trim().split(',')[1];

  expect(await print(spaces.router, 'rule')).toContain(`${priority}:\tfrom 192.168.101.21 lookup 16\n`);
  expect(await print(spaces.router, 'rule')).toContain(
    '3232261377:\tfrom 192.168.101.1/24 lookup 3232261377\n',
  );
  expect(await print(spaces.router, 'route', 'show', 'table', '3232261377')).toBe(
    'default via 192.168.101.29 dev qr-a5ad5119-1c proto static\n',
  );
  expect(await print(spaces.router, 'route', 'show', 'table', '16')).toBe(
    `default via ${pair[1]} dev rfp-${routerId.slice(0, 10)} proto static\n`,
  );
  expect(await print(spaces.router, 'neighbour', 'show', 'nud', 'permanent')).toContain(
    `192.168.101.21 dev qr-a5ad5119-1c lladdr ${macs.vm1} PERMANENT`,
  );
  expect(await print(spaces.floating, 'rule')).toContain(
    `${number}:\tfrom all iif fpr-${routerId.slice(0, 10)} lookup ${number}\n`,
  );
  expect(await print(spaces.floating, 'route')).toContain(
    `10.64.201.21 via ${pair[0]} dev fpr-${routerId.slice(0, 10)} proto static\n`,
  );
  expect(await print(spaces.floating, 'route', 'show', 'table', number)).toBe(
    'default via 10.64.201.254 dev fg-02cd15eb-47 proto static\n',
  );
  expect(await print(spaces.snat, 'route')).toContain(
    'default via 10.64.201.254 dev qg-49a845ca-5a proto static\n',
  );
  const { stdout } = await run(inNetns(spaces.floating, ['iptables-save', '-t', 'raw']));
  expect(stdout).toContain('-A neutron-l3-agent-PREROUTING -j CT --notrack\n');
});

it('a router that is converted works on, and nothing of the other kind is left', async () => {
  await using lab = await setUp();
  await lab.want(centralized);
  await reached(lab.outside);
  await lab.want(router);
  expect(await lab.reconciler.verify()).toEqual(new Map());
  await reached(lab.outside);
  expect(await addressSeen(lab.vm2, lab.outside, '10.64.201.254')).toBe('10.64.201.91');
  expect(await print(spaces.router, 'link')).not.toContain('qg-');

  await lab.want(centralized);
  expect(await lab.reconciler.verify()).toEqual(new Map());
  await reached(lab.outside);
  expect(await addressSeen(lab.vm2, lab.outside, '10.64.201.254')).toBe('10.64.201.91');
  expect(await listNetns()).toEqual(['outside', spaces.router, 'vm1', 'vm2']);
  expect((await print(spaces.router, 'rule')).trim().split('\n')).toHaveLength(3);
  expect(await print(spaces.router, 'neighbour', 'show', 'nud', 'permanent')).toBe('');
});

it('a floating IP that leaves the host stops answering, and the connections through it are forgotten', async () => {
  await using lab = await setUp();
  await lab.want(router);
  const pinging = lab.outside.run(['ping', '-c', '30', '-i', '0.1', '-W', '1', '10.64.201.21']);
  await expect
    .poll(async () => (await run(inNetns(spaces.router, ['conntrack', '-L']))).stdout)
    .toContain('10.64.201.21');
  await lab.want({ ...router, floatingips: [floatingIp({ host: 'gold-b' })] });
  expect((await pinging).stdout).toMatch(/[1-9]\d*% packet loss/);
  await lab.outside.run(['ip', 'neighbour', 'flush', 'all']);
  expect(await lab.outside.ping('10.64.201.21')).toBe(false);
  expect((await lab.outside.run(['ip', 'neighbour', 'show', '10.64.201.21'])).stdout).not.toContain('lladdr');
  expect(await addressSeen(lab.vm1, lab.outside, '10.64.201.254')).toBe('10.64.201.91');
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('IPv6 is routed between instances and to the outside, under its own addresses', async () => {
  await using lab = await setUp();
  const six = (id: string, cidr: string, gateway_ip: string) =>
    subnetSpec({ id: uuid(id), cidr, gateway_ip, ip_version: 6 });
  const [in1, in2, out] = [
    six('61616161', 'fd01::/64', 'fd01::1'),
    six('62626262', 'fd02::/64', 'fd02::1'),
    six('63636363', 'fd0f::/64', 'fd0f::254'),
  ];
  const also = (port: typeof gateway, subnet: typeof in1, ip_address: string) => ({
    ...port,
    fixed_ips: [...port.fixed_ips, { subnet_id: subnet.id, ip_address }],
    subnets: [...port.subnets, subnet],
  });
  const [qr1, qr2] = router.interfaces as [typeof gateway, typeof gateway];
  const [sg1, sg2] = router.dvr.snat_interfaces as [typeof gateway, typeof gateway];
  await lab.want({
    ...router,
    gw_port: also(gateway, out, 'fd0f::91'),
    interfaces: [also(qr1, in1, 'fd01::1'), also(qr2, in2, 'fd02::1')],
    dvr: {
      ...router.dvr,
      snat_interfaces: [also(sg1, in1, 'fd01::29'), also(sg2, in2, 'fd02::74')],
    },
  } as RouterSpec);
  const addresses: [Machine, string, string][] = [
    [lab.vm1, 'fd01::21', 'fd01::1'],
    [lab.vm2, 'fd02::99', 'fd02::1'],
    [lab.outside, 'fd0f::254', 'fd0f::91'],
  ];
  for (const [at, address, via] of addresses) {
    await at.run(['ip', 'address', 'add', `${address}/64`, 'dev', 'eth0', 'nodad']);
    await at.run(['ip', '-6', 'route', 'add', 'default', 'via', via]);
  }
  const reaches = (from: Machine, address: string) =>
    expect.poll(() => from.ping(address), { interval: 200 }).toBe(true);
  await reaches(lab.vm1, 'fd02::99');
  await reaches(lab.vm2, 'fd0f::254');
  await reaches(lab.outside, 'fd01::21');
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

const damages: [string, () => Promise<unknown>][] = [
  ['the namespace of floating IPs is deleted', () => removeNetns(spaces.floating)],
  ['the namespace of the gateway is deleted', () => removeNetns(spaces.snat)],
  ['the namespace of the router is deleted', () => removeNetns(spaces.router)],
  [
    'the pair between router and floating IPs is deleted',
    () => run(['ip', '-n', spaces.floating, 'link', 'delete', `fpr-${routerId.slice(0, 10)}`]),
  ],
  ['the port outside is taken out of the switch', () => vsctl([['del-port', 'br-ex', 'fg-02cd15eb-47']])],
  [
    'the rules are flushed',
    () => run(['ip', '-n', spaces.router, 'rule', 'delete', 'from', '192.168.101.21']),
  ],
  [
    'a neighbour is made another one',
    () =>
      run([
        ...['ip', '-n', spaces.router, 'neighbour', 'replace', '192.168.101.21'],
        ...['lladdr', '02:00:00:00:00:09', 'dev', 'qr-a5ad5119-1c', 'nud', 'permanent'],
      ]),
  ],
  [
    'proxy ARP is switched off',
    () => run(inNetns(spaces.floating, ['sysctl', '-w', 'net/ipv4/conf/fg-02cd15eb-47/proxy_arp=0'])),
  ],
];

it.each(damages)('repairs itself when %s, without being asked', async (_, damage) => {
  await using lab = await setUp();
  lab.server.routers.set(routerId, structuredClone(router));
  await lab.agent.start();
  try {
    await vi.waitFor(() => expect(lab.server.calls('update_floatingip_statuses')).toHaveLength(1), 20_000);
    await lab.reconciler.settle();
    await damage();
    await expect
      .poll(
        async () => {
          if ((await lab.reconciler.verify()).size > 0) return 'damaged';
          await tagPorts();
          return [await lab.outside.ping('10.64.201.21'), await lab.vm2.ping('10.64.201.254')].join();
        },
        { interval: 100 },
      )
      .toBe('true,true');
  } finally {
    await lab.agent.stop();
  }
});

it('a restart of the agent loses no ping, also while the server is away', async () => {
  await using lab = await setUp();
  await lab.want(router);
  const pinging = lab.outside.run(['ping', '-c', '60', '-i', '0.05', '-W', '1', '10.64.201.21']);
  const next = createL3Agent(lab.config, lab.server.rpc, testLogger);
  lab.server.isAway = true;
  const starting = next.start();
  await new Promise((resolve) => setTimeout(resolve, 500));
  lab.server.isAway = false;
  await starting;
  await next.reconciler.settle();
  await next.stop();
  expect((await pinging).stdout).toContain(' 0% packet loss');
});

it('two routers share the port outside, which stays for as long as one of them needs it', async () => {
  await using lab = await setUp();
  await lab.want(router);
  const other = distributedRouter(
    { id: routerId.replace('fa96af8c', '11111111'), gw_port: null, interfaces: [], floatingips: [] },
    { snat_interfaces: [], gw_port_host: null, neighbours: [] },
  );
  lab.server.routers.set(other.id, { ...other, external_network_id: externalId });
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  expect(await print(spaces.floating, 'link')).toContain('fpr-11111111-6');
  expect(await lab.reconciler.verify()).toEqual(new Map());
  lab.server.routers.delete(routerId);
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  expect(await print(spaces.floating, 'link')).toContain('fg-02cd15eb-47');
  expect(await print(spaces.floating, 'link')).not.toContain(`fpr-${routerId.slice(0, 10)}`);
  expect(await lab.reconciler.verify()).toEqual(new Map());
});

it('a router that is gone leaves nothing, and what was not made by the agent stays', async () => {
  await using lab = await setUp();
  await ensureNetns('fip-mine');
  await lab.want(router);
  await run(['ip', '-n', spaces.router, 'rule', 'add', 'from', '10.0.0.0/8', 'lookup', '100', 'prio', '100']);
  await lab.want(router);
  expect(await print(spaces.router, 'rule')).toContain('100:\tfrom 10.0.0.0/8 lookup 100');
  lab.server.routers.clear();
  await lab.reconciler.resync();
  await lab.reconciler.settle();
  expect(await listNetns()).toEqual(['fip-mine', 'outside', 'vm1', 'vm2']);
  expect([...(await readOvsPorts()).keys()].filter((name) => /^(q[rg]|[sf]g)-/.test(name))).toEqual([]);
  expect(readFileSync(`${lab.config.state_path}/fip-priorities`, 'utf8')).toBe('');
  await removeNetns('fip-mine');
});
