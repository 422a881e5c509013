// How the host of a port is to plug it: the mechanisms are asked in their order.
import type { Agent } from '../../../model/agent.ts';
import { gatewayOwner } from '../../../model/device-owners.ts';
import type { Network } from '../../../model/network.ts';
import type { Port } from '../../../model/port.ts';
import { agents } from '../../../store/networking-tables.ts';
import { isAlive } from '../../alive.ts';
import { l2Agents } from '../../tunnels.ts';
import { remembered } from '../../rules/load.ts';
import type { CorePlugin, Work } from '../../work.ts';
import type { MechanismDriver } from './mechanism-driver.ts';

/** An L3 agent with `external_network_bridge` plugs gateways there itself, whatever the L2 agent maps. */
function externalBridge(known: readonly Agent[]) {
  const agentOf = (type: string) => known.find(({ agent_type }) => agent_type === type);
  const bridge = agentOf('L3 agent')?.configurations.external_network_bridge;
  if (typeof bridge !== 'string' || bridge === '') return undefined;
  const isLinuxBridge = agentOf(l2Agents.linuxbridge) !== undefined && !agentOf(l2Agents.openvswitch);
  return {
    'binding:vif_type': isLinuxBridge ? 'bridge' : 'ovs',
    'binding:vif_details': { connectivity: 'l2', port_filter: false, bridge_name: bridge },
  };
}

/** The first mechanism whose agent is alive on the host and can wire the port wins. */
export async function bindPort(
  work: Work,
  mechanisms: readonly MechanismDriver[],
  port: Port,
  network: Network,
): ReturnType<CorePlugin['bindPort']> {
  const host = port['binding:host_id'] ?? '';
  const known = await remembered(work, `agents on ${host}`, () => work.rows.all(agents, { host }));
  const direct = port.device_owner === gatewayOwner ? externalBridge(known) : undefined;
  if (direct !== undefined) return direct;
  const reasons: string[] = [];
  for (const mechanism of mechanisms) {
    const agent = known.find(({ agent_type }) => agent_type === mechanism.agent_type);
    if (agent === undefined) reasons.push(`${mechanism.name}: no ${mechanism.agent_type} on host ${host}`);
    else if (!isAlive(work.env, agent))
      reasons.push(`${mechanism.name}: the ${mechanism.agent_type} on host ${host} is dead`);
    else {
      const attempt = mechanism.bind(network, agent);
      if ('vif_type' in attempt)
        return { 'binding:vif_type': attempt.vif_type, 'binding:vif_details': attempt.vif_details };
      reasons.push(`${mechanism.name}: ${attempt.refusal}`);
    }
  }
  const segment = `${network['provider:network_type']} network ${network.id}`;
  const why = reasons.length > 0 ? reasons.join('; ') : 'no mechanism driver is loaded';
  work.env.log.error(`Failed to bind port ${port.id} on host ${host} to ${segment}: ${why}`, {
    request_id: work.context.request_id,
  });
  return { 'binding:vif_type': 'binding_failed', 'binding:vif_details': {} };
}
