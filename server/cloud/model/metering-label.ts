// Metering: a label under which the traffic of a project's routers is counted.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { identified, owned } from './standard.ts';

export const meteringLabel = defineResource({
  name: 'metering_label',
  plural: 'metering_labels',
  path: 'metering/metering-labels',
  extension: 'metering',
  bulk: true,
  operations: ['list', 'show', 'create', 'delete'],
  help: 'Counts the traffic that its rules choose, on the routers of its project or, when it is shared, on all.',
  command: { noun: 'meter-label', positional: ['name'], verbs: ['create', 'list', 'show', 'delete'] },
  indexes: [['tenant_id']],
  fields: {
    ...identified,
    name: { type: 'string', maxLength: 255, create: 'optional', default: '', column: 1, help: 'Name' },
    description: {
      type: 'string',
      maxLength: 1024,
      create: 'optional',
      default: '',
      column: 2,
      help: 'Text for people',
    },
    ...owned,
    shared: {
      type: 'bool',
      create: 'optional',
      default: false,
      flag: false,
      switches: { shared: true },
      column: 3,
      help: 'The routers of every project are metered',
    },
  },
});

export type MeteringLabel = RowOf<typeof meteringLabel>;
