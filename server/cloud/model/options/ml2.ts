// Options of the ML2 plug-in on the server (ml2_conf.ini).
import { defineOptions } from '../../../lib/config.ts';

/** [ml2]. */
export const ml2Options = defineOptions({
  type_drivers: {
    type: 'list',
    default: ['local', 'flat', 'vlan', 'gre', 'vxlan'],
    help: 'Network types to load',
  },
  tenant_network_types: {
    type: 'list',
    default: ['local'],
    help: 'Types of the networks that tenants create, in the order they are tried',
  },
  mechanism_drivers: {
    type: 'list',
    default: ['openvswitch'],
    help: 'Mechanisms that wire ports, in the order they are tried',
  },
  path_mtu: {
    type: 'int',
    default: 0,
    min: 0,
    help: 'MTU of the network that carries tunnels; 0: global_physnet_mtu',
  },
});

/** [ml2_type_flat]. */
export const ml2FlatOptions = defineOptions({
  flat_networks: {
    type: 'list',
    default: ['*'],
    help: 'Physical networks that may carry an untagged network; * means any',
  },
});

/** [ml2_type_vlan]. */
export const ml2VlanOptions = defineOptions({
  network_vlan_ranges: {
    type: 'list',
    default: [],
    help: 'Physical networks, with a range of VLAN ids for tenant networks: physnet1,physnet2:101:110',
  },
});

/** [securitygroup] of the server. */
export const securityGroupApiOptions = defineOptions({
  enable_security_group: { type: 'bool', default: true, help: 'Offer the security group API' },
});
