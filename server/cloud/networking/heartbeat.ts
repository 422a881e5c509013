// Heartbeats of agents: they make the agent's row, keep it alive, and bring work that waited for an agent.
import { randomUUID } from 'node:crypto';
import { isRouterPort } from '../model/device-owners.ts';
import type { Agent } from '../model/agent.ts';
import type { AgentState } from '../model/specs.ts';
import {
  agents,
  distributedPortBindings,
  networkAgents,
  networks,
  ports,
  routerAgents,
  routers,
  subnets,
} from '../store/networking-tables.ts';
import { isAlive } from './alive.ts';
import { isDistributing } from './l3-candidates.ts';
import { perform } from './perform.ts';
import { scheduleNetwork, syncDhcpPorts } from './schedule-dhcp.ts';
import { scheduleRouter } from './schedule-l3.ts';
import { tunnelEndChanged } from './tunnels.ts';
import type { RequestContext } from '../model/context.ts';
import type { Env, Work } from './work.ts';

/** A time as agents show it: UTC with a blank. */
const agentTime = (date = new Date()) => date.toISOString().slice(0, 19).replace('T', ' ');

/** Takes a heartbeat; 'new' when the agent was not known or not alive before, else 'alive'. */
export function reportState(env: Env, context: RequestContext, state: AgentState): Promise<'new' | 'alive'> {
  return perform(env, context, async (work) => {
    const { agent_type, host } = state;
    const known = await work.rows.find(agents, { agent_type, host });
    const isBack = known === undefined || !isAlive(env, known) || state.start_flag === true;
    const agent = await keep(work, known, state);
    await tunnelEndChanged(work, known, agent);
    if (isBack) await giveWaitingWork(work, agent);
    return known === undefined || !isAlive(env, known) ? 'new' : 'alive';
  });
}

async function keep(work: Work, known: Agent | undefined, state: AgentState): Promise<Agent> {
  const now = agentTime();
  const said = {
    binary: state.binary,
    topic: state.topic,
    availability_zone: state.availability_zone ?? null,
    configurations: state.configurations,
    heartbeat_timestamp: now,
    ...(state.start_flag && { started_at: now }),
  };
  if (known !== undefined) {
    await work.rows.update(agents, { id: known.id }, said);
    return { ...known, ...said };
  }
  const agent: Agent = {
    id: randomUUID(),
    agent_type: state.agent_type,
    host: state.host,
    admin_state_up: true,
    created_at: now,
    started_at: now,
    description: null,
    ...said,
  };
  await work.rows.insert(agents, agent);
  return agent;
}

/** What could not be given to an agent while there was none: networks, routers, bindings of ports. */
async function giveWaitingWork(work: Work, agent: Agent): Promise<void> {
  if (agent.agent_type === 'DHCP agent') {
    const served = await work.rows.all(subnets, { enable_dhcp: true });
    for (const network_id of new Set(served.map((subnet) => subnet.network_id)))
      await scheduleNetwork(work, network_id);
  } else if (agent.agent_type === 'L3 agent') {
    for (const router of await work.rows.all(routers)) {
      await scheduleRouter(work, router);
      if (router.distributed && isDistributing(agent)) work.routers.add(router.id);
    }
  } else if (agent.topic === 'N/A') await bindFailedPorts(work, agent.host);
}

/** Ports of the host that could not be bound without this L2 agent. */
async function bindFailedPorts(work: Work, host: string): Promise<void> {
  const failed = await work.rows.all(ports, {
    'binding:host_id': host,
    'binding:vif_type': 'binding_failed',
  });
  for (const port of failed) {
    if (isRouterPort(port.device_owner)) work.routers.add(port.device_id);
    else {
      const network = await work.rows.find(networks, { id: port.network_id });
      await work.rows.update(ports, { id: port.id }, await work.env.plugin.bindPort(work, port, network!));
    }
  }
  const distributed = await work.rows.all(distributedPortBindings, { host, vif_type: 'binding_failed' });
  for (const { router_id } of distributed) work.routers.add(router_id);
}

/** The DHCP agent of a host, and the networks it serves. */
export async function networksServedOn(work: Work, host: string): Promise<string[]> {
  const agent = await work.rows.find(agents, { agent_type: 'DHCP agent', host });
  if (agent === undefined) return [];
  const served = (await work.rows.all(networkAgents, { agent_id: agent.id })).map(
    ({ network_id }) => network_id,
  );
  for (const network_id of served) await syncDhcpPorts(work, network_id);
  return served;
}

/** The routers that the L3 agent of a host serves. */
export async function routersServedOn(work: Pick<Work, 'rows'>, host: string): Promise<string[]> {
  const agent = await work.rows.find(agents, { agent_type: 'L3 agent', host });
  return agent === undefined ? [] : routersServedBy(work, agent);
}

/** The routers scheduled to an L3 agent, and the distributed ones that came to its host with their ports. */
export async function routersServedBy({ rows }: Pick<Work, 'rows'>, agent: Agent): Promise<string[]> {
  const scheduled = await rows.all(routerAgents, { agent_id: agent.id });
  const distributed = isDistributing(agent)
    ? await rows.all(distributedPortBindings, { host: agent.host })
    : [];
  return [...new Set([...scheduled, ...distributed].map(({ router_id }) => router_id))];
}
