// Which service profiles belong to a flavor.
import type { Response, Router } from 'express';
import { badRequest } from '../../lib/errors.ts';
import { isUuid } from '../../lib/validate.ts';
import { flavor as flavorResource } from '../model/flavor.ts';
import { neutronError } from '../model/errors.ts';
import { flavorBindings, flavors, serviceProfiles } from '../store/networking-tables.ts';
import type { Rows } from '../store/rows.ts';
import { contextOf } from './context.ts';
import { perform } from './perform.ts';
import { refuse } from './policy.ts';
import { viewsOf } from './view.ts';
import type { Env, Item } from './work.ts';

/** Routes below /flavors/ID. */
export function flavorRoutes(router: Router, env: Env): void {
  const all = '/flavors/:id/service_profiles';
  const allowed = (res: Response, verb: 'get' | 'create' | 'delete') => {
    const context = contextOf(env, res);
    const action = `${verb}_flavor_service_profile`;
    if (!env.policy.allows(action, context, {})) refuse(action);
    return context;
  };
  const isBound = async (rows: Rows, fl_id: string, sp_id: string) => {
    const where = { flavor_id: fl_id, service_profile_id: sp_id };
    if ((await rows.count(flavorBindings, where)) === 0)
      throw neutronError('FlavorServiceProfileBindingNotFound', { sp_id, fl_id });
    return where;
  };

  router.post(all, async (req, res) => {
    const context = allowed(res, 'create');
    const flavor_id = req.params.id;
    const service_profile_id = profileIn(req.body);
    const service_profile = await perform(env, context, async (work) => {
      const row = await work.rows.find(flavors, { id: flavor_id });
      if (row === undefined) throw neutronError('FlavorNotFound', { flavor_id });
      if ((await work.rows.count(serviceProfiles, { id: service_profile_id })) === 0)
        throw neutronError('ServiceProfileNotFound', { sp_id: service_profile_id });
      const binding = { flavor_id, service_profile_id };
      if ((await work.rows.count(flavorBindings, binding)) > 0)
        throw neutronError('FlavorServiceProfileBindingExists', {
          sp_id: service_profile_id,
          fl_id: flavor_id,
        });
      await work.rows.insert(flavorBindings, binding);
      const [viewed] = await viewsOf(env, work.rows, flavorResource, [row as Item], context);
      return viewed?.view;
    });
    res.status(201).json({ service_profile });
  });
  router.get(`${all}/:profile`, async (req, res) => {
    allowed(res, 'get');
    const { id, profile } = req.params;
    const { flavor_id, service_profile_id } = await isBound(env.store.read, id, profile);
    res.json({ service_profile: { flavor_id, service_profile_id } });
  });
  router.delete(`${all}/:profile`, async (req, res) => {
    const context = allowed(res, 'delete');
    const { id, profile } = req.params;
    await perform(env, context, async ({ rows }) => {
      await rows.remove(flavorBindings, await isBound(rows, id, profile));
    });
    res.status(204).end();
  });
  // no providers are loaded, so the first profile never leads to one
  router.get('/flavors/:id/next_providers', async (req, res) => {
    allowed(res, 'get');
    const fl_id = req.params.id;
    const [bound] = await env.store.read.all(
      flavorBindings,
      { flavor_id: fl_id },
      { orderBy: [{ column: 'service_profile_id' }], limit: 1 },
    );
    if (bound === undefined) throw neutronError('FlavorServiceProfileBindingNotFound', { sp_id: '', fl_id });
    const profile = await env.store.read.find(serviceProfiles, { id: bound.service_profile_id });
    if (profile?.enabled !== true) throw neutronError('ServiceProfileDisabled');
    throw neutronError('ServiceProfileDriverNotFound', { driver: profile.driver });
  });
}

/** The id of a `{"service_profile": {"id"}}` body. */
function profileIn(body: unknown): string {
  const asked = (body as Item | null | undefined)?.service_profile;
  if (typeof asked !== 'object' || asked === null)
    throw badRequest("Unable to find 'service_profile' in request body");
  const { id } = asked as Item;
  if (id === undefined) throw badRequest("Failed to parse request. Required attribute 'id' not specified");
  if (!isUuid(id)) throw badRequest(`Invalid input for id. Reason: '${String(id)}' is not a valid UUID.`);
  return id as string;
}
