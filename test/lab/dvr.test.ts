// Distributed routers on three hosts: what needs no network node works while its cables are out, and goes the way it should.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import { setCable } from '../../server/appliance/labs/wires.ts';
import { until, type CloudClient } from '../bench/cloud-admin.ts';
import { captureWhile } from '../support/cloud/capture.ts';
import { openTenant, startCloud, type RunningCloud } from '../support/cloud/running-cloud.ts';
import { expectUnchanged, takeSnapshot, type Snapshot } from '../support/cloud/snapshot.ts';
import { deleteAll, type Instance } from '../support/cloud/topology.ts';
import { buildTenant, type Tenant } from './matrix/build.ts';

const webUrl = 'http://203.0.113.80/';
const hostMac = 'fa:16:3f:[\\da-f:]{8}';

let cloud: RunningCloud;
let engine: Engine;
let client: CloudClient;

beforeAll(async () => {
  engine = await connectEngine(process.env);
  cloud = await startCloud('test-dvr', {
    isDistributed: true,
    isL2Populated: true,
    types: ['vxlan', 'vlan'],
  });
  client = await openTenant(cloud, 'red');
  await deleteAll(client);
});
afterAll(() => cloud?.[Symbol.asyncDispose]());

const inside = ({ host, id }: Instance, ...argv: string[]) =>
  cloud.lab.runInNode(host, ['guest-exec', '-r', id, ...argv], { timeoutMs: 15_000 });

/** True when one of a few pings is answered. */
const pings = async (from: Instance | 'outside', address: string) => {
  const argv = ['ping', '-c', '1', '-W', '1', address];
  for (let count = 0; count < 5; count++) {
    const { code } = await (from === 'outside' ? cloud.lab.runInNode(from, argv) : inside(from, ...argv));
    if (code === 0) return true;
  }
  return false;
};

/** The address under which an instance is seen outside. */
const seenAs = (from: Instance) =>
  until(
    async () => {
      const { code, stdout } = await inside(from, 'curl', '-s', '-m', '2', webUrl);
      return code === 0 ? stdout.trim() : undefined;
    },
    `${from.name} to read ${webUrl}`,
    15_000,
  );

interface Port {
  id: string;
  mac_address: string;
  device_owner: string;
  device_id: string;
  'binding:host_id': string;
}
const ports = async (query: string) =>
  (await cloud.admin.send<{ ports: Port[] }>('network', 'GET', `/v2.0/ports?${query}`)).ports;

/** MAC address of a host's own port on the external network. */
const macOfHost = async (host: string) =>
  (await ports('device_owner=network:floatingip_agent_gateway')).find(
    (port) => port['binding:host_id'] === host,
  )?.mac_address;

const macOutside = async (address: string) =>
  /lladdr (\S+)/.exec(await cloud.run('outside', 'ip', 'neighbour', 'show', address))?.[1];

async function floatingIpOf({ portId }: Instance): Promise<{ id: string; address: string }> {
  const { floatingip } = await client.send<{ floatingip: { id: string; floating_ip_address: string } }>(
    ...(['network', 'POST', '/v2.0/floatingips'] as const),
    { floatingip: { floating_network_id: cloud.publicId, port_id: portId, tenant_id: client.projectId } },
  );
  return { id: floatingip.id, address: floatingip.floating_ip_address };
}

const cables = (isPlugged: boolean) =>
  Promise.all(
    ['eth0', 'eth1'].map((nic) => setCable(engine, { lab: cloud.lab.id, node: 'network', nic, isPlugged })),
  );

/** Does it while the network node is cut off from everything but the controller. */
async function withoutNetworkNode(action: () => Promise<unknown>): Promise<void> {
  await cables(false);
  try {
    await action();
  } finally {
    await cables(true);
  }
}

async function convert(id: string, distributed: boolean): Promise<void> {
  const put = (router: Record<string, unknown>) =>
    client.send('network', 'PUT', `/v2.0/routers/${id}`, { router });
  await put({ admin_state_up: false });
  await put({ distributed });
  await put({ admin_state_up: true });
}

const namespacesOn = async (node: string) =>
  (await cloud.run(node, 'ip', 'netns')).match(/^(qrouter|snat|fip)/gm)?.sort() ?? [];

describe.each(['vxlan', 'vlan'] as const)('a distributed router on %s', (type) => {
  let before: Snapshot;
  let tenant: Tenant;

  beforeAll(async () => {
    before = await takeSnapshot(cloud);
    tenant = await buildTenant(
      ...([cloud, client, { type, mechanism: 'openvswitch', router: 'distributed' }, 'physnet2'] as const),
    );
    for (const instance of [tenant.near, tenant.beside, tenant.far, tenant.routed])
      await until(
        async () =>
          (await inside(instance, 'ip', 'route')).stdout.includes('default via') ? true : undefined,
        `${instance.name} to get its address`,
      );
  });
  afterAll(() => deleteAll(client));

  it('routes from host to host under the hosts’ own MAC addresses, without the network node', () =>
    withoutNetworkNode(async () => {
      const { near, routed, router } = tenant;
      const routers = await ports(`device_id=${router.id}`);
      const [seen] = await captureWhile(
        cloud,
        [{ node: near.host, device: 'eth1', filter: type === 'vlan' ? 'vlan' : 'udp port 4789' }],
        async () => expect(await pings(near, routed.address)).toBe(true),
      );
      const frames = (to: Instance) => new RegExp(`${hostMac} > ${to.mac}`).exec(seen!)?.[0].slice(0, 17);
      expect(frames(routed)).toMatch(new RegExp(hostMac));
      expect(frames(near)).toMatch(new RegExp(hostMac));
      expect(frames(near)).not.toBe(frames(routed));
      for (const { mac_address } of routers) expect(seen).not.toContain(`${mac_address} > `);
    }));

  it('floating IPs come and go by the instance’s own host, without the network node', async () => {
    const { near, beside } = tenant;
    const { address } = await floatingIpOf(near);
    await until(
      async () => ((await pings('outside', address)) ? true : undefined),
      `the outside to reach ${address}`,
      15_000,
    );
    await withoutNetworkNode(async () => {
      expect(await pings('outside', address)).toBe(true);
      expect(await seenAs(near)).toBe(address);
      expect(await macOutside(address)).toBe(await macOfHost(near.host));
      expect(await pings(beside, '10.64.201.254')).toBe(false);
    });
  });

  it('others go out by the network node, under the router’s address', async () => {
    expect(await seenAs(tenant.beside)).toBe(tenant.router.gateway);
    expect(await seenAs(tenant.routed)).toBe(tenant.router.gateway);
  });

  it('a floating IP that moves to another host answers from there at once', async () => {
    const { near, far } = tenant;
    const { id, address } = await floatingIpOf(tenant.beside);
    expect(await pings('outside', address)).toBe(true);
    expect(await macOutside(address)).toBe(await macOfHost(near.host));
    await client.send('network', 'PUT', `/v2.0/floatingips/${id}`, { floatingip: { port_id: far.portId } });
    await until(
      async () => ((await macOutside(address)) === (await macOfHost(far.host)) ? true : undefined),
      `the outside to hear where ${address} is`,
    );
    expect(await pings('outside', address)).toBe(true);
    expect(await seenAs(far)).toBe(address);
    expect(await seenAs(tenant.beside)).toBe(tenant.router.gateway);
  });

  it('a router is converted and converted back, and everything works each time', async () => {
    const { near, beside, far, routed, router } = tenant;
    const works = async () => {
      expect(await pings(near, routed.address)).toBe(true);
      expect(await seenAs(beside)).toBe(router.gateway);
      expect(await seenAs(far)).not.toBe(router.gateway);
    };
    const settles = (expected: Record<string, string[]>) =>
      expect
        .poll(
          async () =>
            Object.fromEntries(
              await Promise.all(
                Object.keys(expected).map(async (node) => [node, await namespacesOn(node)] as const),
              ),
            ),
          { timeout: 20_000, interval: 300 },
        )
        .toEqual(expected);
    await convert(router.id, false);
    await settles({ network: ['qrouter'], compute1: [], compute2: [] });
    await works();
    await convert(router.id, true);
    await settles({
      ...{ network: ['qrouter', 'snat'], compute1: ['fip', 'qrouter'], compute2: ['fip', 'qrouter'] },
    });
    await works();
  });

  it('nothing of it is left on any node', async () => {
    await deleteAll(client);
    await expectUnchanged(cloud, before);
  });
});
