// Limits of projects: shown, set and put back by administrators, shown to the project itself.
import type { Response, Router } from 'express';
import { badRequest } from '../../lib/errors.ts';
import { validated } from '../../lib/validate.ts';
import { invalidInput, neutronError } from '../model/errors.ts';
import type { RequestContext } from '../model/context.ts';
import { quotaLimits } from '../store/networking-tables.ts';
import { contextOf } from './context.ts';
import { perform } from './perform.ts';
import { refuse } from './policy.ts';
import { countedResources, defaultLimits, limitsOf, usageOf } from './quota.ts';
import type { Env, Item } from './work.ts';

const limitField = { type: 'int', min: -1, max: 2147483647 } as const;

export function quotaRoutes(router: Router, env: Env): void {
  const read = env.store.read;

  function allowed(res: Response, action: string, tenant_id: string): RequestContext {
    const context = contextOf(env, res);
    if (!env.policy.allows(action, context, { tenant_id })) refuse(action);
    return context;
  }

  router.get('/quotas', async (_req, res) => {
    allowed(res, 'get_quotas', '');
    const owners = [...new Set((await read.all(quotaLimits)).map(({ tenant_id }) => tenant_id))];
    const quotas: Item[] = [];
    for (const tenant_id of owners)
      quotas.push({ ...(await limitsOf(env, read, tenant_id)), tenant_id, project_id: tenant_id });
    res.json({ quotas });
  });

  // asked for by clients that want to know whose quota "mine" is
  for (const word of ['tenant', 'project'])
    router.get(`/quotas/${word}`, (_req, res) => {
      const { project_id } = contextOf(env, res);
      res.json({ [word]: { tenant_id: project_id, project_id } });
    });

  router.get('/quotas/:tenant', async (req, res) => {
    const { tenant } = req.params;
    allowed(res, 'get_quota', tenant);
    res.json({ quota: await limitsOf(env, read, tenant) });
  });

  router.get('/quotas/:tenant/default', (req, res) => {
    allowed(res, 'get_quota', req.params.tenant);
    res.json({ quota: defaultLimits(env) });
  });

  router.get('/quotas/:tenant/details', async (req, res) => {
    const { tenant } = req.params;
    allowed(res, 'get_quota', tenant);
    const limits = await limitsOf(env, read, tenant);
    const usage = await usageOf(read, tenant);
    const quota = Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [name, { limit, used: usage[name] ?? 0, reserved: 0 }]),
    );
    res.json({ quota });
  });

  router.put('/quotas/:tenant', async (req, res) => {
    const tenant_id = req.params.tenant;
    const context = allowed(res, 'update_quota', tenant_id);
    const { limits: changes, isChecked } = parseLimits(req.body);
    const quota = await perform(env, context, async ({ rows }) => {
      if (isChecked) refuseBelowUse(changes, await usageOf(rows, tenant_id));
      for (const [resource, quota_limit] of Object.entries(changes)) {
        await rows.remove(quotaLimits, { tenant_id, resource });
        await rows.insert(quotaLimits, { tenant_id, resource, quota_limit });
      }
      return limitsOf(env, rows, tenant_id);
    });
    res.json({ quota });
  });

  router.delete('/quotas/:tenant', async (req, res) => {
    const tenant_id = req.params.tenant;
    const context = allowed(res, 'delete_quota', tenant_id);
    const gone = await perform(env, context, ({ rows }) => rows.remove(quotaLimits, { tenant_id }));
    if (gone === 0) throw neutronError('TenantQuotaNotFound', { tenant_id });
    res.status(204).end();
  });
}

/** The limits of a `{"quota": {...}}` body; owners named in it change nothing. Throws 400. */
function parseLimits(body: unknown): { limits: Record<string, number>; isChecked: boolean } {
  const asked = (body as Item | null | undefined)?.quota;
  if (typeof asked !== 'object' || asked === null) throw badRequest("Unable to find 'quota' in request body");
  const { tenant_id: _tenant, project_id: _project, check_limit = false, ...limits } = asked as Item;
  const unknown = Object.keys(limits).filter((name) => !countedResources.includes(name));
  if (unknown.length > 0) throw badRequest(`Unrecognized attribute(s) '${unknown.join(', ')}'`);
  return {
    limits: Object.fromEntries(
      Object.entries(limits).map(([name, limit]) => [name, validated(name, limitField, limit) as number]),
    ),
    isChecked: validated('check_limit', { type: 'bool' }, check_limit) as boolean,
  };
}

/** Throws when a limit would be lower than what is there already. */
function refuseBelowUse(limits: Record<string, number>, usage: Record<string, number>): void {
  for (const [name, limit] of Object.entries(limits))
    if (limit >= 0 && usage[name]! > limit)
      throw invalidInput(
        `Quota limit ${limit} for ${name} must be greater than or equal to already used ${usage[name]}`,
      );
}
