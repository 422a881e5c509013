// A virtual router: interfaces on subnets, a gateway with SNAT, extra routes.
import { defineResource, type RowOf, type ValueOf } from '../../lib/resource.ts';
import { admin_state_up, described, identified, named, owned, stamped, tagged, zoned } from './standard.ts';

const fixedIp = { type: 'dict', keys: { subnet_id: { type: 'uuid' }, ip_address: { type: 'ip' } } } as const;
const gatewayInfo = {
  type: 'dict',
  nullable: true,
  keys: {
    network_id: { type: 'uuid' },
    enable_snat: { type: 'bool' },
    external_fixed_ips: { type: 'list', of: fixedIp, nullable: true },
  },
} as const;

export const router = defineResource({
  name: 'router',
  plural: 'routers',
  extension: 'router',
  quota: true,
  actions: ['add_router_interface', 'remove_router_interface', 'add_extraroutes', 'remove_extraroutes'],
  help: 'Connects subnets with each other and, by its gateway, with an external network.',
  command: { noun: 'router', positional: ['name'] },
  indexes: [['tenant_id'], ['gw_port_id']],
  fields: {
    ...identified,
    ...named,
    ...owned,
    admin_state_up,
    status: { type: 'string', help: 'ACTIVE' },
    external_gateway_info: {
      ...gatewayInfo,
      create: 'optional',
      update: true,
      stored: false,
      flag: false,
      column: 2,
      help: 'External network, whether to SNAT, and the addresses there',
    },
    ...described,
    distributed: {
      type: 'bool',
      create: 'optional',
      update: true,
      set: 'admin',
      view: 'admin',
      help: 'Routes on every compute host',
    },
    ha: {
      type: 'bool',
      create: 'optional',
      update: true,
      set: 'admin',
      view: 'admin',
      help: 'Kept on several hosts, one of them active',
    },
    routes: {
      type: 'list',
      of: {
        type: 'dict',
        keys: { destination: { type: 'cidr', required: true }, nexthop: { type: 'ip', required: true } },
      },
      nullable: true,
      update: true,
      flag: 'route',
      switches: { 'no-routes': null },
      help: 'Further routes by way of addresses on its subnets',
    },
    ...zoned,
    ...tagged,
    ...stamped,
    gw_port_id: { type: 'uuid', nullable: true, hidden: true, help: 'Its port on the external network' },
    enable_snat: { type: 'bool', hidden: true, help: 'Sources are translated to the gateway address' },
  },
});

export type Router = RowOf<typeof router>;
export type GatewayInfo = NonNullable<ValueOf<typeof gatewayInfo>>;
