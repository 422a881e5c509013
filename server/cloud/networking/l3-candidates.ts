// Which L3 agents may serve a router, by what they report of their configuration.
import type { Agent } from '../model/agent.ts';
import type { Router } from '../model/router.ts';
import { agents } from '../store/networking-tables.ts';
import type { Work } from './work.ts';

/** `legacy`, `dvr` or `dvr_snat`. */
export const modeOf = ({ configurations }: Pick<Agent, 'configurations'>): string =>
  String(configurations.agent_mode ?? 'legacy');

/** Whether distributed routers come to the agent's host with the ports that use them. */
export const isDistributing = (agent: Pick<Agent, 'configurations'>): boolean =>
  modeOf(agent).startsWith('dvr');

/** Whether the agent, alive or not, can serve the router (of a distributed one: translate for it). */
export function suits(
  agent: Pick<Agent, 'configurations'>,
  router: Pick<Router, 'id' | 'distributed'>,
  external_network_id: string | undefined,
): boolean {
  const { configurations } = agent;
  const mode = modeOf(agent);
  if (mode !== 'dvr_snat' && (router.distributed || mode !== 'legacy')) return false;
  if (configurations.use_namespaces === false && configurations.router_id !== router.id) return false;
  if (external_network_id === undefined) return configurations.handle_internal_only_routers !== false;
  const only = configurations.gateway_external_network_id;
  return typeof only !== 'string' || only === '' || only === external_network_id;
}

/** All L3 agents there are. */
export const l3Agents = ({ rows }: Pick<Work, 'rows'>): Promise<Agent[]> =>
  rows.all(agents, { agent_type: 'L3 agent' }, { orderBy: [{ column: 'id' }] });
