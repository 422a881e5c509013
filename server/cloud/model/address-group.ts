// Addresses that rules of security groups name together.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { described, identified, named, owned, stamped } from './standard.ts';

export const addressGroup = defineResource({
  name: 'address_group',
  plural: 'address_groups',
  extension: 'address-group',
  help: 'Prefixes of either family, for rules of security groups.',
  actions: ['add_addresses', 'remove_addresses'],
  indexes: [['tenant_id']],
  fields: {
    ...identified,
    ...named,
    ...owned,
    description: { ...described.description, maxLength: 1024 },
    addresses: {
      type: 'list',
      of: { type: 'cidr' },
      create: 'optional',
      default: [],
      help: 'Its prefixes; changed by add_addresses and remove_addresses',
    },
    shared: {
      type: 'bool',
      stored: false,
      hidden: true,
      help: 'Other projects may use it, by RBAC policies',
    },
    ...stamped,
  },
});

export type AddressGroup = RowOf<typeof addressGroup>;
