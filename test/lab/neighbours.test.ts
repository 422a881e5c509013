// Two labs at once with the same names, tags and addresses on one machine: neither sees a frame, an API or a token of the other.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import { takeToken, type CloudClient } from '../bench/cloud-admin.ts';
import { captureWhile } from '../support/cloud/capture.ts';
import { openTenant, startCloud, type RunningCloud } from '../support/cloud/running-cloud.ts';
import {
  boot,
  makeNetwork,
  waitForInstance,
  type Instance,
  type Network,
} from '../support/cloud/topology.ts';

interface Side {
  cloud: RunningCloud;
  client: CloudClient;
  network: Network;
  near: Instance;
  far: Instance;
  /** Management address of each node. */
  addresses: Map<string, string>;
}

let one: Side;
let two: Side;

async function build(name: string): Promise<Side> {
  const cloud = await startCloud(name, {});
  const client = await openTenant(cloud, 'red');
  const network = await makeNetwork(client, { name: 'net01', cidr: '10.1.0.0/24' });
  const places = [
    { name: 'near', host: 'compute1', network, address: '10.1.0.11' },
    { name: 'far', host: 'compute2', network, address: '10.1.0.12' },
  ];
  const ids = await Promise.all(places.map((place) => boot(cloud, client, place)));
  const [near, far] = await Promise.all(
    places.map((place, index) => waitForInstance(client, { ...place, id: ids[index]! })),
  );
  const [status] = await listLabs(await connectEngine(process.env), name);
  const addresses = new Map(status!.nodes.map((node) => [node.name, node.address]));
  return { cloud, client, network, near: near!, far: far!, addresses };
}

beforeAll(async () => {
  one = await build('test-neighbour-one');
  two = await build('test-neighbour-two');
});
afterAll(async () => {
  await one?.cloud[Symbol.asyncDispose]();
  await two?.cloud[Symbol.asyncDispose]();
});

const pingFar = ({ cloud, near, far }: Side) =>
  cloud.run('compute1', 'guest-exec', '-r', near.id, 'ping', '-c', '3', '-W', '2', far.address);
const codeOf = async ({ cloud }: Side, node: string, argv: string[]) =>
  (await cloud.lab.runInNode(node, argv, { timeoutMs: 20_000 })).code;

it('uses the same addresses and the same tag in both', () => {
  expect(two.near.address).toBe(one.near.address);
  expect(two.network['provider:segmentation_id']).toBe(one.network['provider:segmentation_id']);
});

it('no frame of one crosses a wire of the other', async () => {
  const listen = (side: Side, action: () => Promise<unknown>) =>
    captureWhile(
      side.cloud,
      ['compute1', 'compute2', 'network'].map((node) => ({ node, device: 'eth1', filter: 'icmp or (vlan and icmp)' })), // prettier-ignore
      action,
    );
  let control: string[] = [];
  const silent = await listen(two, async () => {
    control = await listen(one, () => pingFar(one));
  });
  expect(control[1]).toContain(one.near.mac);
  expect(silent.join('\n')).not.toContain('ICMP');
});

it('nodes of one do not reach nodes of the other', async () => {
  const ping = (address: string) => ['ping', '-c', '2', '-W', '1', address];
  for (const [here, there] of [
    [one, two],
    [two, one],
  ] as const) {
    expect(await codeOf(here, 'network', ping(here.addresses.get('compute1')!))).toBe(0);
    expect(await codeOf(here, 'network', ping(there.addresses.get('compute1')!))).not.toBe(0);
    const ask = (side: Side) => ['curl', '-s', '-m', '3', `http://${side.addresses.get('controller')}:9696/`];
    expect(await codeOf(here, 'network', ask(here))).toBe(0);
    expect(await codeOf(here, 'network', ask(there))).not.toBe(0);
  }
});

it('no API of one takes a token or lists a thing of the other', async () => {
  const list = (side: Side, from: Side) =>
    fetch(`${side.cloud.lab.endpoints.network}/v2.0/networks`, {
      headers: { 'x-auth-token': tokens.get(from)! },
      signal: AbortSignal.timeout(5_000),
    });
  // the same tenant and user in both, with the same password
  const red = { user: 'red', password: 'test-only', project: 'red' };
  const tokens = new Map<Side, string>();
  for (const side of [one, two]) tokens.set(side, (await takeToken(side.cloud.lab, red)).token);
  expect((await list(one, one)).status).toBe(200);
  expect((await list(one, two)).status).toBe(401);
  expect((await list(two, one)).status).toBe(401);
  const { networks } = (await (await list(two, two)).json()) as { networks: { id: string }[] };
  expect(networks.map(({ id }) => id)).not.toContain(one.network.id);
});
