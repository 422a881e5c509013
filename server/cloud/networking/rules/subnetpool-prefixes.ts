// The prefixes of a subnet pool: of one family, in as few as hold them; some put to them, some taken away.
import { cidrOf, overlaps } from '../../../lib/cidr.ts';
import { compact, without } from '../../../lib/cidr-set.ts';
import { badRequest, CloudError } from '../../../lib/errors.ts';
import { validated } from '../../../lib/validate.ts';
import type { Subnetpool } from '../../model/subnetpool.ts';
import { ports, subnetpools, subnets } from '../../store/networking-tables.ts';
import { routerChanged } from '../notices.ts';
import { restamped } from '../operations.ts';
import { routerPortOwners } from '../router-ports.ts';
import type { Item, Work } from '../work.ts';
import { checkScopeOf } from './address-scope.ts';

export const wrongFamilies = (): CloudError =>
  new CloudError(400, 'PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');

const illegalUpdate = (reason: string) =>
  new CloudError(400, 'IllegalSubnetPoolPrefixUpdate', `Illegal update to prefixes: ${reason}.`);

/** Throws unless all prefixes are of one family. */
export function familyOfAll(prefixes: readonly string[]): 4 | 6 {
  const families = new Set(prefixes.map((prefix) => cidrOf(prefix).family));
  if (families.size === 0)
    throw new CloudError(400, 'EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (families.size > 1) throw wrongFamilies();
  return [...families][0]!;
}

/** The new prefixes of a pool, which may only grow. */
export function grown(
  row: Pick<Subnetpool, 'prefixes' | 'ip_version'>,
  prefixes: readonly string[],
): string[] {
  if (familyOfAll(prefixes) !== row.ip_version) throw wrongFamilies();
  const all = compact(prefixes);
  if (without(row.prefixes, all).length > 0)
    throw illegalUpdate('Existing prefixes must be a subset of the new prefixes');
  return all;
}

/** PUT add_prefixes: `{prefixes}` put to those of the pool. */
export async function addPrefixes(work: Work, row: Subnetpool, body: Item): Promise<Item> {
  return putToPool(work, row, prefixesIn(body));
}

/** Prefixes become the pool's, as far as its address scope has room for them. */
export async function putToPool(work: Work, row: Subnetpool, more: readonly string[]): Promise<Item> {
  const prefixes = grown(row, [...row.prefixes, ...more]);
  const { address_scope_id } = row;
  if (address_scope_id !== null) await checkScopeOf(work, { ...row, prefixes, address_scope_id });
  return keep(work, row, prefixes);
}

/** Routers keep the scopes of their subnets apart. */
export async function tellRoutersOf(work: Work, subnetpool_id: string): Promise<void> {
  const network_id = (await work.rows.all(subnets, { subnetpool_id })).map((subnet) => subnet.network_id);
  const there = await work.rows.all(ports, { network_id, device_owner: routerPortOwners });
  for (const id of new Set(there.map(({ device_id }) => device_id))) await routerChanged(work, id);
}

/** PUT remove_prefixes: `{prefixes}` taken from those of the pool, as far as no subnet uses them. */
export async function removePrefixes(work: Work, row: Subnetpool, body: Item): Promise<Item> {
  const less = prefixesIn(body);
  if (familyOfAll(less) !== row.ip_version) throw wrongFamilies();
  const own = row.prefixes.map(cidrOf);
  const gone = less.map(cidrOf);
  if (!own.some((one) => gone.some((other) => overlaps(one, other)))) return { prefixes: row.prefixes };
  const used = await work.rows.all(subnets, { subnetpool_id: row.id });
  if (used.some(({ cidr }) => gone.some((other) => overlaps(other, cidrOf(cidr!)))))
    throw illegalUpdate('One or more the prefixes to be removed is in use by a subnet.');
  return keep(work, row, without(row.prefixes, less));
}

function prefixesIn(body: Item): string[] {
  const { prefixes } = body;
  if (!Array.isArray(prefixes) || prefixes.length === 0)
    throw badRequest('Request body contains invalid data');
  return validated('prefixes', { type: 'list', of: { type: 'cidr' } }, prefixes) as string[];
}

async function keep(work: Work, row: Subnetpool, prefixes: string[]): Promise<Item> {
  await work.rows.update(subnetpools, { id: row.id }, { prefixes, ...restamped(work, row) });
  return { prefixes };
}
