// Ports plugged into a Linux bridge per network on a host with a Linux bridge agent.
import type { Settings } from '../../../settings.ts';
import { l2Agents } from '../../../tunnels.ts';
import type { MechanismDriver } from '../mechanism-driver.ts';
import { unreachable } from '../reach.ts';

/** Binds flat and vlan where the agent has an interface or bridge for the physical network, vxlan where it is on, local always. */
export const linuxbridgeMechanism = ({ enable_security_group }: Settings): MechanismDriver => ({
  name: 'linuxbridge',
  agent_type: l2Agents.linuxbridge,
  bind(network, agent) {
    const refusal = unreachable(network, agent, ['interface_mappings', 'bridge_mappings']);
    if (refusal !== undefined) return { refusal };
    return {
      vif_type: 'bridge',
      vif_details: {
        connectivity: 'l2',
        port_filter: enable_security_group,
        bound_drivers: { '0': 'linuxbridge' },
      },
    };
  },
});
