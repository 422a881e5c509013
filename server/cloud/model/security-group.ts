// A named set of rules for the traffic of ports.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { described, identified, owned, stamped, tagged } from './standard.ts';

export const securityGroup = defineResource({
  name: 'security_group',
  plural: 'security_groups',
  extension: 'security-group',
  quota: true,
  help: 'What traffic its ports may receive and send; anything no rule allows is dropped.',
  command: { noun: 'security-group', positional: ['name'] },
  indexes: [['tenant_id', 'name']],
  // A default group's owner; null for the others, which stay out of the uniqueness.
  unique: [['default_of']],
  fields: {
    ...identified,
    name: {
      type: 'string',
      maxLength: 255,
      create: 'required',
      update: true,
      column: 1,
      help: "Name; 'default' is taken",
    },
    ...owned,
    description: { ...described.description, column: 2 },
    stateful: {
      type: 'bool',
      create: 'optional',
      update: true,
      default: true,
      help: 'Answers to what was let pass may pass; false: connections are not tracked',
    },
    security_group_rules: { type: 'list', of: { type: 'dict' }, stored: false, help: 'Its rules' },
    ...tagged,
    shared: { type: 'bool', stored: false, help: 'Other projects may use it, by RBAC policies' },
    ...stamped,
    default_of: {
      type: 'string',
      maxLength: 255,
      nullable: true,
      hidden: true,
      help: 'The project whose default group it is',
    },
  },
});

export type SecurityGroup = RowOf<typeof securityGroup>;
