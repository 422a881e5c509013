// One unit of work from begin to commit, and what follows the commit: messages to agents, in the order they arose.
import { randomUUID } from 'node:crypto';
import { neutronError } from '../model/errors.ts';
import { adminContext, type RequestContext } from '../model/context.ts';
import { changeLog } from '../store/networking-tables.ts';
import { UniqueConflict } from '../store/store.ts';
import { settleRouters } from './settle-routers.ts';
import type { Cast, Env, Work } from './work.ts';

/** Often enough for 64 callers after the same address. */
const attempts = 10;

/** A time as the API writes it. */
export const timestamp = (date = new Date()): string => `${date.toISOString().slice(0, 19)}Z`;

/**
 * Runs `action` in one transaction and, once it is committed, sends what it owes. When somebody else took a unique key
 * meanwhile (an address, a VLAN) the whole action runs again and finds the next free one.
 */
export async function perform<T>(
  env: Env,
  context: RequestContext,
  action: (work: Work) => Promise<T>,
): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await performOnce(env, context, action);
    } catch (error) {
      if (!(error instanceof UniqueConflict)) throw error;
      if (attempt >= attempts) throw neutronError('RetryRequest');
    }
  }
}

async function performOnce<T>(
  env: Env,
  context: RequestContext,
  action: (work: Work) => Promise<T>,
): Promise<T> {
  const changeId = randomUUID();
  const done = await env.store.transaction(async (rows) => {
    const work: Work = {
      rows,
      context,
      env,
      now: timestamp(),
      casts: [],
      routers: new Set(),
      afterCommit: [],
      memo: new Map(),
    };
    const result = await action(work);
    await settleRouters(work);
    await env.plugin.population?.settle(work);
    const casts = distinct(work.casts);
    if (casts.length > 0) await rows.insert(changeLog, { id: changeId, messages: casts });
    return { result, casts, afterCommit: work.afterCommit };
  });
  if (done.casts.length > 0) {
    for (const message of done.casts) env.messages.cast(message, context);
    await env.store.read.remove(changeLog, { id: changeId });
  }
  for (const follow of done.afterCommit) follow();
  return done.result;
}

function distinct(casts: readonly Cast[]): Cast[] {
  const seen = new Map(casts.map((cast) => [JSON.stringify(cast), cast]));
  return [...seen.values()];
}

/** Sends what a killed server had committed but not sent. */
export async function sendOwedMessages(env: Env): Promise<void> {
  for (const entry of await env.store.read.all(changeLog)) {
    for (const message of entry.messages) env.messages.cast(message as Cast, adminContext());
    await env.store.read.remove(changeLog, { id: entry.id });
  }
}
