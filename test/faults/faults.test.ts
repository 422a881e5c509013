// A running cloud is broken by hand, one thing at a time, while instances ping: what the fault does not touch loses nothing,
// everything else heals by itself, and what the cloud did not make is left alone.
import { execFileSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containerName } from '../../server/appliance/labs/names.ts';
import { until, type CloudClient } from '../bench/cloud-admin.ts';
import { activeNode } from '../bench/wiring-failover.ts';
import { fromInstance, lossesWhile, type Flow } from '../support/cloud/pings.ts';
import { openTenant, startCloud, type RunningCloud } from '../support/cloud/running-cloud.ts';
import { killAgent, restartAgent } from '../support/cloud/services.ts';
import { expectUnchanged, takeSnapshot, type Snapshot } from '../support/cloud/snapshot.ts';
import {
  boot,
  deleteAll,
  makeNetwork,
  makeRouter,
  waitForInstance,
  type Instance,
  type Network,
} from '../support/cloud/topology.ts';

let cloud: RunningCloud;
let tenant: CloudClient;
let network: Network;
let routerId: string;
let near: Instance;
let far: Instance;
let flows: Flow[];
let whole: Snapshot;
/** The network node that serves the router and, as the first to be asked, DHCP. */
let server: string;

beforeAll(async () => {
  const moveRouters = {
    ...{ node: 'controller', file: '/etc/neutron/neutron.conf', section: 'DEFAULT', value: 'True' },
    option: 'allow_automatic_l3agent_failover',
  };
  cloud = await startCloud('test-faults', {
    networkCount: 2,
    types: ['vxlan', 'vlan'],
    config: [moveRouters],
  });
  tenant = await openTenant(cloud, 'faults');
  await deleteAll(tenant);
  network = await makeNetwork(tenant, { name: 'one', cidr: '10.1.0.0/24' });
  const router = await makeRouter(tenant, {
    ...{ name: 'router', publicId: cloud.publicId, subnetIds: [network.subnetId] },
  });
  routerId = router.id;
  const places = [
    { name: 'near', host: 'compute1', network, address: '10.1.0.11' },
    { name: 'far', host: 'compute2', network, address: '10.1.0.12' },
  ];
  const ids = await Promise.all(places.map((place) => boot(cloud, tenant, place)));
  [near, far] = (await Promise.all(
    places.map((place, index) => waitForInstance(tenant, { ...place, id: ids[index]! })),
  )) as [Instance, Instance];
  const { floatingip } = await tenant.send<{ floatingip: { floating_ip_address: string } }>(
    'network',
    'POST',
    '/v2.0/floatingips',
    { floatingip: { floating_network_id: cloud.publicId, port_id: far.portId, tenant_id: tenant.projectId } },
  );
  flows = [
    fromInstance(near, far.address),
    fromInstance(near, '203.0.113.80'),
    { name: 'outside to the floating IP', node: 'outside', to: floatingip.floating_ip_address },
  ];
  await allReached();
  server = await until(() => holderOf(`qrouter-${routerId}`), 'a node with the router');
  await makeForeignThings();
  whole = await takeSnapshot(cloud);
});
afterAll(async () => {
  if (tenant !== undefined) await deleteAll(tenant).catch(() => undefined);
  await cloud?.[Symbol.asyncDispose]();
});

const none = () => Object.fromEntries(flows.map(({ name }) => [name, 0]));

async function reached({ node, prefix = [], to }: Flow): Promise<boolean> {
  const { code } = await cloud.lab.runInNode(node, [...prefix, 'ping', '-c', '1', '-W', '1', to]);
  return code === 0;
}

/** Every flow gets through. */
async function allReached(withinMs = 30_000): Promise<void> {
  await Promise.all(
    flows.map((flow) => until(async () => ((await reached(flow)) ? true : undefined), flow.name, withinMs)),
  );
}

async function holderOf(namespace: string): Promise<string | undefined> {
  for (const node of ['network', 'network2']) {
    const { stdout } = await cloud.lab.runInNode(node, ['ip', 'netns']);
    if (stdout.includes(namespace)) return node;
  }
  return undefined;
}

const foreignRule = 'iptables -I FORWARD -s 198.51.100.7 -j ACCEPT';

/** What a learner may have made: the cloud never touches it. The snapshots look at all of it. */
async function makeForeignThings(): Promise<void> {
  const commands = [
    'ip netns add mine && ip -n mine link set lo up',
    'ip link add mine0 type veth peer name mine1',
    'ip link add mybridge type bridge && ip link set mine0 master mybridge',
    foreignRule,
    'iptables -t nat -A POSTROUTING -s 198.51.100.7 -j ACCEPT',
    'ovs-vsctl --may-exist add-br br-mine -- set bridge br-mine datapath_type=netdev',
  ];
  const nodes = cloud.lab.nodeNames.filter((name) => /^(network|compute)/.test(name));
  await Promise.all(nodes.map((node) => cloud.run(node, 'sh', '-c', commands.join('; '))));
}

const agents = [
  ['network', 'neutron-openvswitch-agent'],
  ['network', 'neutron-dhcp-agent'],
  ['network', 'neutron-l3-agent'],
  ['compute1', 'neutron-openvswitch-agent'],
] as const;
const actualNode = (node: string) => (node === 'network' ? server : node);

// A machine without a free core loses a ping by itself; what loses one again and again is the fault.
describe('no ping is lost', { retry: 1 }, () => {
  it.each(agents)('while an agent of %s, %s, is restarted and then killed', async (node, service) => {
    const losses = await lossesWhile(cloud, flows, 8, async () => {
      await restartAgent(cloud, actualNode(node), service);
      await killAgent(cloud, actualNode(node), service);
    });
    expect(losses).toEqual(none());
    await expectUnchanged(cloud, whole);
  });

  it('while the broker is away, and what was asked for meanwhile is there once it is back', async () => {
    const seconds = 12;
    let id = '';
    const losses = await lossesWhile(cloud, flows, seconds, async () => {
      await cloud.run('controller', 'service', 'rabbitmq-server', 'stop');
      const { floatingips } = await tenant.send<{ floatingips: { id: string }[] }>(
        'network',
        'GET',
        `/v2.0/floatingips?tenant_id=${tenant.projectId}`,
      );
      expect(floatingips).toHaveLength(1);
      const made = await tenant.send<{ network: { id: string } }>('network', 'POST', '/v2.0/networks', {
        network: { name: 'meanwhile', tenant_id: tenant.projectId },
      });
      id = made.network.id;
      const subnet = { network_id: id, tenant_id: tenant.projectId, ip_version: 4, cidr: '10.5.0.0/24' };
      await tenant.send('network', 'POST', '/v2.0/subnets', { subnet });
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      await cloud.run('controller', 'service', 'rabbitmq-server', 'start');
    });
    await until(() => holderOf(`qdhcp-${id}`), 'the network made meanwhile to be served', 60_000);
    await tenant.send('network', 'DELETE', `/v2.0/networks/${id}`);
    await expectUnchanged(cloud, whole, 60_000);
    expect(losses).toEqual(none());
  });
});

const fillDisk = `mkdir -p /run/full && mount -t tmpfs -o size=2m tmpfs /run/full
cp -a /var/lib/neutron/. /run/full/
mount --bind /run/full /var/lib/neutron
dd if=/dev/zero of=/var/lib/neutron/filler bs=4k 2>/dev/null; [ -s /var/lib/neutron/filler ]`;
const freeDisk = 'rm -f /var/lib/neutron/filler';
// The socket of the metadata agent lies on the disk that was hidden; its agent listens on it still.
const restoreDisk = 'umount /var/lib/neutron && umount /run/full';

it(
  'a full disk costs no ping, and what could not be written is once there is room',
  { retry: 1 },
  async () => {
    const nodes = ['network', 'network2'];
    let id = '';
    const failures = async () => {
      const logs = await Promise.all(
        nodes.map((node) => cloud.run(node, 'sh', '-c', 'grep -c ENOSPC /var/log/neutron/*.log; true')),
      );
      return [...logs.join('').matchAll(/:(\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);
    };
    const before = await failures();
    await Promise.all(nodes.map((node) => cloud.run(node, 'sh', '-c', fillDisk)));
    try {
      const losses = await lossesWhile(cloud, flows, 6, async () => {
        id = (await makeNetwork(tenant, { name: 'full', cidr: '10.6.0.0/24' })).id;
        await until(async () => ((await failures()) > before ? true : undefined), 'a write that fails');
      });
      await Promise.all(nodes.map((node) => cloud.run(node, 'sh', '-c', freeDisk)));
      const serves = async (node: string) =>
        (await cloud.lab.runInNode(node, ['pgrep', '-f', `dnsmasq.*${id}`])).code === 0;
      await until(
        async () => ((await Promise.all(nodes.map(serves))).some(Boolean) ? true : undefined),
        'the network to be served',
        60_000,
      );
      await tenant.send('network', 'DELETE', `/v2.0/networks/${id}`);
      await expectUnchanged(cloud, whole, 60_000);
      expect(losses).toEqual(none());
    } finally {
      await Promise.all(nodes.map((node) => cloud.run(node, 'sh', '-c', restoreDisk)));
    }
  },
);

describe('everything is as it was after', () => {
  const damages: [what: string, node: string, command: () => string][] = [
    // The rule that is not the cloud's is gone with the others, and only its owner can bring it back.
    ['the firewall of a compute node was flushed', 'compute1', () => `iptables -F; ${foreignRule}`],
    ['the flows of a compute node were deleted', 'compute1', () => 'ovs-ofctl del-flows br-int'],
    ['the flows of its tunnels were deleted', 'compute1', () => 'ovs-ofctl del-flows br-tun'],
    ['the flows of its NIC were deleted', 'compute2', () => 'ovs-ofctl del-flows br-eth1'],
    ['the namespace of the router was deleted', 'network', () => `ip netns del qrouter-${routerId}`],
    [
      'a port of the router was taken out of the switch',
      'network',
      () => `ovs-vsctl del-port br-int "$(ovs-vsctl list-ports br-int | grep -m1 ^qr-)"`,
    ],
    [
      'the rules of the router were flushed',
      'network',
      () => `ip netns exec qrouter-${routerId} iptables -t nat -F`,
    ],
    ['Open vSwitch was killed', 'compute1', () => 'kill -9 "$(cat /run/openvswitch/ovs-vswitchd.pid)"'],
    ['Open vSwitch was restarted', 'network', () => 'service openvswitch-switch restart'],
  ];

  it.each(damages)('%s', async (_what, node, command) => {
    await cloud.run(actualNode(node), 'sh', '-c', command());
    await expectUnchanged(cloud, whole, 30_000);
    await allReached();
  });

  it('the namespace of a DHCP server was deleted', async () => {
    const namespace = `qdhcp-${network.id}`;
    const holder = await until(() => holderOf(namespace), 'a DHCP server');
    await cloud.run(holder, 'ip', 'netns', 'del', namespace);
    await expectUnchanged(cloud, whole, 30_000);
  });
});

const engine = (verb: 'kill' | 'start', node: string) =>
  execFileSync('docker', [verb, containerName(cloud.lab.id, node)], { stdio: 'ignore' });

it('a highly available router goes on without its node, which joins in again when it is back', async () => {
  const subnets = await makeNetwork(tenant, { name: 'ha', cidr: '10.8.0.0/24' });
  const router = await makeRouter(tenant, {
    ...{ name: 'ha', publicId: cloud.publicId, subnetIds: [subnets.subnetId], more: { ha: true } },
  });
  const place = { name: 'ha', host: 'compute1', network: subnets, address: '10.8.0.11' };
  const instance = await waitForInstance(tenant, { ...place, id: await boot(cloud, tenant, place) });
  const flow = fromInstance(instance, '203.0.113.80');
  const answered = async () => ((await reached(flow)) ? true : undefined);
  await until(answered, flow.name, 60_000);
  const active = await until(() => activeNode(cloud, router.id), 'an active node');
  const standby = active === 'network' ? 'network2' : 'network';
  await until(() => isStandby(standby, router.id), 'a standby', 60_000);
  engine('kill', active);
  try {
    // Nobody is given a dead node's routers so soon: only the standby can have taken over.
    await until(answered, `${flow.name} by way of ${standby}`, 15_000);
    expect(await isStandby(standby, router.id)).toBeUndefined();
  } finally {
    engine('start', active);
  }
  await until(() => isStandby(active, router.id), `${active} to be the standby`, 60_000);
  await until(answered, flow.name);
});

/** True once the node has the router without the addresses that only the active one has. */
async function isStandby(node: string, id: string): Promise<true | undefined> {
  const argv = ['ip', '-n', `qrouter-${id}`, '-o', '-4', 'addr', 'show', 'up'];
  const { code, stdout } = await cloud.lab.runInNode(node, argv).catch(() => ({ code: 1, stdout: '' }));
  return code === 0 && / ha-/.test(stdout) && !/ q[rg]-/.test(stdout) ? true : undefined;
}

it('a router and a network move to the other node when theirs dies', async () => {
  server = await until(() => holderOf(`qrouter-${routerId}`), 'a node with the router');
  engine('kill', server);
  await allReached(90_000);
  const other = server === 'network' ? 'network2' : 'network';
  const { stdout } = await cloud.lab.runInNode(other, ['ip', 'netns']);
  expect(stdout).toContain(`qrouter-${routerId}`);
});
