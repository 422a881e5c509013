// Address groups: each prefix once, and there as long as rules name them; the ports of such rules are told of every change.
import { badRequest, CloudError } from '../../../lib/errors.ts';
import { pythonRepr } from '../../../lib/python-repr.ts';
import type { CreateOf } from '../../../lib/resource.ts';
import { validated } from '../../../lib/validate.ts';
import { addressGroup, type AddressGroup } from '../../model/address-group.ts';
import { neutronError } from '../../model/errors.ts';
import { addressGroups, securityGroupRules } from '../../store/networking-tables.ts';
import { groupsChanged } from '../notices.ts';
import { restamped } from '../operations.ts';
import { forgetSharing, mayUse, ownOrShared, withShared } from '../sharing.ts';
import { viewsOf } from '../view.ts';
import type { Item, Rules, Work } from '../work.ts';

type Create = CreateOf<typeof addressGroup>;

const notFound = (address_group_id: string) => neutronError('AddressGroupNotFound', { address_group_id });

export const addressGroupRules: Rules<AddressGroup, Create, Item> = {
  notFound,
  scope: ownOrShared(),
  decorate: withShared,

  beforeCreate: async (_work, { addresses }) => ({ addresses: [...new Set(addresses)] }),

  async beforeDelete(work, { id }) {
    if ((await work.rows.count(securityGroupRules, { remote_address_group_id: id })) > 0)
      throw neutronError('AddressGroupInUse', { address_group_id: id });
    await forgetSharing(work, id);
  },

  actions: {
    add_addresses: (work, row, body) =>
      changed(work, row, body, ({ id, addresses }, asked) => {
        const known = asked.filter((address) => addresses.includes(address));
        if (known.length > 0)
          throw new CloudError(
            400,
            'AddressesAlreadyExist',
            `Addresses ${pythonRepr(known)} already exist in the address group ${id}.`,
          );
        return [...addresses, ...asked];
      }),
    remove_addresses: (work, row, body) =>
      changed(work, row, body, ({ id, addresses }, asked) => {
        const unknown = asked.filter((address) => !addresses.includes(address));
        if (unknown.length > 0)
          throw new CloudError(
            404,
            'AddressesNotFound',
            `Addresses ${pythonRepr(unknown)} not found in the address group ${id}.`,
          );
        return addresses.filter((address) => !asked.includes(address));
      }),
  },
};

/** The group with the addresses that come of those in the body. */
async function changed(
  work: Work,
  row: AddressGroup,
  body: Item,
  next: (row: AddressGroup, asked: string[]) => string[],
): Promise<Item> {
  if (body.addresses === undefined) throw badRequest('Request body contains invalid data');
  const field = { type: 'list', of: { type: 'cidr' } } as const;
  const asked = validated('addresses', field, body.addresses) as string[];
  const change = { addresses: next(row, [...new Set(asked)]), ...restamped(work, row) };
  await work.rows.update(addressGroups, { id: row.id }, change);
  const rules = await work.rows.all(securityGroupRules, { remote_address_group_id: row.id });
  groupsChanged(work, 'rule', [...new Set(rules.map(({ security_group_id }) => security_group_id))]);
  const [viewed] = await viewsOf(work.env, work.rows, addressGroup, [{ ...row, ...change }], work.context);
  return { address_group: viewed?.view };
}

/** An address group that the caller may name. */
export async function getAddressGroup(work: Work, id: string): Promise<AddressGroup> {
  const group = await work.rows.find(addressGroups, { id });
  if (group === undefined || !(await mayUse(work, group))) throw notFound(id);
  return group;
}
