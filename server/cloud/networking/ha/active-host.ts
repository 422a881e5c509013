// The host of a highly available router that is active, as far as its agents tell.
import { agents, routerAgents } from '../../store/networking-tables.ts';
import { isAlive } from '../alive.ts';
import { routerPorts } from '../router-ports.ts';
import type { Work } from '../work.ts';

/**
 * One that says so and is alive; when several do, the one the ports are bound to already, so that they do not go to and
 * fro. Empty when no agent has the router.
 */
export async function activeHost(work: Work, router_id: string): Promise<string> {
  const bound = await work.rows.all(routerAgents, { router_id });
  const all = await work.rows.all(agents, { id: bound.map(({ agent_id }) => agent_id) });
  const current = (await routerPorts(work, router_id))[0]?.['binding:host_id'] ?? '';
  const ranked = all
    .map((agent) => {
      const isActive = bound.find(({ agent_id }) => agent_id === agent.id)?.ha_state === 'active';
      const rank =
        Number(isActive) * 4 + Number(isAlive(work.env, agent)) * 2 + Number(agent.host === current);
      return { host: agent.host, rank };
    })
    .sort((one, other) => other.rank - one.rank || (one.host < other.host ? -1 : 1));
  return ranked[0]?.host ?? '';
}
