// Watches for agents that fall silent: a timer set to the next moment at which one would be given up.
import { adminContext } from '../model/context.ts';
import { agents, networkAgents, routerAgents } from '../store/networking-tables.ts';
import { isUsable, silentFor } from './alive.ts';
import { failOver, isGivenUp, patience } from './failover.ts';
import { perform } from './perform.ts';
import type { Env } from './work.ts';

export interface AgentWatch {
  /** Looks now; the timer is set anew afterwards. */
  check(): Promise<void>;
  stop(): void;
}

/** Starts to watch. Nobody is given up before everybody had the time to report to this server. */
export function watchAgents(env: Env): AgentWatch {
  let timer: NodeJS.Timeout | undefined;
  let isStopped = false;
  /** Agents that were usable at the last look. */
  let known = new Set<string>();

  const arm = (seconds: number) => {
    clearTimeout(timer);
    if (!isStopped) timer = setTimeout(() => void check(), Math.max(seconds, 0.2) * 1000).unref();
  };

  async function look(): Promise<number> {
    const all = await env.store.read.all(agents);
    const usable = all.filter((agent) => isUsable(env, agent));
    const former = known;
    known = new Set(usable.map(({ id }) => id));
    const agent_id = all.filter((agent) => isGivenUp(env, agent)).map(({ id }) => id);
    const waiting = all.filter(({ id }) => !agent_id.includes(id));
    // one that reports from now on has at least as much time as is left until then
    const next = Math.min(patience(env), ...waiting.map((agent) => patience(env) - silentFor(agent) + 0.1));
    const held =
      (await env.store.read.count(networkAgents, { agent_id })) +
      (await env.store.read.count(routerAgents, { agent_id }));
    if (held === 0 || usable.length === 0) return next;
    // all were silent and the first are back: the queue or this server was away, so the others get the time to come back
    if (!usable.some(({ id }) => former.has(id))) return Math.min(next, env.settings.agent_down_time);
    await perform(env, adminContext(), failOver);
    return next;
  }

  async function check(): Promise<void> {
    try {
      arm(await look());
    } catch (error) {
      env.log.error(`Agents could not be looked after: ${error instanceof Error ? error.message : error}`);
      arm(env.settings.agent_down_time);
    }
  }

  arm(patience(env));
  return {
    check,
    stop() {
      isStopped = true;
      clearTimeout(timer);
    },
  };
}
