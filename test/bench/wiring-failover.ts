// A highly available router loses the node it is active on: how long nothing gets through.
import type { RunningCloud } from '../support/cloud/running-cloud.ts';
import { boot, makeNetwork, makeRouter, waitForInstance } from '../support/cloud/topology.ts';
import { until, type CloudClient } from './cloud-admin.ts';

const pingsPerSecond = 20;
const seconds = 20;

/** Name of the network node whose namespace of the router has its gateway's address. */
export async function activeNode({ lab }: RunningCloud, routerId: string): Promise<string | undefined> {
  for (const node of lab.nodeNames.filter((name) => name.startsWith('network'))) {
    const argv = ['ip', '-n', `qrouter-${routerId}`, '-o', '-4', 'addr', 'show', 'up'];
    const { code, stdout } = await lab.runInNode(node, argv);
    if (code === 0 && / qg-/.test(stdout)) return node;
  }
  return undefined;
}

/** The longest time between two answers, in seconds, of the output of `ping -D`. */
export function longestGap(output: string): number {
  const times = [...output.matchAll(/^\[(\d+\.\d+)\] .*ttl=/gm)].map(([, time]) => Number(time));
  if (times.length < 2) throw new Error('There are no two answers to measure a gap between');
  return Math.max(...times.slice(1).map((time, index) => time - times[index]!));
}

/** Seconds without an answer from outside to an instance that pings while the node of its router is killed. */
export async function measureFailover(
  cloud: RunningCloud,
  tenant: CloudClient,
  kill: (node: string) => void,
): Promise<number> {
  const network = await makeNetwork(tenant, { name: 'failover', cidr: '10.8.0.0/24' });
  const more = { ha: true };
  const subnetIds = [network.subnetId];
  const router = await makeRouter(tenant, { name: 'failover', publicId: cloud.publicId, subnetIds, more });
  const place = { name: 'failover', host: 'compute1', network, address: '10.8.0.11' };
  const instance = await waitForInstance(tenant, { ...place, id: await boot(cloud, tenant, place) });
  const inGuest = (...argv: string[]) =>
    cloud.lab.runInNode('compute1', ['guest-exec', '-r', instance.id, ...argv], { timeoutMs: 60_000 });
  await until(
    async () => ((await inGuest('ping', '-c', '1', '-W', '1', '203.0.113.80')).code === 0 ? true : undefined),
    'the outside to answer',
    60_000,
  );
  const active = await until(() => activeNode(cloud, router.id), 'an active node', 30_000);
  // the standby has to have heard of the active one
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const count = String(pingsPerSecond * seconds);
  const pinging = inGuest('ping', '-D', '-i', String(1 / pingsPerSecond), '-c', count, '203.0.113.80');
  await new Promise((resolve) => setTimeout(resolve, 3_000));
  kill(active);
  return longestGap((await pinging).stdout);
}
