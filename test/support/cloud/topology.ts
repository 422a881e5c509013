// Networks, routers and instances of a tenant, made by the API and taken away by it.
import { until, type CloudClient } from '../../bench/cloud-admin.ts';
import type { RunningCloud } from './running-cloud.ts';

export interface Network {
  id: string;
  subnetId: string;
  mtu: number;
  'provider:segmentation_id': number | null;
  'provider:network_type': string;
  'provider:physical_network': string | null;
}

export interface Instance {
  id: string;
  name: string;
  host: string;
  address: string;
  portId: string;
  mac: string;
}

export async function makeNetwork(
  cloud: CloudClient,
  { name, cidr, provider = {} }: { name: string; cidr: string; provider?: Record<string, unknown> },
): Promise<Network> {
  const { network } = await cloud.send<{ network: Omit<Network, 'subnetId'> }>(
    'network',
    'POST',
    '/v2.0/networks',
    { network: { name, tenant_id: cloud.projectId, ...provider } },
  );
  const { subnet } = await cloud.send<{ subnet: { id: string } }>('network', 'POST', '/v2.0/subnets', {
    subnet: { network_id: network.id, tenant_id: cloud.projectId, ip_version: 4, cidr },
  });
  return { ...network, subnetId: subnet.id };
}

/** A router with its gateway on the external network and an interface in every subnet. */
export async function makeRouter(
  cloud: CloudClient,
  {
    name,
    publicId,
    subnetIds,
    more = {},
  }: { name: string; publicId: string; subnetIds: string[]; more?: Record<string, unknown> },
): Promise<{ id: string; gateway: string }> {
  const external_gateway_info = { network_id: publicId };
  const { router } = await cloud.send<{
    router: { id: string; external_gateway_info: { external_fixed_ips: { ip_address: string }[] } };
  }>('network', 'POST', '/v2.0/routers', {
    router: { name, tenant_id: cloud.projectId, external_gateway_info, ...more },
  });
  for (const subnet_id of subnetIds)
    await cloud.send('network', 'PUT', `/v2.0/routers/${router.id}/add_router_interface`, { subnet_id });
  return { id: router.id, gateway: router.external_gateway_info.external_fixed_ips[0]!.ip_address };
}

/** Boots an instance with an address of its own on a host chosen by name; it may still be building. */
export async function boot(
  { imageId, flavorId }: RunningCloud,
  cloud: CloudClient,
  { name, host, network, address }: { name: string; host: string; network: Network; address: string },
): Promise<string> {
  const server = {
    ...{ name, imageRef: imageId, flavorRef: flavorId, availability_zone: `nova:${host}` },
    networks: [{ uuid: network.id, fixed_ip: address }],
  };
  return (await cloud.send<{ server: { id: string } }>('compute', 'POST', '/v2.1/servers', { server })).server
    .id;
}

/** Waits until an instance runs and its port is wired. */
export async function waitForInstance(
  cloud: CloudClient,
  { id, name, host }: { id: string; name: string; host: string },
): Promise<Instance> {
  type Port = { id: string; status: string; mac_address: string; fixed_ips: { ip_address: string }[] };
  let seen = '';
  const port = await until(
    async () => {
      const { server } = await cloud.send<{ server: { status: string; fault?: { message: string } } }>(
        'compute',
        'GET',
        `/v2.1/servers/${id}`,
      );
      if (server.status === 'ERROR') throw new Error(`${name} failed: ${server.fault?.message}`);
      const { ports } = await cloud.send<{ ports: Port[] }>('network', 'GET', `/v2.0/ports?device_id=${id}`);
      seen = `${server.status}, port ${ports[0]?.status}`;
      const isThere = server.status === 'ACTIVE' && ports[0]?.status === 'ACTIVE';
      return isThere ? ports[0] : undefined;
    },
    () => `${name} on ${host} to run (${seen})`,
    30_000,
  );
  return { id, name, host, address: port.fixed_ips[0]!.ip_address, portId: port.id, mac: port.mac_address };
}

/** Deletes everything that a tenant has, in the order that the API asks for, and waits until its instances are gone. */
export async function deleteAll(cloud: CloudClient): Promise<void> {
  const mine = `tenant_id=${cloud.projectId}`;
  const list = async (plural: string, filter = mine) =>
    (await cloud.send<Record<string, { id: string }[]>>('network', 'GET', `/v2.0/${plural}?${filter}`))[
      plural
    ]!;
  const drop =
    (plural: string) =>
    async ({ id }: { id: string }) =>
      cloud.send('network', 'DELETE', `/v2.0/${plural}/${id}`);
  const listServers = async () =>
    (await cloud.send<{ servers: { id: string }[] }>('compute', 'GET', '/v2.1/servers')).servers;
  await Promise.all((await list('floatingips')).map(drop('floatingips')));
  await Promise.all(
    (await listServers()).map(({ id }) => cloud.send('compute', 'DELETE', `/v2.1/servers/${id}`)),
  );
  await until(
    async () => ((await listServers()).length === 0 ? true : undefined),
    'the instances of the tenant to go',
  );
  for (const { id } of await list('routers')) {
    const ports = await list('ports', `device_id=${id}`);
    for (const port of ports as { id: string; device_owner?: string }[])
      if (/^network:(ha_)?router_(replicated_)?interface(_distributed)?$/.test(port.device_owner ?? ''))
        await cloud.send('network', 'PUT', `/v2.0/routers/${id}/remove_router_interface`, {
          port_id: port.id,
        });
    await cloud.send('network', 'DELETE', `/v2.0/routers/${id}`);
  }
  await Promise.all((await list('networks')).map(drop('networks')));
}
