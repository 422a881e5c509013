// Options of the Linux bridge agent (linuxbridge_conf.ini, ml2_conf.ini).
import { defineOptions } from '../../../lib/config.ts';
import { securityGroupOptions } from './ovs.ts';

/** [linux_bridge]: physical networks of the host. */
export const linuxbridgeOptions = defineOptions({
  physical_interface_mappings: {
    type: 'dict',
    default: {},
    help: 'Physical networks and the interface that leads to each: physnet1:eth0,physnet2:eth1',
  },
  bridge_mappings: {
    type: 'dict',
    default: {},
    help: 'Physical networks whose ports go into a bridge that exists already, in place of one of their own: physnet1:br0',
  },
});

/** [vxlan]: tunnels to other hosts. */
export const linuxbridgeVxlanOptions = defineOptions({
  enable_vxlan: { type: 'bool', default: false, help: 'Carry VXLAN networks' },
  local_ip: {
    type: 'string',
    default: null,
    help: 'IPv4 address of this host that its tunnels come from',
  },
  vxlan_group: {
    type: 'string',
    // the file of the ml2 plug-in may be given to the agent too
    default: '$ml2_type_vxlan.vxlan_group',
    help: 'Multicast group that takes broadcasts, or a prefix of which each network has one; hosts that are not in it (Open vSwitch) get a copy each; empty: every host does. Without effect with l2_population',
  },
  udp_dstport: {
    type: 'int',
    default: 8472,
    min: 1,
    max: 65535,
    help: 'UDP port of VXLAN; Open vSwitch speaks on 4789',
  },
  ttl: {
    type: 'int',
    default: 0,
    min: 0,
    max: 255,
    help: 'Time to live of tunnel packets; 0: as the kernel has it',
  },
  tos: { type: 'int', default: 0, min: 0, max: 255, help: 'Type of service of tunnel packets' },
  l2_population: {
    type: 'bool',
    default: false,
    help: 'Learn from the server who is where (mechanism driver l2population), and send broadcasts to those hosts only',
  },
  arp_responder: {
    type: 'bool',
    default: true,
    help: 'With l2_population: answer ARP requests for addresses on other hosts here',
  },
});

/** [agent]: how the agent works. */
export const linuxbridgeAgentOptions = defineOptions({
  polling_interval: {
    type: 'int',
    default: 2,
    min: 1,
    help: 'Seconds between two checks of ipsets and kernel settings, which tell nobody when they are changed by hand',
  },
});

/** [securitygroup]. */
export const linuxbridgeSecurityGroupOptions = defineOptions({
  ...securityGroupOptions,
  firewall_driver: {
    type: 'string',
    default: 'iptables',
    choices: [
      'iptables',
      'noop',
      'neutron.agent.linux.iptables_firewall.IptablesFirewallDriver',
      'neutron.agent.firewall.NoopFirewallDriver',
    ],
    help: 'What enforces them: iptables rules on the bridge of each network, or nothing',
  },
});
