// Ports plugged into the integration bridge of a host with an Open vSwitch agent.
import type { Settings } from '../../../settings.ts';
import { l2Agents } from '../../../tunnels.ts';
import type { MechanismDriver } from '../mechanism-driver.ts';
import { unreachable } from '../reach.ts';

/** Binds flat and vlan where the agent has a bridge for the physical network, tunnels where it speaks the type, local always. */
export const openvswitchMechanism = ({ enable_security_group }: Settings): MechanismDriver => ({
  name: 'openvswitch',
  agent_type: l2Agents.openvswitch,
  bind(network, agent) {
    const refusal = unreachable(network, agent, ['bridge_mappings']);
    if (refusal !== undefined) return { refusal };
    const { configurations } = agent;
    return {
      vif_type: 'ovs',
      vif_details: {
        connectivity: 'l2',
        port_filter: enable_security_group,
        ovs_hybrid_plug: configurations.ovs_hybrid_plug !== false,
        datapath_type: configurations.datapath_type ?? 'system',
        bridge_name: configurations.integration_bridge ?? 'br-int',
        bound_drivers: { '0': 'openvswitch' },
      },
    };
  },
});
