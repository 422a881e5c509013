// Options of the Open vSwitch agent (ovs_neutron_plugin.ini, ml2_conf.ini).
import { defineOptions } from '../../../lib/config.ts';

/** [DEFAULT] of every agent that reports its state. */
export const reportOptions = defineOptions({
  report_interval: { type: 'int', default: 30, min: 1, help: 'Seconds between two state reports' },
});

/** [ovs]: bridges of the host. */
export const ovsOptions = defineOptions({
  integration_bridge: {
    type: 'string',
    default: 'br-int',
    help: 'Bridge that guests, routers and DHCP ports are plugged into',
  },
  bridge_mappings: {
    type: 'dict',
    default: {},
    help: 'Physical networks and the bridge that leads to each: physnet1:br-ex,physnet2:br-eth1',
  },
  datapath_type: {
    type: 'string',
    default: 'system',
    choices: ['system', 'netdev'],
    help: 'system: in the kernel (needs the openvswitch module); netdev: in user space',
  },
  tunnel_bridge: { type: 'string', default: 'br-tun', help: 'Bridge that the tunnels to other hosts end in' },
  int_peer_patch_port: {
    type: 'string',
    default: 'patch-tun',
    help: 'Port of the integration bridge that leads to the tunnel bridge',
  },
  tun_peer_patch_port: {
    type: 'string',
    default: 'patch-int',
    help: 'Port of the tunnel bridge that leads to the integration bridge',
  },
  local_ip: {
    type: 'string',
    default: null,
    help: 'Address of this host that its tunnels come from; needed for tunnels',
  },
  enable_tunneling: {
    type: 'bool',
    default: false,
    help: 'True: GRE tunnels, where [agent] tunnel_types names no types',
  },
});

/** [ovs] options that the plug-in on the server reads from the same file. */
export const ovsPluginOptions = defineOptions({
  tenant_network_type: {
    type: 'string',
    default: 'local',
    choices: ['local', 'vlan', 'gre', 'vxlan', 'none'],
    ignoreCase: true,
    help: 'Type of networks that tenants create; none: they cannot',
  },
  network_vlan_ranges: {
    type: 'list',
    default: [],
    help: 'Physical networks, with a range of VLAN ids for tenant networks: physnet1,physnet2:101:110',
  },
  enable_tunneling: {
    type: 'bool',
    default: false,
    help: 'Offer networks in tunnels (core_plugin openvswitch; with ml2 type_drivers tells it)',
  },
  tunnel_type: {
    type: 'string',
    default: '',
    choices: ['', 'gre', 'vxlan'],
    ignoreCase: true,
    help: 'The one kind of tunnels offered; empty: both',
  },
  tunnel_id_ranges: {
    type: 'list',
    default: [],
    help: 'Tunnel ids for tenant networks: 1:1000',
  },
});

/** [agent]: how the agent works. */
export const ovsAgentOptions = defineOptions({
  veth_mtu: {
    type: 'int',
    default: 9000,
    min: 68,
    max: 65535,
    help: 'MTU of the veth pairs between bridges',
  },
  tunnel_types: {
    type: 'list',
    default: [],
    help: 'Types of tunnels to other hosts, in capitals or not: GRE,VXLAN; none without a value',
  },
  vxlan_udp_port: {
    type: 'int',
    default: 4789,
    min: 1,
    max: 65535,
    help: 'UDP port of VXLAN tunnels, the same on all hosts',
  },
  dont_fragment: {
    type: 'bool',
    default: true,
    help: 'Forbid routers on the way to fragment packets of tunnels',
  },
  l2_population: {
    type: 'bool',
    default: false,
    help: 'Send frames only where the server says that their receiver is; needs its l2population mechanism',
  },
  enable_distributed_routing: {
    type: 'bool',
    default: false,
    help: 'Let distributed routers work on this host; on all hosts or on none',
  },
  arp_responder: {
    type: 'bool',
    default: null,
    help: 'Answer ARP requests for ports of other hosts here. Without a value as l2_population, which it needs',
  },
  polling_interval: {
    type: 'int',
    default: 3,
    min: 1,
    help: 'Seconds between two checks of flows, iptables and ipsets, which tell nobody when they are changed by hand',
  },
});

/** [securitygroup]: the firewall of guests' ports, for every layer 2 agent. */
export const securityGroupOptions = defineOptions({
  enable_security_group: { type: 'bool', default: true, help: 'Enforce security groups' },
  firewall_driver: {
    type: 'string',
    default: 'iptables_hybrid',
    choices: [
      'iptables_hybrid',
      'noop',
      'neutron.agent.linux.iptables_firewall.OVSHybridIptablesFirewallDriver',
      'neutron.agent.firewall.NoopFirewallDriver',
    ],
    help: 'What enforces them: iptables rules on the Linux bridge of each guest, or nothing',
  },
  enable_ipset: {
    type: 'bool',
    default: true,
    help: 'Keep members of remote groups in ipsets, not in a rule each',
  },
});

/** True when the options ask for a firewall on guests' ports. */
export const enforcesSecurityGroups = (options: {
  enable_security_group: boolean;
  firewall_driver: string;
}): boolean => options.enable_security_group && !/noop/i.test(options.firewall_driver);
