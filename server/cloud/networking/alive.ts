// When an agent counts as alive: its last heartbeat is young enough.
import type { Agent } from '../model/agent.ts';
import type { Env } from './work.ts';

/** Whether the agent's last heartbeat is at most `agent_down_time` seconds old. */
export function isAlive(env: Pick<Env, 'settings'>, agent: Pick<Agent, 'heartbeat_timestamp'>): boolean {
  const heartbeatAt = Date.parse(`${agent.heartbeat_timestamp.replace(' ', 'T')}Z`);
  return Date.now() - heartbeatAt <= env.settings.agent_down_time * 1000;
}

/** Alive and in service: new work may be given to it. */
export const isUsable = (env: Env, agent: Agent): boolean => agent.admin_state_up && isAlive(env, agent);
