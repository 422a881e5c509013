// How many of each resource a project may have: configured limits, and those set for one project.
import { pythonRepr } from '../../lib/python-repr.ts';
import { neutronError } from '../model/errors.ts';
import { resources } from '../model/index.ts';
import { quotaLimits } from '../store/networking-tables.ts';
import type { Rows } from '../store/rows.ts';
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
  // no more are counted than the limit: a project may have very many
  const used = await work.rows.count(tablesByName[name]!, { tenant_id }, Math.max(0, limit - more) + 1);
  if (used + more > limit) throw neutronError('OverQuota', { overs: pythonRepr([name]) });
}
