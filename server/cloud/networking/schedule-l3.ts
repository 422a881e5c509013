// Which L3 agents serve a router.
import type { Agent } from '../model/agent.ts';
import type { Router } from '../model/router.ts';
import { distributedPortBindings, floatingips, routerAgents, routers } from '../store/networking-tables.ts';
import { isUsable } from './alive.ts';
import { isDistributing, l3Agents, suits } from './l3-candidates.ts';
import { inOrder } from './load-order.ts';
import { gatewayNetworkOf } from './router-ports.ts';
import type { Work } from './work.ts';
import { inZones, spread } from './zones.ts';

/**
 * Gives a router the agents it lacks; agents that cannot serve it (any more) lose it when another can. A distributed
 * router needs one only for its gateway: the other hosts follow from the ports on its subnets.
 */
export async function scheduleRouter(work: Work, router: Router): Promise<void> {
  const bound = new Set(
    (await work.rows.all(routerAgents, { router_id: router.id })).map(({ agent_id }) => agent_id),
  );
  const external = await gatewayNetworkOf(work, router);
  const all = await l3Agents(work);
  const serving = all.filter(({ id }) => bound.has(id));
  if (router.distributed && external === undefined) {
    for (const agent of serving) await unbindRouter(work, router, agent);
    return;
  }
  const hints = router.availability_zone_hints;
  const fitting = inZones(all, hints).filter((agent) => suits(agent, router, external));
  const candidates = fitting.filter((agent) => !bound.has(agent.id) && isUsable(work.env, agent));
  const misfits = candidates.length > 0 ? serving.filter((agent) => !fitting.includes(agent)) : [];
  for (const agent of misfits) await unbindRouter(work, router, agent);
  const most = work.env.settings.max_l3_agents_per_router || all.length;
  const missing = (router.ha ? most : 1) - (serving.length - misfits.length);
  if (missing <= 0) return;
  const order = await inOrder(work, routerAgents, candidates);
  const staying = serving.filter((agent) => !misfits.includes(agent));
  for (const agent of spread(order, { serving: staying, hints, count: missing }))
    await bindRouter(work, router, agent);
}

/**
 * An L3 agent came into service: routers that lack an agent get one, if that is not switched off; distributed ones come
 * to its host if it has a use for them.
 */
export async function scheduleRouters(work: Work, agent: Agent): Promise<void> {
  for (const router of await work.rows.all(routers)) {
    if (work.env.settings.router_auto_schedule) await scheduleRouter(work, router);
    if (router.distributed && isDistributing(agent)) work.routers.add(router.id);
  }
  // it may have been started in another mode than before
  for (const { router_id } of await work.rows.all(distributedPortBindings, { host: agent.host }))
    work.routers.add(router_id);
}

/** Lets an agent serve a router; its ports follow before the commit. */
export async function bindRouter(work: Work, router: Pick<Router, 'id' | 'ha'>, agent: Agent): Promise<void> {
  const ha_state = router.ha ? 'standby' : null;
  await work.rows.insert(routerAgents, { router_id: router.id, agent_id: agent.id, ha_state });
  work.routers.add(router.id);
}

/** Takes a router from an agent and tells it; the floating IPs that it translated are down then. */
export async function unbindRouter(
  work: Work,
  router: Pick<Router, 'id' | 'distributed' | 'ha'>,
  agent: Agent,
): Promise<void> {
  await work.rows.remove(routerAgents, { router_id: router.id, agent_id: agent.id });
  if (!router.distributed && !router.ha)
    await work.rows.update(floatingips, { router_id: router.id }, { status: 'DOWN' });
  work.casts.push({
    topic: 'l3_agent',
    method: 'router_deleted',
    args: { router_id: router.id },
    server: agent.host,
  });
  work.routers.add(router.id);
}
