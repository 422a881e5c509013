// Subnet pools: prefixes of one family, the lengths that are given, growing only.
import { compact } from '../../../lib/cidr-set.ts';
import { CloudError } from '../../../lib/errors.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { subnetpool, Subnetpool } from '../../model/subnetpool.ts';
import { subnets } from '../../store/networking-tables.ts';
import { refuseSecondDefault } from '../default-subnetpool.ts';
import { forgetSharing, ownOrShared, sharedFilter, shareWithAll, withShared } from '../sharing.ts';
import type { Rules } from '../work.ts';
import { checkScopeOf } from './address-scope.ts';
import { onboardSubnets } from './subnetpool-onboard.ts';
import { addPrefixes, familyOfAll, grown, removePrefixes, tellRoutersOf } from './subnetpool-prefixes.ts';

type Create = CreateOf<typeof subnetpool>;
type Update = UpdateOf<typeof subnetpool>;

export const subnetpoolRules: Rules<Subnetpool, Create, Update> = {
  notFound: (subnetpool_id) => neutronError('SubnetPoolNotFound', { subnetpool_id }),

  scope: ownOrShared(),
  filters: { shared: sharedFilter },

  decorate: withShared,

  async beforeCreate(work, body, id) {
    const ip_version = familyOfAll(body.prefixes);
    const longest = ip_version === 4 ? 32 : 128;
    const min_prefixlen = body.min_prefixlen ?? (ip_version === 4 ? 8 : 64);
    const max_prefixlen = body.max_prefixlen ?? longest;
    const default_prefixlen = body.default_prefixlen ?? min_prefixlen;
    checkLengths({ ip_version, min_prefixlen, max_prefixlen, default_prefixlen });
    if (body.is_default) await refuseSecondDefault(work, ip_version);
    const { address_scope_id, prefixes, shared } = body;
    if (address_scope_id !== null)
      await checkScopeOf(work, { id, ip_version, prefixes, shared, address_scope_id });
    return {
      ip_version,
      min_prefixlen,
      max_prefixlen,
      default_prefixlen,
      prefixes: compact(body.prefixes),
    };
  },

  async afterCreate(work, row) {
    await shareWithAll(work, 'subnetpool', row, row.shared);
  },

  async beforeUpdate(work, row, changes) {
    const then = { ...row, ...changes };
    checkLengths(then);
    if (changes.is_default && !row.is_default) await refuseSecondDefault(work, row.ip_version);
    const { address_scope_id } = then;
    if (
      address_scope_id !== null &&
      (changes.address_scope_id !== undefined || changes.prefixes !== undefined)
    )
      await checkScopeOf(work, { ...then, address_scope_id });
    return changes.prefixes === undefined ? {} : { prefixes: grown(row, changes.prefixes) };
  },

  async afterUpdate(work, { id }, before, changes) {
    const { address_scope_id } = changes;
    if (address_scope_id !== undefined && address_scope_id !== before.address_scope_id)
      await tellRoutersOf(work, id);
  },

  async beforeDelete(work, { id }) {
    if ((await work.rows.count(subnets, { subnetpool_id: id })) > 0)
      throw neutronError('SubnetPoolInUse', {
        subnet_pool_id: id,
        reason: 'Subnet pool has existing allocations',
      });
    await forgetSharing(work, id);
  },

  actions: {
    add_prefixes: addPrefixes,
    remove_prefixes: removePrefixes,
    onboard_network_subnets: onboardSubnets,
  },
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
