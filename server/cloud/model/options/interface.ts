// Options that the DHCP and the L3 agent have in common: how they plug devices and where they keep their files.
import { defineOptions } from '../../../lib/config.ts';

export const interfaceOptions = defineOptions({
  interface_driver: {
    type: 'string',
    default: 'neutron.agent.linux.interface.OVSInterfaceDriver',
    choices: [
      'neutron.agent.linux.interface.OVSInterfaceDriver',
      'neutron.agent.linux.interface.BridgeInterfaceDriver',
      'openvswitch',
      'linuxbridge',
    ],
    help: 'How devices are plugged: as ports of an Open vSwitch bridge, or by veth pairs into Linux bridges',
  },
  ovs_integration_bridge: {
    type: 'string',
    default: 'br-int',
    help: 'Open vSwitch bridge that ports go into',
  },
  use_namespaces: {
    type: 'bool',
    default: true,
    help: 'Give every network and router a network namespace of its own, so that addresses may overlap',
  },
  state_path: { type: 'string', default: '/var/lib/neutron', help: 'Folder of files that outlive the agent' },
  report_interval: {
    type: 'int',
    default: 30,
    min: 1,
    help: 'Seconds between reports of state to the server',
  },
  resync_interval: {
    type: 'int',
    default: 30,
    min: 1,
    help: 'Seconds between full comparisons with the server',
  },
  metadata_proxy_socket: {
    type: 'string',
    default: '$state_path/metadata_proxy',
    help: 'UNIX socket of the metadata agent',
  },
  metadata_proxy_user: { type: 'string', default: 'neutron', help: 'User the metadata proxies run as' },
  metadata_proxy_group: { type: 'string', default: 'neutron', help: 'Group the metadata proxies run as' },
  external_pids: {
    type: 'string',
    default: '$state_path/external/pids',
    help: 'Folder of PID files of proxies',
  },
});
