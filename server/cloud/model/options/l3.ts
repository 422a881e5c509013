// Options of the L3 agent (l3_agent.ini).
import { defineOptions } from '../../../lib/config.ts';
import { loggingOptions, messagingOptions } from './common.ts';
import { interfaceOptions } from './interface.ts';

export const l3Options = defineOptions({
  ...loggingOptions,
  ...messagingOptions,
  ...interfaceOptions,
  agent_mode: {
    type: 'string',
    default: 'legacy',
    choices: ['legacy', 'dvr', 'dvr_snat'],
    help: 'legacy: routers of one host; dvr: distributed routers, on a compute node; dvr_snat: both, and their gateways',
  },
  external_network_bridge: {
    type: 'string',
    default: 'br-ex',
    help: 'Bridge that gateway ports go into; empty: the integration bridge, by the rules of their network',
  },
  gateway_external_network_id: {
    type: 'string',
    default: '',
    help: 'The one external network whose routers this agent serves; empty: any',
  },
  handle_internal_only_routers: {
    type: 'bool',
    default: true,
    help: 'Serve routers without an external gateway too',
  },
  router_id: { type: 'string', default: '', help: 'The one router served when use_namespaces is off' },
  metadata_port: {
    type: 'int',
    default: 9697,
    min: 1,
    max: 65535,
    help: 'Port of the metadata proxy in a router',
  },
  enable_metadata_proxy: { type: 'bool', default: true, help: 'Answer metadata requests in routers' },
  ra_confs: { type: 'string', default: '$state_path/ra', help: 'Folder of the configurations of radvd' },
  min_rtr_adv_interval: {
    type: 'int',
    default: 30,
    min: 3,
    max: 1350,
    help: 'Least seconds between router advertisements (IPv6)',
  },
  max_rtr_adv_interval: {
    type: 'int',
    default: 100,
    min: 4,
    max: 1800,
    help: 'Most seconds between router advertisements (IPv6)',
  },
  ha_confs_path: {
    type: 'string',
    default: '$state_path/ha_confs',
    help: 'Folder of the configurations and states of highly available routers',
  },
  ha_vrrp_advert_int: {
    type: 'float',
    default: 0.4,
    min: 0.05,
    max: 40,
    help: 'Seconds between VRRP advertisements; a standby takes over after about four of them. Whole seconds are sent as VRRP version 2, others as version 3',
  },
  ha_vrrp_auth_type: {
    type: 'string',
    default: 'PASS',
    choices: ['AH', 'PASS'],
    help: 'How VRRP advertisements are authenticated',
  },
  ha_vrrp_auth_password: {
    type: 'string',
    default: '',
    secret: true,
    help: 'Password of VRRP advertisements, empty for none; only version 2 has one, so ha_vrrp_advert_int must be whole seconds',
  },
  send_arp_for_ha: {
    type: 'int',
    default: 3,
    min: 0,
    max: 10,
    help: 'Gratuitous ARPs sent for a new address',
  },
});
