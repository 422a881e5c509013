// Quality of service: policies, and the rules in them, that networks and ports are given.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { described, identified, owned, shared, stamped, tagged } from './standard.ts';

export const qosPolicy = defineResource({
  name: 'policy',
  plural: 'policies',
  path: 'qos/policies',
  title: 'QoS policy',
  extension: 'qos',
  help: 'Limits and marks for the traffic of ports.',
  command: { noun: 'qos-policy', positional: ['name'] },
  fields: {
    ...identified,
    name: {
      type: 'string',
      maxLength: 255,
      filled: true,
      create: 'required',
      update: true,
      column: 1,
      help: 'Name for people',
    },
    ...owned,
    shared: { ...shared, update: true, switches: { shared: true, 'no-shared': false } },
    is_default: {
      type: 'bool',
      create: 'optional',
      update: true,
      default: false,
      help: 'New networks of the project get it',
    },
    rules: { type: 'list', of: { type: 'dict' }, stored: false, help: 'Its rules' },
    ...described,
    ...tagged,
    ...stamped,
  },
});

/** Fields of every rule; which policy it is in is told by the path. */
const inPolicy = {
  id: { ...identified.id, column: 1 },
  qos_policy_id: {
    type: 'uuid',
    ref: 'policy',
    onDelete: 'cascade',
    create: 'required',
    hidden: true,
    help: 'The policy; told by the path',
  },
} as const;

export const bandwidthLimitRule = defineResource({
  name: 'bandwidth_limit_rule',
  plural: 'bandwidth_limit_rules',
  path: 'qos/policies/:parent/bandwidth_limit_rules',
  title: 'QoS bandwidth limit rule',
  extension: 'qos',
  help: 'How much a port may send or receive.',
  parent: { name: 'policy', field: 'qos_policy_id' },
  command: { noun: 'qos-bandwidth-limit-rule' },
  unique: [['qos_policy_id', 'direction']],
  fields: {
    ...inPolicy,
    max_kbps: {
      type: 'int',
      min: 0,
      max: 2 ** 31 - 1,
      create: 'required',
      update: true,
      column: 3,
      help: 'Thousands of bits each second',
    },
    max_burst_kbps: {
      type: 'int',
      min: 0,
      max: 2 ** 31 - 1,
      create: 'optional',
      update: true,
      default: 0,
      column: 2,
      help: 'Kilobits that may come at once; 0: four fifths of max_kbps',
    },
    direction: {
      type: 'string',
      maxLength: 16,
      values: ['ingress', 'egress'],
      create: 'optional',
      update: true,
      default: 'egress',
      column: 0,
      help: 'Egress is what the port sends',
    },
  },
});

export const dscpMarkingRule = defineResource({
  name: 'dscp_marking_rule',
  plural: 'dscp_marking_rules',
  path: 'qos/policies/:parent/dscp_marking_rules',
  title: 'QoS DSCP marking rule',
  extension: 'qos',
  help: 'The DSCP mark of what a port sends.',
  parent: { name: 'policy', field: 'qos_policy_id' },
  command: { noun: 'qos-dscp-marking-rule' },
  unique: [['qos_policy_id']],
  fields: {
    ...inPolicy,
    dscp_mark: {
      type: 'int',
      values: [0, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 34, 36, 38, 40, 46, 48, 56],
      create: 'required',
      update: true,
      column: 0,
      help: 'Value of the six bits',
    },
  },
});

export type QosPolicy = RowOf<typeof qosPolicy>;
export type BandwidthLimitRule = RowOf<typeof bandwidthLimitRule>;
export type DscpMarkingRule = RowOf<typeof dscpMarkingRule>;

/** The policy of a network or a port. */
export const withQosPolicy = {
  qos_policy_id: {
    type: 'uuid',
    ref: 'policy',
    nullable: true,
    extension: 'qos',
    create: 'optional',
    update: true,
    flag: 'qos-policy',
    switches: { 'no-qos-policy': null },
    help: 'QoS policy for its traffic',
  },
} as const;
