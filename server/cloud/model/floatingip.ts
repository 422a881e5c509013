// An address of an external network, translated one to one to a fixed IP behind a router.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { described, identified, owned, stamped, tagged } from './standard.ts';

export const floatingip = defineResource({
  name: 'floatingip',
  plural: 'floatingips',
  title: 'Floating IP',
  extension: 'router',
  quota: true,
  help: 'An external address that reaches one fixed IP of one port.',
  command: {
    noun: 'floatingip',
    positional: ['floating_network_id'],
    verbs: ['create', 'list', 'show', 'delete'],
  },
  unique: [['floating_network_id', 'floating_ip_address']],
  indexes: [['port_id'], ['router_id'], ['tenant_id']],
  fields: {
    ...identified,
    ...owned,
    floating_ip_address: {
      type: 'ip',
      create: 'optional',
      set: 'admin',
      column: 2,
      flag: 'floating-ip-address',
      help: 'Drawn from the external network if not given',
    },
    floating_network_id: {
      type: 'uuid',
      ref: 'network',
      create: 'required',
      help: 'The external network it comes from',
    },
    subnet_id: {
      type: 'uuid',
      create: 'optional',
      stored: false,
      hidden: true,
      flag: 'subnet',
      ref: 'subnet',
      help: 'Subnet to take the address from',
    },
    router_id: { type: 'uuid', nullable: true, help: 'The router that translates' },
    port_id: {
      type: 'uuid',
      nullable: true,
      create: 'optional',
      update: true,
      default: null,
      column: 3,
      help: 'The port it reaches; null releases it',
    },
    fixed_ip_address: {
      type: 'ip',
      nullable: true,
      create: 'optional',
      update: true,
      column: 1,
      help: "Which of the port's addresses; the first if not given",
    },
    status: { type: 'string', help: 'ACTIVE when the agent has wired it, else DOWN' },
    ...described,
    port_details: { type: 'dict', nullable: true, stored: false, help: 'What the port looks like' },
    ...tagged,
    ...stamped,
    floating_port_id: {
      type: 'uuid',
      hidden: true,
      help: 'The port that holds the address on the external network',
    },
  },
});

export type Floatingip = RowOf<typeof floatingip>;
