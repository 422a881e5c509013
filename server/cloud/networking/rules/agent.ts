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
import { isAlive } from '../alive.ts';
import { unbindNetwork } from '../schedule-dhcp.ts';
import { unbindRouter } from '../schedule-l3.ts';
import { tunnelEndChanged } from '../tunnels.ts';
import type { Item, Rules } from '../work.ts';

export const agentRules: Rules<Agent, Item, UpdateOf<typeof agent>> = {
  notFound: (id) => neutronError('AgentNotFound', { id }),

  // a member asks in vain, but without an error
  scope: (query) => query.where('id', '=', ''),

  decorate: async (_rows, list, env) => list.map((row) => ({ alive: isAlive(env, row) })),

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
