// One unit of work from begin to commit, and what follows the commit: messages to agents, in the order they arose.
import { randomUUID } from 'node:crypto';
import { neutronError } from '../model/errors.ts';
import { adminContext, type RequestContext } from '../model/context.ts';
import { changeLog } from '../store/networking-tables.ts';
import type { Rows } from '../store/rows.ts';
import { StoreUnavailable, TransientConflict, UniqueConflict } from '../store/store.ts';
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
      if (error instanceof TransientConflict) throw neutronError('RetryRequest');
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
  const done = await transaction(env, changeId, async (rows) => {
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
    await forget(env, changeId);
  }
  for (const follow of done.afterCommit) follow();
  return done.result;
}

function distinct(casts: readonly Cast[]): Cast[] {
  const seen = new Map(casts.map((cast) => [JSON.stringify(cast), cast]));
  return [...seen.values()];
}

/** Changes that may have been committed before the database went away, and that may still be in the table. */
const unsure = new WeakMap<Env, Set<string>>();

/** A transaction, and before the next one that succeeds is answered for: the messages of those that may have succeeded. */
async function transaction<T>(env: Env, changeId: string, work: (rows: Rows) => Promise<T>): Promise<T> {
  try {
    const done = await env.store.transaction(work);
    const open = unsure.get(env);
    if (open !== undefined && unsure.delete(env))
      await sendOwedMessages(env, [...open]).catch(() => unsure.set(env, open));
    return done;
  } catch (error) {
    if (error instanceof StoreUnavailable) suspect(env, changeId);
    throw error;
  }
}

function suspect(env: Env, changeId: string): void {
  unsure.set(env, (unsure.get(env) ?? new Set()).add(changeId));
}

/** The change is done whether or not this works: what stays is sent once more, which changes nothing. */
const forget = (env: Env, id: string) =>
  env.store.read.remove(changeLog, { id }).catch((error: unknown) => {
    suspect(env, id);
    env.log.warning(`A sent change stays in change_log for now: ${String(error)}`);
  });

/** Sends what a killed server (or database) had committed but nobody sent; default: all there is. */
export async function sendOwedMessages(env: Env, ids?: readonly string[]): Promise<void> {
  for (const entry of await env.store.read.all(changeLog, ids === undefined ? {} : { id: ids })) {
    for (const message of entry.messages) env.messages.cast(message as Cast, adminContext());
    await env.store.read.remove(changeLog, { id: entry.id });
  }
}
