// Subnet pools: prefixes of one family, the lengths that are given, growing only.
import { cidrOf, formatCidr, overlaps } from '../../../lib/cidr.ts';
import { CloudError } from '../../../lib/errors.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { subnetpool, Subnetpool } from '../../model/subnetpool.ts';
import { subnets } from '../../store/networking-tables.ts';
import type { Rules } from '../work.ts';

type Create = CreateOf<typeof subnetpool>;
type Update = UpdateOf<typeof subnetpool>;

export const subnetpoolRules: Rules<Subnetpool, Create, Update> = {
  notFound: (subnetpool_id) => neutronError('SubnetPoolNotFound', { subnetpool_id }),

  scope: (query, { project_id }) =>
    query.where((is) => is.or([is('tenant_id', '=', project_id), is('shared', '=', 1)])),

  async beforeCreate(_work, body) {
    const ip_version = familyOfAll(body.prefixes);
    const longest = ip_version === 4 ? 32 : 128;
    const min_prefixlen = body.min_prefixlen ?? (ip_version === 4 ? 8 : 64);
    const max_prefixlen = body.max_prefixlen ?? longest;
    const default_prefixlen = body.default_prefixlen ?? min_prefixlen;
    checkLengths({ ip_version, min_prefixlen, max_prefixlen, default_prefixlen });
    return {
      ip_version,
      min_prefixlen,
      max_prefixlen,
      default_prefixlen,
      prefixes: canonical(body.prefixes),
    };
  },

  async beforeUpdate(_work, row, changes) {
    checkLengths({ ...row, ...changes });
    if (changes.prefixes === undefined) return {};
    if (familyOfAll(changes.prefixes) !== row.ip_version) throw wrongFamilies();
    const missing = row.prefixes
      .map(cidrOf)
      .some(
        (own) =>
          !changes.prefixes!.map(cidrOf).some((other) => other.first <= own.first && own.last <= other.last),
      );
    if (missing)
      throw new CloudError(
        400,
        'IllegalSubnetPoolPrefixUpdate',
        'Illegal update to prefixes: Existing prefixes must be a subset of the new prefixes.',
      );
    return { prefixes: canonical(changes.prefixes) };
  },

  async beforeDelete(work, { id }) {
    if ((await work.rows.count(subnets, { subnetpool_id: id })) > 0)
      throw neutronError('SubnetPoolInUse', {
        subnet_pool_id: id,
        reason: 'Subnet pool has existing allocations',
      });
  },
};

const wrongFamilies = () =>
  new CloudError(400, 'PrefixVersionMismatch', 'Cannot mix IPv4 and IPv6 prefixes in a subnet pool.');

function familyOfAll(prefixes: readonly string[]): 4 | 6 {
  const families = new Set(prefixes.map((prefix) => cidrOf(prefix).family));
  if (families.size === 0)
    throw new CloudError(400, 'EmptySubnetPoolPrefixList', 'Empty subnet pool prefix list.');
  if (families.size > 1) throw wrongFamilies();
  return [...families][0]!;
}

/** Sorted, without prefixes that lie in others. */
function canonical(prefixes: readonly string[]): string[] {
  const sorted = prefixes
    .map(cidrOf)
    .sort((one, other) =>
      one.first < other.first ? -1 : one.first > other.first ? 1 : one.prefix - other.prefix,
    );
  return sorted
    .filter((cidr, index) => !sorted.slice(0, index).some((other) => overlaps(other, cidr)))
    .map(formatCidr);
}

type Lengths = Pick<Subnetpool, 'ip_version' | 'min_prefixlen' | 'max_prefixlen' | 'default_prefixlen'>;

function checkLengths({ ip_version, min_prefixlen, max_prefixlen, default_prefixlen }: Lengths): void {
  const illegal = (message: string) =>
    new CloudError(400, 'IllegalSubnetPoolPrefixBounds', `Illegal prefix bounds: ${message}.`);
  if (min_prefixlen > max_prefixlen)
    throw illegal(`min_prefixlen=${min_prefixlen}, max_prefixlen=${max_prefixlen}`);
  if (max_prefixlen > (ip_version === 4 ? 32 : 128))
    throw illegal(`max_prefixlen=${max_prefixlen}, ip_version=${ip_version}`);
  if (default_prefixlen < min_prefixlen)
    throw illegal(`min_prefixlen=${min_prefixlen}, default_prefixlen=${default_prefixlen}`);
  if (default_prefixlen > max_prefixlen)
    throw illegal(`max_prefixlen=${max_prefixlen}, default_prefixlen=${default_prefixlen}`);
}
