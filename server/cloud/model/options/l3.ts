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
    choices: ['legacy'],
    help: 'What kinds of routers it serves',
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
  send_arp_for_ha: {
    type: 'int',
    default: 3,
    min: 0,
    max: 10,
    help: 'Gratuitous ARPs sent for a new address',
  },
});
