// Heartbeats of agents: they make the agent's row, keep it alive, and bring work that waited for an agent.
import { randomUUID } from 'node:crypto';
import { isRouterPort } from '../model/device-owners.ts';
import type { Agent } from '../model/agent.ts';
import type { AgentState } from '../model/specs.ts';
import { agents, distributedPortBindings, networks, ports } from '../store/networking-tables.ts';
import { isAlive } from './alive.ts';
import { perform } from './perform.ts';
import { scheduleNetworks } from './schedule-dhcp.ts';
import { scheduleRouters } from './schedule-l3.ts';
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

/** What could not be given to an agent while there was none: bindings of ports, networks and routers where it is allowed. */
async function giveWaitingWork(work: Work, agent: Agent): Promise<void> {
  if (agent.topic === 'N/A') await bindFailedPorts(work, agent.host);
  if (agent.agent_type === 'DHCP agent') await scheduleNetworks(work);
  if (agent.agent_type === 'L3 agent') await scheduleRouters(work, agent);
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
