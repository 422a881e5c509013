// The proofs of one cell: what an instance and the outside can reach, what others can see of it, and what the wire carries.
import { expect } from 'vitest';
import { until } from '../../bench/cloud-admin.ts';
import { captureWhile } from '../../support/cloud/capture.ts';
import type { RunningCloud } from '../../support/cloud/running-cloud.ts';
import type { Instance, Network } from '../../support/cloud/topology.ts';
import type { Tenant } from './build.ts';
import type { Cell } from './cells.ts';

const webUrl = 'http://203.0.113.80/';
const metadataUrl = 'http://169.254.169.254/openstack/latest/meta_data.json';

/** Runs a command in an instance; `code` 0 is not demanded. */
const inside = ({ lab }: RunningCloud, { host, id }: Instance, ...argv: string[]) =>
  lab.runInNode(host, ['guest-exec', '-r', id, ...argv], { timeoutMs: 15_000 });

async function reach(cloud: RunningCloud, from: Instance, address: string): Promise<void> {
  await until(
    async () => {
      const { code } = await inside(cloud, from, 'ping', '-c', '1', '-W', '1', address);
      return code === 0 ? true : undefined;
    },
    `${from.name} on ${from.host} to reach ${address}`,
    10_000,
  );
}

async function page(cloud: RunningCloud, from: Instance, url: string): Promise<string> {
  return until(
    async () => {
      const { code, stdout } = await inside(cloud, from, 'curl', '-s', '-m', '2', url);
      return code === 0 ? stdout.trim() : undefined;
    },
    `${from.name} on ${from.host} to read ${url}`,
    10_000,
  );
}

/** The address came by DHCP and the instance knows what its network carries. */
export async function proveDhcp(cloud: RunningCloud, instance: Instance, { mtu }: Network): Promise<void> {
  const lease = await until(
    async () => {
      const { stdout } = await inside(cloud, instance, 'ip', '-4', '-o', 'addr', 'show', 'dev', 'eth0');
      return stdout.includes(` ${instance.address}/24 `) ? true : undefined;
    },
    `${instance.name} to get ${instance.address} by DHCP`,
    15_000,
  );
  expect(lease).toBe(true);
  const { stdout } = await inside(cloud, instance, 'cat', '/sys/class/net/eth0/mtu');
  expect(Number(stdout)).toBe(mtu);
}

/** On one host, across hosts, and through the router into the other network. */
export async function proveEastWest(
  cloud: RunningCloud,
  { near, beside, far, routed }: Tenant,
): Promise<void> {
  await Promise.all([beside, far, routed].map(({ address }) => reach(cloud, near, address)));
  await reach(cloud, routed, far.address);
}

/** A frame as long as the network allows passes whole, one byte more does not. */
export async function proveMtu(cloud: RunningCloud, { near, far, one }: Tenant): Promise<void> {
  const ping = (bytes: number) =>
    inside(cloud, near, 'ping', '-c', '1', '-W', '2', '-M', 'do', '-s', String(bytes - 28), far.address);
  expect((await ping(one.mtu)).code).toBe(0);
  const tooLong = await ping(one.mtu + 1);
  expect(tooLong.code).not.toBe(0);
  expect(tooLong.stdout + tooLong.stderr).toMatch(/message too long/i);
}

/** Out under the router's address, in by a floating IP, and then out under that. */
export async function proveNorthSouth(
  cloud: RunningCloud,
  { client, near, beside, router }: Tenant,
): Promise<void> {
  expect(await page(cloud, beside, webUrl)).toBe(router.gateway);
  const { floatingip } = await client.send<{ floatingip: { floating_ip_address: string } }>(
    'network',
    'POST',
    '/v2.0/floatingips',
    {
      floatingip: { floating_network_id: cloud.publicId, port_id: near.portId, tenant_id: client.projectId },
    },
  );
  const address = floatingip.floating_ip_address;
  await until(
    async () => {
      const { stdout } = await cloud.lab.runInNode('outside', ['ping', '-c', '1', '-W', '1', address]);
      // an answer from behind the router has crossed a hop
      return /ttl=6[0-3]/.test(stdout) ? true : undefined;
    },
    `the outside to reach ${address}`,
    10_000,
  );
  await until(
    async () => ((await page(cloud, near, webUrl)) === address ? true : undefined),
    `${near.name} to go out as ${address}`,
    10_000,
  );
}

export async function proveMetadata(cloud: RunningCloud, instance: Instance): Promise<void> {
  const answer = await until(
    async () => {
      const text = await page(cloud, instance, metadataUrl);
      return text.startsWith('{') ? (JSON.parse(text) as { uuid: string }) : undefined;
    },
    `${instance.name} to get its metadata`,
    10_000,
  );
  expect(answer.uuid).toBe(instance.id);
}

/**
 * Broadcasts and pings of one tenant's instance reach its own neighbours on the far host and none of the other tenant's,
 * although they have the same addresses; the wire carries them in the network's own segment.
 */
export async function proveIsolation(
  cloud: RunningCloud,
  cell: Cell,
  own: Tenant,
  other: Tenant,
): Promise<void> {
  const { near, far, one } = own;
  const tap = ({ portId }: Instance) => `tap${portId.slice(0, 11)}`;
  const at = (instance: Instance) => ({
    ...{ node: instance.host, device: tap(instance), filter: `ether src ${near.mac}` },
  });
  const wire = {
    node: near.host,
    device: cell.type === 'flat' ? flatNic(own) : 'eth1',
    filter: wireFilter(cell),
  };
  const [atFar, onWire, ...atOthers] = await captureWhile(
    cloud,
    [at(far), wire, ...[other.near, other.beside, other.far, other.routed].map(at)],
    async () => {
      await inside(cloud, near, 'ip', 'neigh', 'flush', 'dev', 'eth0');
      const { code } = await inside(cloud, near, 'ping', '-c', '3', '-i', '0.2', '-W', '1', far.address);
      expect(code).toBe(0);
    },
  );
  expect(atFar).toContain(`${near.address} > ${far.address}: ICMP echo request`);
  expect(atOthers.join('').trim()).toBe('');
  expectSegment(cell, one, onWire!, near);
}

/** The NIC of the physical network that carries a tenant's flat network. */
const flatNic = ({ one }: Tenant) => (one['provider:physical_network'] === 'physnet3' ? 'eth2' : 'eth1');

const wireFilter = ({ type }: Cell) =>
  ({ flat: 'icmp', vlan: 'vlan', gre: 'ip proto 47', vxlan: 'udp port 4789' })[type];

/** Frames of the instance are seen on the wire as its network's type has it. */
function expectSegment({ type }: Cell, network: Network, seen: string, { mac }: Instance): void {
  const segment = network['provider:segmentation_id'];
  switch (type) {
    case 'flat':
      expect(seen).toMatch(new RegExp(`${mac} > .*ethertype IPv4`));
      return;
    case 'vlan':
      expect(seen).toMatch(new RegExp(`${mac} > .*vlan ${segment},`));
      return;
    case 'gre':
      expect(seen).toContain(`key=0x${segment!.toString(16)}`);
      expect(seen).toContain(mac);
      return;
    case 'vxlan':
      expect(seen).toMatch(new RegExp(`vni ${segment}\\b`));
      expect(seen).toContain(mac);
  }
}

/** Routed pings between hosts pass the wire of the near host and no wire of a network node. */
export async function proveDirectPath(cloud: RunningCloud, { near, routed }: Tenant): Promise<void> {
  const networkNodes = cloud.lab.nodeNames.filter((name) => name.startsWith('network'));
  const [own, ...others] = await captureWhile(
    cloud,
    [near.host, ...networkNodes].map((node) => ({ node, device: 'eth1' })),
    async () => {
      const { code } = await inside(cloud, near, 'ping', '-c', '3', '-i', '0.2', '-W', '1', routed.address);
      expect(code).toBe(0);
    },
  );
  const request = `${near.address} > ${routed.address}: ICMP echo request`;
  expect(own).toContain(request);
  for (const seen of others) expect(seen).not.toContain(request);
}
