// Address scopes: within one, no address is there twice.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { identified, ipVersion, named, owned, shared } from './standard.ts';

export const addressScope = defineResource({
  name: 'address_scope',
  plural: 'address_scopes',
  extension: 'address-scope',
  help: 'Subnet pools whose prefixes never overlap.',
  command: { noun: 'address-scope', positional: ['name', 'ip_version'] },
  fields: {
    ...identified,
    ...named,
    ...owned,
    ip_version: { ...ipVersion, create: 'required', column: 2, help: '4 or 6' },
    shared: { ...shared, update: true },
  },
});

export type AddressScope = RowOf<typeof addressScope>;
