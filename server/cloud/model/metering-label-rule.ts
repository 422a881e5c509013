// Metering: which traffic a label counts, or leaves out.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { identified, owned } from './standard.ts';

export const meteringLabelRule = defineResource({
  name: 'metering_label_rule',
  plural: 'metering_label_rules',
  path: 'metering/metering-label-rules',
  extension: 'metering',
  bulk: true,
  operations: ['list', 'show', 'create', 'delete'],
  help: 'Traffic between a router and its external network that the label counts, or leaves out.',
  command: {
    noun: 'meter-label-rule',
    positional: ['metering_label_id', 'remote_ip_prefix'],
    verbs: ['create', 'list', 'show', 'delete'],
  },
  indexes: [['metering_label_id']],
  fields: {
    ...identified,
    ...owned,
    metering_label_id: {
      type: 'uuid',
      ref: 'metering_label',
      onDelete: 'cascade',
      create: 'required',
      help: 'The label it belongs to',
    },
    direction: {
      type: 'string',
      values: ['ingress', 'egress'],
      create: 'required',
      column: 2,
      help: 'ingress: in by the gateway of the router; egress: out by it',
    },
    excluded: {
      type: 'bool',
      create: 'optional',
      default: false,
      flag: false,
      switches: { excluded: true },
      column: 1,
      help: 'The traffic is not counted, whatever the other rules of the label say',
    },
    remote_ip_prefix: {
      type: 'cidr',
      nullable: true,
      create: 'optional',
      default: null,
      column: 3,
      help: 'Addresses behind the router: destination of ingress, source of egress',
    },
    source_ip_prefix: {
      type: 'cidr',
      nullable: true,
      create: 'optional',
      default: null,
      help: 'Addresses it comes from, in place of remote_ip_prefix',
    },
    destination_ip_prefix: {
      type: 'cidr',
      nullable: true,
      create: 'optional',
      default: null,
      help: 'Addresses it goes to, in place of remote_ip_prefix',
    },
  },
});

export type MeteringLabelRule = RowOf<typeof meteringLabelRule>;
