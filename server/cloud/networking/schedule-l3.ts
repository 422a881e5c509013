// Which L3 agent serves a router.
import type { Agent } from '../model/agent.ts';
import { agents, floatingips, routerAgents } from '../store/networking-tables.ts';
import { isUsable } from './alive.ts';
import { bindRouterPorts } from './router-ports.ts';
import type { Work } from './work.ts';

/** Gives a router that no agent serves to the usable L3 agent with the fewest routers. */
export async function scheduleRouter(work: Work, router_id: string): Promise<void> {
  if ((await work.rows.count(routerAgents, { router_id })) > 0) return;
  const all = await work.rows.all(agents, { agent_type: 'L3 agent' });
  const usable = all.filter((agent) => isUsable(work.env, agent));
  const loads = await Promise.all(usable.map(({ id }) => work.rows.count(routerAgents, { agent_id: id })));
  const order = usable
    .map((agent, index) => ({ agent, load: loads[index]! }))
    .sort((one, other) => one.load - other.load);
  const [least] = order;
  if (least !== undefined) await bindRouter(work, router_id, least.agent);
}

/** Lets an agent serve a router: its ports move to the agent's host. Whoever calls tells the agent. */
export async function bindRouter(work: Work, router_id: string, agent: Agent): Promise<void> {
  await work.rows.insert(routerAgents, { router_id, agent_id: agent.id });
  await bindRouterPorts(work, router_id);
}

/** Takes a router from an agent and tells it; the floating IPs are down then. */
export async function unbindRouter(work: Work, router_id: string, agent: Agent): Promise<void> {
  await work.rows.remove(routerAgents, { router_id, agent_id: agent.id });
  await work.rows.update(floatingips, { router_id }, { status: 'DOWN' });
  await bindRouterPorts(work, router_id);
  work.casts.push({ topic: 'l3_agent', method: 'router_deleted', args: { router_id }, server: agent.host });
}
