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
  physical_network_mtus: {
    type: 'dict',
    default: {},
    help: 'MTU of each physical network that has less than global_physnet_mtu: physnet2:1400',
  },
  overlay_ip_version: {
    type: 'string',
    default: '4',
    choices: ['4', '6'],
    help: 'IP version of the addresses that tunnels come from',
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

/** [ml2_type_gre]. */
export const ml2GreOptions = defineOptions({
  tunnel_id_ranges: {
    type: 'list',
    default: [],
    help: 'Tunnel ids for tenant networks: 1:1000, 2000:2999',
  },
});

/** [ml2_type_vxlan]. */
export const ml2VxlanOptions = defineOptions({
  vni_ranges: {
    type: 'list',
    default: [],
    help: 'VXLAN network identifiers for tenant networks: 1:1000, 2000:2999',
  },
  vxlan_group: {
    type: 'string',
    default: '224.0.0.1',
    help: 'Multicast group for the broadcasts of VXLAN networks; for Linux bridge agents that read this file, the server has no use for it',
  },
});

/** [securitygroup] of the server. */
export const securityGroupApiOptions = defineOptions({
  enable_security_group: { type: 'bool', default: true, help: 'Offer the security group API' },
});
