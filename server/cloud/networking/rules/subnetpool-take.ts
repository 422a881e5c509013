// A prefix for a subnet out of a pool: the one asked for, or the first that is free.
import { cidrOf, familyOf, formatCidr, overlaps, parseCidr, type Cidr } from '../../../lib/cidr.ts';
import { CloudError } from '../../../lib/errors.ts';
import { invalidInput, neutronError } from '../../model/errors.ts';
import type { Subnetpool } from '../../model/subnetpool.ts';
import { subnetpools, subnets } from '../../store/networking-tables.ts';
import { mayUse } from '../sharing.ts';
import type { Work } from '../work.ts';

interface Wanted {
  subnetpool_id: string;
  /** Who the prefix is for. */
  tenant_id: string;
  ip_version: 4 | 6;
  cidr?: string | null;
  prefixlen?: number;
}

/** The prefix in canonical form. Throws 404 for an unknown pool, 400 for what it cannot give, 409 when it is empty. */
export async function cidrFromPool(work: Work, wanted: Wanted): Promise<string> {
  const { subnetpool_id, ip_version } = wanted;
  const pool = await work.rows.find(subnetpools, { id: subnetpool_id });
  if (pool === undefined || !(await mayUse(work, pool)))
    throw neutronError('SubnetPoolNotFound', { subnetpool_id });
  if (pool.ip_version !== ip_version)
    throw invalidInput(`Cannot allocate IPv${ip_version} subnet from IPv${pool.ip_version} subnet pool`);
  const used = await work.rows.all(subnets, { subnetpool_id });
  const taken = used.map(({ cidr }) => cidrOf(cidr!));
  const own = used.filter(({ tenant_id }) => tenant_id === wanted.tenant_id).map(({ cidr }) => cidrOf(cidr!));
  if (wanted.cidr) {
    const asked = specific(pool, wanted.cidr, taken);
    checkPoolQuota(pool, own, cidrOf(asked).prefix);
    return asked;
  }
  const prefix = wanted.prefixlen ?? pool.default_prefixlen;
  if (prefix < pool.min_prefixlen || prefix > pool.max_prefixlen)
    throw refused(
      prefix < pool.min_prefixlen ? 'MinPrefixSubnetAllocationError' : 'MaxPrefixSubnetAllocationError',
      `Unable to allocate subnet with prefix length ${prefix}, ${prefix < pool.min_prefixlen ? `minimum allowed prefix is ${pool.min_prefixlen}` : `maximum allowed prefix is ${pool.max_prefixlen}`}.`,
    );
  checkPoolQuota(pool, own, prefix);
  const free = firstFree(pool, prefix, taken);
  if (free === undefined)
    throw new CloudError(
      503,
      'SubnetAllocationError',
      'Failed to allocate subnet: Insufficient prefix space to allocate subnet size /' + `${prefix}.`,
    );
  return formatCidr(free);
}

/** A project may take so many addresses of the pool, of IPv6 so many /64s. Throws 409. */
function checkPoolQuota(pool: Subnetpool, own: readonly Cidr[], prefix: number): void {
  if (!pool.default_quota) return;
  const units = (length: number) => 2 ** ((pool.ip_version === 4 ? 32 : 64) - length);
  const used = own.reduce((sum, cidr) => sum + units(cidr.prefix), 0);
  if (used + units(prefix) > pool.default_quota)
    throw new CloudError(409, 'SubnetPoolQuotaExceeded', 'Per-tenant subnet pool prefix quota exceeded.');
}

const refused = (type: string, message: string) => new CloudError(400, type, message);

function specific(pool: Subnetpool, text: string, taken: readonly Cidr[]): string {
  const cidr = parseCidr(text);
  if (cidr === undefined || familyOf(text.split('/')[0]!) !== pool.ip_version)
    throw invalidInput(`${text} is not in a CIDR format`);
  const isInside = pool.prefixes.map(cidrOf).some((own) => own.first <= cidr.first && cidr.last <= own.last);
  if (!isInside || taken.some((other) => overlaps(other, cidr)))
    throw refused(
      'SubnetAllocationError',
      'Failed to allocate subnet: Cannot allocate requested subnet from the available set of prefixes.',
    );
  return formatCidr(cidr);
}

/** The lowest block of the size that lies in a prefix of the pool and overlaps none taken. */
function firstFree(pool: Subnetpool, prefix: number, taken: readonly Cidr[]): Cidr | undefined {
  const family = pool.ip_version as 4 | 6;
  const size = 1n << BigInt((family === 4 ? 32 : 128) - prefix);
  for (const own of pool.prefixes.map(cidrOf)) {
    let first = own.first;
    while (first + size - 1n <= own.last) {
      const candidate: Cidr = { family, prefix, first, last: first + size - 1n };
      const blocking = taken.find((other) => overlaps(other, candidate));
      if (blocking === undefined) return candidate;
      // the next block of this size behind the one in the way
      first = ((blocking.last + size) / size) * size;
    }
  }
  return undefined;
}
