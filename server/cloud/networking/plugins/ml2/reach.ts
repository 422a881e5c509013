// Whether the L2 agent of a host reaches the segment of a network.
import type { Agent } from '../../../model/agent.ts';
import type { Network } from '../../../model/network.ts';
import { tunnelTypesOf } from '../../tunnels.ts';

/** Why not; undefined when it does. `mappings` are the agent's options that lead to physical networks. */
export function unreachable(network: Network, agent: Agent, mappings: readonly string[]): string | undefined {
  const type = network['provider:network_type'];
  const physical = network['provider:physical_network'] ?? '';
  const { configurations } = agent;
  if (type === 'flat' || type === 'vlan') {
    const told = mappings.map((option) => [option, configurations[option] ?? {}] as const);
    if (told.some(([, known]) => Object.hasOwn(known as object, physical))) return undefined;
    const options = told.map(([option, known]) => `${option} ${JSON.stringify(known)}`);
    return `physical network ${physical} is not in ${options.join(' or ')}`;
  }
  if (type === 'gre' || type === 'vxlan') {
    const types = tunnelTypesOf(configurations);
    return types.includes(type) ? undefined : `no ${type} in tunnel_types ${JSON.stringify(types)}`;
  }
  return undefined;
}
