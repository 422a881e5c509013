// Agents: made by their heartbeats, seen by administrators, taken out of service, forgotten.
import type { UpdateOf } from '../../../lib/resource.ts';
import type { agent, Agent } from '../../model/agent.ts';
import { neutronError } from '../../model/errors.ts';
import {
  distributedPortBindings,
  networkAgents,
  routerAgents,
  routers,
} from '../../store/networking-tables.ts';
import { isAlive, isServing } from '../alive.ts';
import { failOver } from '../failover.ts';
import { routersServedBy } from '../served.ts';
import { scheduleNetworks, tellAgent, unbindNetwork } from '../schedule-dhcp.ts';
import { scheduleRouters, unbindRouter } from '../schedule-l3.ts';
import { tunnelEndChanged } from '../tunnels.ts';
import type { Item, Rules, Work } from '../work.ts';

export const agentRules: Rules<Agent, Item, UpdateOf<typeof agent>> = {
  notFound: (id) => neutronError('AgentNotFound', { id }),

  // a member asks in vain, but without an error
  scope: () => [],

  decorate: async (_rows, list, env) => list.map((row) => ({ alive: isAlive(env, row) })),

  async afterUpdate(work, row, before) {
    if (row.admin_state_up === before.admin_state_up) return;
    await failOver(work);
    await tellOfService(work, row);
    if (!row.admin_state_up) return;
    if (row.agent_type === 'DHCP agent') await scheduleNetworks(work);
    if (row.agent_type === 'L3 agent') await scheduleRouters(work, row);
  },

  async beforeDelete(work, row) {
    for (const { network_id } of await work.rows.all(networkAgents, { agent_id: row.id }))
      await unbindNetwork(work, network_id, row);
    const served = await work.rows.all(routerAgents, { agent_id: row.id });
    for (const router of await work.rows.all(routers, { id: served.map(({ router_id }) => router_id) }))
      await unbindRouter(work, router, row);
    if (row.agent_type !== 'L3 agent') return;
    for (const { router_id } of await work.rows.all(distributedPortBindings, { host: row.host }))
      work.routers.add(router_id);
  },

  afterDelete: (work, row) => tunnelEndChanged(work, row, undefined),
};

/** The agent looks again at what it still has: out of service that is nothing. */
async function tellOfService(work: Work, agent: Agent): Promise<void> {
  const isUp = isServing(work.env, agent);
  if (agent.agent_type === 'DHCP agent')
    for (const { network_id } of await work.rows.all(networkAgents, { agent_id: agent.id }))
      tellAgent(work, isUp ? 'network_create_end' : 'network_delete_end', network_id, agent.host);
  if (agent.agent_type !== 'L3 agent') return;
  for (const router_id of await routersServedBy(work, agent))
    work.casts.push({
      topic: 'l3_agent',
      server: agent.host,
      ...(isUp
        ? { method: 'routers_updated', args: { routers: [router_id] } }
        : { method: 'router_deleted', args: { router_id } }),
    });
}
