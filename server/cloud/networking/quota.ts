// How many of each resource a project may have: configured limits, and those set for one project.
import { pythonRepr } from '../../lib/python-repr.ts';
import { neutronError } from '../model/errors.ts';
import { resources } from '../model/index.ts';
import { quotaLimits } from '../store/networking-tables.ts';
import type { Rows } from '../store/rows.ts';
import { insertedInto } from '../store/statements.ts';
import { tablesByName } from './tables.ts';
import type { Env, Work } from './work.ts';

/** Names of the resources that are counted. */
export const countedResources = resources.filter(({ quota }) => quota).map(({ name }) => name);

/** A project's limits by resource; -1 is unlimited. */
export async function limitsOf(env: Env, rows: Rows, tenant_id: string): Promise<Record<string, number>> {
  const own = await rows.all(quotaLimits, { tenant_id });
  return {
    ...defaultLimits(env),
    ...Object.fromEntries(own.map((limit) => [limit.resource, limit.quota_limit])),
  };
}

/** The configured limits. */
export const defaultLimits = (env: Env): Record<string, number> =>
  Object.fromEntries(countedResources.map((name) => [name, env.settings.quotas[name] ?? -1]));

/** How many a project has of each counted resource. */
export async function usageOf(rows: Rows, tenant_id: string): Promise<Record<string, number>> {
  const usage: Record<string, number> = {};
  for (const name of countedResources) usage[name] = await rows.count(tablesByName[name]!, { tenant_id });
  return usage;
}

/** Throws OverQuota (409) when `more` of the resource are too many for the project. */
export async function checkQuota(work: Work, name: string, tenant_id: string, more: number): Promise<void> {
  if (!countedResources.includes(name)) return;
  const own = await work.rows.find(quotaLimits, { tenant_id, resource: name });
  const limit = own?.quota_limit ?? work.env.settings.quotas[name] ?? -1;
  if (limit < 0) return;
  if ((await usedAtMost(work, name, tenant_id, limit - more)) + more > limit)
    throw neutronError('OverQuota', { overs: pythonRepr([name]) });
}

interface Count {
  used: number;
  /** Rows inserted into the table until then, anybody's. */
  inserted: number;
  at: number;
}

/** What was counted last, by database, resource and project. */
const counts = new WeakMap<object, Map<string, Count>>();
/** So long at most is a count believed. */
const believedMs = 1000;
const mostKnown = 10_000;

/**
 * No less than the project has: the last count and all that was inserted since then, while that is within what is `allowed`;
 * else counted, as far as one more than that. A project with very many is so not counted for each one more. Where another
 * server may insert too, it is.
 */
async function usedAtMost(work: Work, name: string, tenant_id: string, allowed: number): Promise<number> {
  const table = tablesByName[name]!;
  const { store } = work.env;
  const count = () => work.rows.count(table, { tenant_id }, Math.max(0, allowed) + 1);
  if (store.isShared) return count();
  let known = counts.get(store);
  if (known === undefined) counts.set(store, (known = new Map()));
  const key = `${name} ${tenant_id}`;
  const before = known.get(key);
  const inserted = insertedInto(work.rows.sql, table.name);
  const at = performance.now();
  if (before !== undefined && at - before.at < believedMs) {
    const bound = before.used + inserted - before.inserted;
    if (bound <= allowed) return bound;
  }
  const used = await count();
  if (known.size >= mostKnown) known.clear();
  if (used <= allowed) known.set(key, { used, inserted, at });
  else known.delete(key);
  return used;
}
