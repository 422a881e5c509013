// What happens to the networks and routers of agents that are dead or out of service: others take them over.
import type { Agent } from '../model/agent.ts';
import { agents, networkAgents, networks, routerAgents, routers } from '../store/networking-tables.ts';
import { isServing, isUsable, silentFor } from './alive.ts';
import { l3Agents, suits } from './l3-candidates.ts';
import { inOrder } from './load-order.ts';
import { gatewayNetworkOf } from './router-ports.ts';
import { moveNetwork } from './schedule-dhcp.ts';
import { bindRouter, unbindRouter } from './schedule-l3.ts';
import type { Env, Work } from './work.ts';
import { inZones } from './zones.ts';

/** Seconds of silence after which an agent is given up: longer than it takes to count as dead, for the queue may be away. */
export const patience = (env: Pick<Env, 'settings'>): number => 2 * env.settings.agent_down_time;

/** Whether the agent's work may go to others: it has been silent for too long, or an administrator took it out. */
export const isGivenUp = (env: Env, agent: Agent): boolean =>
  silentFor(agent) > patience(env) || (!agent.admin_state_up && !isServing(env, agent));

/** Moves work of agents that are given up, as far as the options allow and others can take it. */
export async function failOver(work: Work): Promise<void> {
  const { allow_automatic_dhcp_failover, allow_automatic_l3agent_failover } = work.env.settings;
  if (allow_automatic_dhcp_failover) await moveNetworks(work);
  if (allow_automatic_l3agent_failover) await moveRouters(work);
}

async function moveNetworks(work: Work): Promise<void> {
  const all = await work.rows.all(agents, { agent_type: 'DHCP agent' });
  const usable = all.filter((agent) => isUsable(work.env, agent));
  for (const from of all.filter((agent) => isGivenUp(work.env, agent)))
    for (const { network_id } of await work.rows.all(networkAgents, { agent_id: from.id })) {
      const serving = await work.rows.all(networkAgents, { network_id });
      const hints = (await work.rows.find(networks, { id: network_id }))?.availability_zone_hints ?? [];
      const free = inZones(usable, hints).filter(
        ({ id }) => !serving.some(({ agent_id }) => agent_id === id),
      );
      const [to] = await inOrder(work, networkAgents, free);
      if (to !== undefined) await moveNetwork(work, network_id, { from, to });
    }
}

async function moveRouters(work: Work): Promise<void> {
  const all = await l3Agents(work);
  const usable = all.filter((agent) => isUsable(work.env, agent));
  for (const from of all.filter((agent) => isGivenUp(work.env, agent))) {
    const held = await work.rows.all(routerAgents, { agent_id: from.id });
    for (const router of await work.rows.all(routers, { id: held.map(({ router_id }) => router_id) })) {
      const external = await gatewayNetworkOf(work, router);
      const serving = await work.rows.all(routerAgents, { router_id: router.id });
      const free = inZones(usable, router.availability_zone_hints).filter(
        (agent) => suits(agent, router, external) && !serving.some(({ agent_id }) => agent_id === agent.id),
      );
      const [to] = await inOrder(work, routerAgents, free);
      if (to === undefined) continue;
      await unbindRouter(work, router, from);
      await bindRouter(work, router, to);
    }
  }
}
