// Builds one cell: two tenants with the same addresses, each with two networks, a router and instances on both hosts.
import type { CloudClient } from '../../bench/cloud-admin.ts';
import type { RunningCloud } from '../../support/cloud/running-cloud.ts';
import {
  boot,
  makeNetwork,
  makeRouter,
  waitForInstance,
  type Instance,
  type Network,
} from '../../support/cloud/topology.ts';
import { hostsOf, routerOf, type Cell } from './cells.ts';

export interface Tenant {
  client: CloudClient;
  /** The network of the cell's type, and a second one behind the same router. */
  one: Network;
  two: Network;
  router: { id: string; gateway: string };
  /** On the near host, beside it, on the far host. */
  near: Instance;
  beside: Instance;
  far: Instance;
  /** On the far host and the second network. */
  routed: Instance;
}

/** A physical network carries one flat network only, so that tenants get one each, and tagged ones beside it. */
const flatOn = (physical: string) => ({
  'provider:network_type': 'flat',
  'provider:physical_network': physical,
});

export async function buildTenant(
  cloud: RunningCloud,
  client: CloudClient,
  cell: Cell,
  flatNetwork: string,
): Promise<Tenant> {
  const [near, far] = hostsOf[cell.mechanism];
  const provider = cell.type === 'flat' ? flatOn(flatNetwork) : { 'provider:network_type': cell.type };
  const second = cell.type === 'flat' ? { 'provider:network_type': 'vlan' } : provider;
  const [one, two] = await Promise.all([
    makeNetwork(client, { name: 'one', cidr: '10.1.0.0/24', provider }),
    makeNetwork(client, { name: 'two', cidr: '10.2.0.0/24', provider: second }),
  ]);
  const places = [
    { name: 'near', host: near, network: one, address: '10.1.0.11' },
    { name: 'beside', host: near, network: one, address: '10.1.0.12' },
    { name: 'far', host: far, network: one, address: '10.1.0.13' },
    { name: 'routed', host: far, network: two, address: '10.2.0.11' },
  ];
  const subnetIds = [one.subnetId, two.subnetId];
  const [router, ...ids] = await Promise.all([
    makeRouter(client, { name: 'router', publicId: cloud.publicId, subnetIds, more: routerOf[cell.router] }),
    ...places.map((place) => boot(cloud, client, place)),
  ]);
  const instances = await Promise.all(
    places.map((place, index) => waitForInstance(client, { ...place, id: ids[index]! })),
  );
  const [nearOne, beside, farOne, routed] = instances as [Instance, Instance, Instance, Instance];
  return { client, one, two, router, near: nearOne, beside, far: farOne, routed };
}
