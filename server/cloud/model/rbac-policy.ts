// Access of another project to one object: a network shared with a partner, a pool for everybody.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { identified, owned } from './standard.ts';

/** The names of resources that are not the type's. */
export const sharedResources: Partial<Record<Shareable, string>> = { qos_policy: 'policy' };

/** Stands for every project. */
export const everybody = '*';

/** What can be shared, and by which actions; the first of them makes the object's `shared` true. */
export const sharingActions = {
  qos_policy: ['access_as_shared'],
  network: ['access_as_shared', 'access_as_external'],
  address_scope: ['access_as_shared'],
  subnetpool: ['access_as_shared'],
  security_group: ['access_as_shared'],
  address_group: ['access_as_shared'],
} as const;

export type Shareable = keyof typeof sharingActions;
export type SharingAction = (typeof sharingActions)[Shareable][number];

export const rbacPolicy = defineResource({
  name: 'rbac_policy',
  plural: 'rbac_policies',
  title: 'RBAC policy',
  extension: 'rbac-policies',
  quota: true,
  help: 'Lets another project use one object.',
  command: { noun: 'rbac', positional: ['object_id'] },
  unique: [['object_id', 'action', 'target_tenant']],
  indexes: [['target_tenant'], ['tenant_id']],
  fields: {
    ...identified,
    object_type: {
      type: 'string',
      maxLength: 32,
      values: Object.keys(sharingActions) as Shareable[],
      create: 'required',
      flag: 'type',
      column: 1,
      help: 'Kind of the object',
    },
    object_id: { type: 'uuid', create: 'required', column: 2, help: 'The object' },
    ...owned,
    target_tenant: {
      type: 'string',
      maxLength: 255,
      filled: true,
      create: 'required',
      update: true,
      help: `The project that may use it; ${everybody} is every project`,
    },
    action: {
      type: 'string',
      maxLength: 255,
      create: 'required',
      help: 'access_as_shared, or access_as_external of a network',
    },
  },
});

export type RbacPolicy = RowOf<typeof rbacPolicy>;
