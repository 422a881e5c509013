// When an agent counts as alive: its last heartbeat is young enough.
import type { Agent } from '../model/agent.ts';
import type { Env } from './work.ts';

/** Seconds since the agent's last heartbeat. */
export const silentFor = (agent: Pick<Agent, 'heartbeat_timestamp'>): number =>
  (Date.now() - Date.parse(`${agent.heartbeat_timestamp.replace(' ', 'T')}Z`)) / 1000;

/** Whether the agent's last heartbeat is at most `agent_down_time` seconds old. */
export const isAlive = (env: Pick<Env, 'settings'>, agent: Pick<Agent, 'heartbeat_timestamp'>): boolean =>
  silentFor(agent) <= env.settings.agent_down_time;

/** Alive and in service: new work may be given to it. */
export const isUsable = (env: Env, agent: Agent): boolean => agent.admin_state_up && isAlive(env, agent);

/** Whether the agent has what it was given: out of service it has nothing unless the configuration says otherwise. */
export const isServing = (env: Pick<Env, 'settings'>, agent: Pick<Agent, 'admin_state_up'>): boolean =>
  agent.admin_state_up || env.settings.enable_services_on_agents_with_admin_state_down;
