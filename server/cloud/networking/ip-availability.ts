// How many addresses each network has, and how many of them are taken.
import type { Response, Router } from 'express';
import { toNumber } from '../../lib/cidr.ts';
import { badRequest } from '../../lib/errors.ts';
import { pythonRepr } from '../../lib/python-repr.ts';
import { neutronError } from '../model/errors.ts';
import type { Network } from '../model/network.ts';
import type { Subnet } from '../model/subnet.ts';
import { ipAllocations, networks, subnets } from '../store/networking-tables.ts';
import type { Rows } from '../store/rows.ts';
import { contextOf } from './context.ts';
import { selected } from './view.ts';
import type { Env, Item } from './work.ts';

/** What may be asked for, by the field of the network that answers; of its subnets `ip_version` does. */
const filterable: Record<string, keyof Network | 'ip_version'> = {
  network_id: 'id',
  network_name: 'name',
  tenant_id: 'tenant_id',
  project_id: 'tenant_id',
  ip_version: 'ip_version',
};

/** GET /network-ip-availabilities and one of them; for administrators, unless policy says otherwise. */
export function ipAvailabilityRoutes(router: Router, env: Env): void {
  const { read } = env.store;
  const isAllowed = (res: Response, target: Item) =>
    env.policy.allows('get_network_ip_availability', contextOf(env, res), target);

  router.get('/network-ip-availabilities', async (req, res) => {
    const search = new URL(req.originalUrl, 'http://localhost').searchParams;
    const fields = search.getAll('fields').filter(Boolean);
    const where: Record<string, string[]> = {};
    for (const key of new Set(search.keys())) {
      if (['fields', 'sort_key', 'sort_dir', 'limit', 'marker', 'page_reverse'].includes(key)) continue;
      const column = filterable[key];
      if (column === undefined) throw badRequest(`${pythonRepr([key])} is invalid attribute for filtering`);
      where[column] = [...(where[column] ?? []), ...search.getAll(key)];
    }
    const { ip_version: versions, ...own } = where;
    const found = await read.all(networks, own, { orderBy: [{ column: 'id' }] });
    const shown = await availabilityOf(read, found, versions?.map(Number));
    const network_ip_availabilities = shown
      .filter((item) => isAllowed(res, item))
      .map((item) => selected(item, fields));
    res.json({ network_ip_availabilities });
  });

  router.get('/network-ip-availabilities/:id', async (req, res) => {
    const network = await read.find(networks, { id: req.params.id });
    const [item] = network === undefined ? [] : await availabilityOf(read, [network]);
    if (item === undefined || !isAllowed(res, item))
      throw neutronError('NetworkNotFound', { net_id: req.params.id });
    res.json({ network_ip_availability: item });
  });
}

/** With versions given, networks without subnets of one of them are left out. */
async function availabilityOf(
  rows: Rows,
  list: readonly Network[],
  versions?: readonly number[],
): Promise<Item[]> {
  const own = await rows.all(
    subnets,
    { network_id: list.map(({ id }) => id), ...(versions && { ip_version: versions as (4 | 6)[] }) },
    { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
  );
  const used = await usedIn(
    rows,
    own.map(({ id }) => id),
  );
  const byNetwork = Map.groupBy(own, ({ network_id }) => network_id);
  return list
    .filter(({ id }) => versions === undefined || byNetwork.has(id))
    .map(({ id, name, tenant_id }) => {
      const all = byNetwork.get(id) ?? [];
      return {
        network_id: id,
        network_name: name,
        tenant_id,
        project_id: tenant_id,
        total_ips: exact(all.reduce((sum, subnet) => sum + sizeOf(subnet), 0n)),
        used_ips: all.reduce((sum, subnet) => sum + (used.get(subnet.id) ?? 0), 0),
        subnet_ip_availability: all.map((subnet) => ({
          subnet_id: subnet.id,
          subnet_name: subnet.name,
          cidr: subnet.cidr,
          ip_version: subnet.ip_version,
          total_ips: exact(sizeOf(subnet)),
          used_ips: used.get(subnet.id) ?? 0,
        })),
      };
    });
}

const sizeOf = ({ allocation_pools }: Subnet): bigint =>
  allocation_pools.reduce((sum, { start, end }) => sum + toNumber(end) - toNumber(start) + 1n, 0n);

/** A /64 has more addresses than a number holds exactly: JSON does. */
const exact = (number: bigint): unknown =>
  (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(number.toString());

/** Addresses taken, by subnet; counted with one query. */
async function usedIn(rows: Rows, ids: readonly string[]): Promise<Map<string, number>> {
  if (ids.length === 0) return new Map();
  const counted = await rows.sql
    .selectFrom(ipAllocations.name)
    .select(['subnet_id', (query) => query.fn.countAll().as('used')])
    .where('subnet_id', 'in', [...ids])
    .groupBy('subnet_id')
    .execute();
  return new Map(counted.map(({ subnet_id, used }) => [subnet_id as string, Number(used)]));
}
