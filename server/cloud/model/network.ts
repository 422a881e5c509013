// A virtual L2 network, with the provider, external network, MTU and port security extensions.
import { defineResource, type RowOf } from '../../lib/resource.ts';
import { admin_state_up, described, identified, named, owned, stamped, tagged } from './standard.ts';

export const network = defineResource({
  name: 'network',
  plural: 'networks',
  bulk: true,
  quota: true,
  help: 'An isolated L2 segment, to which ports attach.',
  command: { noun: 'net', positional: ['name'] },
  indexes: [['tenant_id'], ['name']],
  fields: {
    ...identified,
    ...named,
    ...owned,
    admin_state_up,
    mtu: {
      type: 'int',
      min: 0,
      create: 'optional',
      update: true,
      help: 'Largest frame payload in bytes; 0 asks for the default',
    },
    status: { type: 'string', help: 'ACTIVE' },
    subnets: { type: 'list', of: { type: 'uuid' }, stored: false, column: 2, help: 'Ids of its subnets' },
    shared: {
      type: 'bool',
      create: 'optional',
      update: true,
      default: false,
      set: 'admin',
      flag: false,
      switches: { shared: true },
      help: 'Every project may use it',
    },
    'router:external': {
      type: 'bool',
      create: 'optional',
      update: true,
      default: false,
      set: 'admin',
      help: 'Routers may have their gateway on it and floating IPs come from it',
    },
    ...described,
    port_security_enabled: {
      type: 'bool',
      create: 'optional',
      update: true,
      default: true,
      help: 'What its new ports start with',
    },
    ...tagged,
    ...stamped,
    'provider:network_type': {
      type: 'string',
      maxLength: 32,
      nullable: true,
      create: 'optional',
      set: 'admin',
      view: 'admin',
      help: 'flat, vlan, gre, vxlan or local',
    },
    'provider:physical_network': {
      type: 'string',
      maxLength: 64,
      nullable: true,
      create: 'optional',
      set: 'admin',
      view: 'admin',
      help: 'Physical network that carries a flat or vlan network',
    },
    'provider:segmentation_id': {
      type: 'int',
      nullable: true,
      create: 'optional',
      set: 'admin',
      view: 'admin',
      help: 'VLAN id, or tunnel id of gre and vxlan',
    },
  },
});

export type Network = RowOf<typeof network>;
