// Ports plugged into the integration bridge of a host with an Open vSwitch agent.
import type { MechanismDriver } from '../mechanism-driver.ts';

/** Binds flat and vlan where the agent has a bridge for the physical network, tunnels where it speaks the type, local always. */
export const openvswitchMechanism: MechanismDriver = {
  name: 'openvswitch',
  agent_type: 'Open vSwitch agent',
  bind(_port, network, agent) {
    const { configurations } = agent;
    const type = network['provider:network_type'];
    const physical = network['provider:physical_network'];
    const mappings = (configurations.bridge_mappings ?? {}) as Record<string, string>;
    const tunnels = (configurations.tunnel_types ?? []) as string[];
    if ((type === 'flat' || type === 'vlan') && mappings[physical ?? ''] === undefined)
      return {
        refusal: `no bridge for physical network ${physical} in bridge_mappings ${JSON.stringify(mappings)}`,
      };
    if ((type === 'gre' || type === 'vxlan') && !tunnels.includes(type))
      return { refusal: `no ${type} in tunnel_types ${JSON.stringify(tunnels)}` };
    return {
      vif_type: 'ovs',
      vif_details: {
        connectivity: 'l2',
        port_filter: true,
        ovs_hybrid_plug: configurations.ovs_hybrid_plug !== false,
        datapath_type: configurations.datapath_type ?? 'system',
        bridge_name: configurations.integration_bridge ?? 'br-int',
        bound_drivers: { '0': 'openvswitch' },
      },
    };
  },
};
