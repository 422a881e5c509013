// The routes of the Networking API: the same for every declared resource, and the documents that tell what there is.
import { Router, type Express, type Request, type RequestHandler, type Response } from 'express';
import { createApp, type HttpFailure } from '../../lib/http.ts';
import type { Resource } from '../../lib/resource.ts';
import { agentRoutes } from './agent-routes.ts';
import { autoTopologyRoutes } from './auto-topology.ts';
import { contextOf } from './context.ts';
import { extensionRoutes } from './extensions.ts';
import { flavorRoutes } from './flavor-routes.ts';
import { floatingipPoolRoutes } from './floatingip-pools.ts';
import { ipAvailabilityRoutes } from './ip-availability.ts';
import { qosRoutes } from './qos-routes.ts';
import { quotaRoutes } from './quota-routes.ts';
import { narrowedToParent, withinParent } from './nested-routes.ts';
import {
  actionRequest,
  createRequest,
  deleteRequest,
  listRequest,
  showRequest,
  updateRequest,
} from './requests.ts';
import { tagRoutes } from './tag-routes.ts';
import type { Env } from './work.ts';
import { zoneRoutes } from './zones.ts';

/** The whole API; `authenticate` puts the caller's context into `res.locals.context` or answers 401. */
export function createNetworkingApp(env: Env, authenticate: RequestHandler): Express {
  return createApp({
    log: env.log,
    renderError,
    routes: (app) => {
      app.get('/', (req, res) => {
        res.json({ versions: [{ id: 'v2.0', status: 'CURRENT', links: selfLinks(`${origin(req)}/v2.0/`) }] });
      });
      app.use('/v2.0', withoutSuffix, authenticate, routesOf(env));
    },
  });
}

/** Older clients ask for `/networks.json`. */
const withoutSuffix: RequestHandler = (req, _res, next) => {
  req.url = req.url.replace(/\.json(?=$|\?)/, '');
  next();
};

function routesOf(env: Env): Router {
  const router = Router();
  router.get('/', (req, res) => {
    const entries = env.resources
      .filter(({ parent }) => parent === undefined)
      .map(({ name, plural, path }) => ({
        name,
        collection: plural,
        links: selfLinks(`${origin(req)}/v2.0/${path}`),
      }));
    res.json({ resources: entries });
  });
  extensionRoutes(router, env);
  quotaRoutes(router, env);
  agentRoutes(router, env);
  tagRoutes(router, env);
  flavorRoutes(router, env);
  zoneRoutes(router, env);
  ipAvailabilityRoutes(router, env);
  if (env.settings.service_plugins.includes('router')) {
    autoTopologyRoutes(router, env);
    floatingipPoolRoutes(router, env);
  }
  if (env.resources.some(({ extension }) => extension === 'qos')) qosRoutes(router, env);
  for (const resource of env.resources) resourceRoutes(router, env, resource);
  return router;
}

function resourceRoutes(router: Router, env: Env, resource: Resource): void {
  const collection = `/${resource.path}`;
  const one = `${collection}/:id`;
  if (resource.parent !== undefined) router.all([one, collection], withinParent(env, resource));
  const may = (operation: Resource['operations'][number]) => resource.operations.includes(operation);
  const asked = (res: Response) => ({ env, resource, context: contextOf(env, res) });
  const idOf = (req: Request) => String(req.params.id);
  if (may('list'))
    router.get(collection, async (req, res) =>
      sendParts(res, await listRequest(asked(res), narrowedToParent(urlOf(req), resource, req))),
    );
  if (may('create'))
    router.post(
      collection,
      async (req, res) => void res.status(201).json(await createRequest(asked(res), req.body)),
    );
  if (may('show'))
    router.get(one, async (req, res) => void res.json(await showRequest(asked(res), idOf(req), urlOf(req))));
  if (may('update'))
    router.put(one, async (req, res) => void res.json(await updateRequest(asked(res), idOf(req), req.body)));
  if (may('delete'))
    router.delete(one, async (req, res) => {
      await deleteRequest(asked(res), idOf(req));
      res.status(204).end();
    });
  for (const action of resource.actions ?? [])
    router.put(`${one}/${action}`, async (req, res) => {
      res.json(await actionRequest(asked(res), idOf(req), action, req.body));
    });
}

/** Sends JSON that is written already. */
function sendParts(res: Response, parts: readonly Buffer[]): void {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  res.setHeader('Content-Type', 'application/json; charset=utf-8');
  res.setHeader('Content-Length', length);
  for (const part of parts) res.write(part);
  res.end();
}

const origin = (req: Request) => `${req.protocol}://${req.headers.host ?? 'localhost'}`;
const urlOf = (req: Request) => new URL(req.originalUrl, origin(req));
const selfLinks = (href: string) => [{ rel: 'self', href }];

function renderError({ status, type, message, detail }: HttpFailure): unknown {
  if (status === 401) return { error: { code: 401, title: 'Unauthorized', message } };
  return { NeutronError: { type, message, detail } };
}
