// What the other hosts must know of a port to reach it through tunnels: where its addresses are, and who takes broadcasts for it.
import { distributedOwner, isRouterPort } from '../../../../model/device-owners.ts';
import type { Port } from '../../../../model/port.ts';
import { distributedPortBindings, ipAllocations, ports } from '../../../../store/networking-tables.ts';
import type { Rows } from '../../../../store/rows.ts';

export type Address = [mac: string, ip: string];

export interface Announcement {
  port_id: string;
  network_id: string;
  /** Hosts that take the network's broadcasts for it. */
  hosts: readonly string[];
  /** The host its addresses are at; absent: at every host, so nobody needs to be told. */
  at?: string;
  addresses: readonly Address[];
}

/** Announcements by port id; ports that are not ACTIVE on a host have none. */
export async function announcementsOf(rows: Rows, list: readonly Port[]): Promise<Map<string, Announcement>> {
  const active = list.filter(({ status }) => status === 'ACTIVE');
  const placed = active.filter((port) => port.device_owner !== distributedOwner);
  const addressesBy = Map.groupBy(
    await rows.all(
      ipAllocations,
      { port_id: placed.map(({ id }) => id) },
      { orderBy: [{ column: 'position' }] },
    ),
    ({ port_id }) => port_id,
  );
  const hostsBy = Map.groupBy(await activeBindings(rows, active), ({ port_id }) => port_id);
  const announcements = active.map((port): Announcement => {
    const { id: port_id, network_id, mac_address, 'binding:host_id': at } = port;
    const hosts = new Set((hostsBy.get(port_id) ?? []).map(({ host }) => host));
    if (at) hosts.add(at);
    return {
      port_id,
      network_id,
      hosts: [...hosts].sort(),
      ...(at && { at }),
      addresses: (addressesBy.get(port_id) ?? []).map(({ ip_address }) => [mac_address, ip_address]),
    };
  });
  return new Map(announcements.filter(({ hosts }) => hosts.length > 0).map((item) => [item.port_id, item]));
}

/** Ports of routers may be on several hosts; what wires them there is in a table of its own. */
const activeBindings = (rows: Rows, list: readonly Port[]) =>
  rows.all(distributedPortBindings, {
    port_id: list.filter(({ device_owner }) => isRouterPort(device_owner)).map(({ id }) => id),
    status: 'ACTIVE',
  });

/** All announcements of networks. */
export async function announcementsIn(rows: Rows, network_ids: readonly string[]): Promise<Announcement[]> {
  const active = await rows.all(
    ports,
    { network_id: network_ids, status: 'ACTIVE' },
    { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
  );
  return [...(await announcementsOf(rows, active)).values()];
}

/** Which `network host` pairs take broadcasts for other ports than those given. */
export async function otherPlaces(
  rows: Rows,
  { networks, hosts, except }: Record<'networks' | 'hosts' | 'except', readonly string[]>,
): Promise<Set<string>> {
  if (hosts.length === 0) return new Set();
  const bound = rows.sql
    .selectFrom('ports')
    .select(['network_id', 'binding:host_id as host'])
    .where('network_id', 'in', [...networks])
    .where('binding:host_id', 'in', [...hosts])
    .where('status', '=', 'ACTIVE')
    .where('id', 'not in', [...except]);
  const shared = rows.sql
    .selectFrom('distributed_port_bindings as b')
    .innerJoin('ports as p', 'p.id', 'b.port_id')
    .select(['p.network_id as network_id', 'b.host as host'])
    .where('p.network_id', 'in', [...networks])
    .where('p.status', '=', 'ACTIVE')
    .where('p.id', 'not in', [...except])
    .where('b.host', 'in', [...hosts])
    .where('b.status', '=', 'ACTIVE');
  const found = await bound.union(shared).execute();
  return new Set(found.map(({ network_id, host }) => placeOf(String(network_id), String(host))));
}

/** Key of a network on a host. */
export const placeOf = (network_id: string, host: string): string => `${network_id} ${host}`;
