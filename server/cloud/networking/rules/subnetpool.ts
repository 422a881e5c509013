// Subnet pools: prefixes of one family, the lengths that are given, growing only.
import { compact } from '../../../lib/cidr-set.ts';
import { CloudError } from '../../../lib/errors.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { subnetpool, Subnetpool } from '../../model/subnetpool.ts';
import { subnets } from '../../store/networking-tables.ts';
import { refuseSecondDefault } from '../default-subnetpool.ts';
import type { Rules } from '../work.ts';
import { addPrefixes, familyOfAll, grown, removePrefixes } from './subnetpool-prefixes.ts';

type Create = CreateOf<typeof subnetpool>;
type Update = UpdateOf<typeof subnetpool>;

export const subnetpoolRules: Rules<Subnetpool, Create, Update> = {
  notFound: (subnetpool_id) => neutronError('SubnetPoolNotFound', { subnetpool_id }),

  scope: (query, { project_id }) =>
    query.where((is) => is.or([is('tenant_id', '=', project_id), is('shared', '=', 1)])),

  async beforeCreate(work, body) {
    const ip_version = familyOfAll(body.prefixes);
    const longest = ip_version === 4 ? 32 : 128;
    const min_prefixlen = body.min_prefixlen ?? (ip_version === 4 ? 8 : 64);
    const max_prefixlen = body.max_prefixlen ?? longest;
    const default_prefixlen = body.default_prefixlen ?? min_prefixlen;
    checkLengths({ ip_version, min_prefixlen, max_prefixlen, default_prefixlen });
    if (body.is_default) await refuseSecondDefault(work, ip_version);
    return {
      ip_version,
      min_prefixlen,
      max_prefixlen,
      default_prefixlen,
      prefixes: compact(body.prefixes),
    };
  },

  async beforeUpdate(work, row, changes) {
    checkLengths({ ...row, ...changes });
    if (changes.is_default && !row.is_default) await refuseSecondDefault(work, row.ip_version);
    return changes.prefixes === undefined ? {} : { prefixes: grown(row, changes.prefixes) };
  },

  async beforeDelete(work, { id }) {
    if ((await work.rows.count(subnets, { subnetpool_id: id })) > 0)
      throw neutronError('SubnetPoolInUse', {
        subnet_pool_id: id,
        reason: 'Subnet pool has existing allocations',
      });
  },

  actions: { add_prefixes: addPrefixes, remove_prefixes: removePrefixes },
};

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
