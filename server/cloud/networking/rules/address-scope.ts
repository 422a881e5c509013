// Address scopes: of one family, shared for good, and there as long as pools are in them.
import { cidrOf, overlaps } from '../../../lib/cidr.ts';
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { addressScope, AddressScope } from '../../model/address-scope.ts';
import type { Subnetpool } from '../../model/subnetpool.ts';
import { addressScopes, subnetpools } from '../../store/networking-tables.ts';
import { forgetSharing, mayUse, ownOrShared, sharedFilter, shareWithAll, withShared } from '../sharing.ts';
import type { Rules, Work } from '../work.ts';

type Create = CreateOf<typeof addressScope>;
type Update = UpdateOf<typeof addressScope>;

export const addressScopeRules: Rules<AddressScope, Create, Update> = {
  notFound: (address_scope_id) => neutronError('AddressScopeNotFound', { address_scope_id }),
  scope: ownOrShared(),
  filters: { shared: sharedFilter },

  decorate: withShared,

  async afterCreate(work, row) {
    await shareWithAll(work, 'address_scope', row, row.shared);
  },

  async beforeUpdate(_work, row, changes) {
    if (row.shared && changes.shared === false)
      throw neutronError('AddressScopeUpdateError', {
        address_scope_id: row.id,
        reason: "Shared address scope can't be unshared",
      });
    return {};
  },

  async afterUpdate(work, row) {
    await shareWithAll(work, 'address_scope', row, row.shared);
  },

  async beforeDelete(work, { id }) {
    if ((await work.rows.count(subnetpools, { address_scope_id: id })) > 0)
      throw neutronError('AddressScopeInUse', { address_scope_id: id });
    await forgetSharing(work, id);
  },
};

/** A pool that comes into a scope: the caller may use it, it is of the pool's family, and no prefix is in it already. */
export async function checkScopeOf(
  work: Work,
  pool: Pick<Subnetpool, 'id' | 'ip_version' | 'prefixes' | 'shared'> & { address_scope_id: string },
): Promise<void> {
  const { id: subnetpool_id, address_scope_id } = pool;
  const scope = await work.rows.find(addressScopes, { id: address_scope_id });
  if (scope === undefined || !(await mayUse(work, scope)))
    throw neutronError('AddressScopeNotFound', { address_scope_id });
  if (scope.tenant_id !== work.context.project_id && !work.context.is_admin)
    throw neutronError('IllegalSubnetPoolAssociationToAddressScope', { subnetpool_id, address_scope_id });
  if (scope.ip_version !== pool.ip_version)
    throw neutronError('IllegalSubnetPoolIpVersionAssociation', {
      subnetpool_id,
      address_scope_id,
      ip_version: scope.ip_version,
    });
  const others = (await work.rows.all(subnetpools, { address_scope_id })).filter(
    ({ id }) => id !== subnetpool_id,
  );
  const taken = others.flatMap(({ prefixes }) => prefixes.map(cidrOf));
  if (pool.prefixes.map(cidrOf).some((own) => taken.some((other) => overlaps(own, other))))
    throw neutronError('AddressScopePrefixConflict');
}
