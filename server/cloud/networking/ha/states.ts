// Who is active: agents tell it of each highly available router, and the router's ports follow.
import type { RequestContext } from '../../model/context.ts';
import { agents, routerAgents, routers } from '../../store/networking-tables.ts';
import { perform } from '../perform.ts';
import { bindPortsTo, routerPorts } from '../router-ports.ts';
import type { Env } from '../work.ts';
import { activeHost } from './active-host.ts';

/** States of the routers on a host: `active`, `standby`, or what else its agent found. */
export function haStatesReported(
  env: Env,
  context: RequestContext,
  { host, states }: { host: string; states: Readonly<Record<string, string>> },
): Promise<void> {
  return perform(env, context, async (work) => {
    const agent = await work.rows.find(agents, { agent_type: 'L3 agent', host });
    if (agent === undefined) return;
    const served = await work.rows.all(routerAgents, { agent_id: agent.id, router_id: Object.keys(states) });
    for (const { router_id, ha_state: was } of served) {
      const ha_state = states[router_id]!;
      if (was !== ha_state)
        await work.rows.update(routerAgents, { router_id, agent_id: agent.id }, { ha_state });
      const router = await work.rows.find(routers, { id: router_id });
      if (!router?.ha) continue;
      // whoever became active last has it, even while another has not told yet that it lost
      const isNew = ha_state === 'active' && was !== 'active';
      const home = isNew ? host : await activeHost(work, router_id);
      await bindPortsTo(work, await routerPorts(work, router_id), home);
    }
  });
}
