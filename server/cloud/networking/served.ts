// What the agents of a host serve.
import type { Agent } from '../model/agent.ts';
import { agents, distributedPortBindings, networkAgents, routerAgents } from '../store/networking-tables.ts';
import { isServing } from './alive.ts';
import { isDistributing } from './l3-candidates.ts';
import { syncDhcpPorts } from './schedule-dhcp.ts';
import type { Work } from './work.ts';

/** The DHCP agent of a host, and the networks it serves. */
export async function networksServedOn(work: Work, host: string): Promise<string[]> {
  const agent = await work.rows.find(agents, { agent_type: 'DHCP agent', host });
  if (agent === undefined || !isServing(work.env, agent)) return [];
  const served = (await work.rows.all(networkAgents, { agent_id: agent.id })).map(
    ({ network_id }) => network_id,
  );
  for (const network_id of served) await syncDhcpPorts(work, network_id);
  return served;
}

/** The routers that the L3 agent of a host serves. */
export async function routersServedOn(work: Pick<Work, 'rows' | 'env'>, host: string): Promise<string[]> {
  const agent = await work.rows.find(agents, { agent_type: 'L3 agent', host });
  return agent === undefined || !isServing(work.env, agent) ? [] : routersServedBy(work, agent);
}

/** The routers scheduled to an L3 agent, and the distributed ones that came to its host with their ports. */
export async function routersServedBy({ rows }: Pick<Work, 'rows'>, agent: Agent): Promise<string[]> {
  const scheduled = await rows.all(routerAgents, { agent_id: agent.id });
  const distributed = isDistributing(agent)
    ? await rows.all(distributedPortBindings, { host: agent.host })
    : [];
  return [...new Set([...scheduled, ...distributed].map(({ router_id }) => router_id))];
}
