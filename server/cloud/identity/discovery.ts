// What versions there are, told without a token.
import type { Express, Request } from 'express';
import { baseUrl } from './guard.ts';

const updated = '2026-01-01T00:00:00Z';

const version = (base: string, id: string, path: string, mediaType: string) => ({
  id,
  status: id.startsWith('v2') ? 'deprecated' : 'stable',
  updated,
  links: [{ rel: 'self', href: `${base}/${path}/` }],
  'media-types': [{ base: 'application/json', type: `application/vnd.openstack.identity-${mediaType}+json` }],
});

const v2 = (req: Request) => ({ ...version(baseUrl(req), 'v2.0', 'v2.0', 'v2.0'), status: 'stable' });
const v3 = (req: Request) => version(baseUrl(req), 'v3.14', 'v3', 'v3');

/** Adds /, /v2.0 and /v3. */
export function addDiscoveryRoutes(app: Express): void {
  app.get('/', (req, res) => {
    res.status(300).json({ versions: { values: [v3(req), v2(req)] } });
  });
  app.get('/v3', (req, res) => void res.json({ version: v3(req) }));
  app.get('/v2.0', (req, res) => void res.json({ version: v2(req) }));
  app.get('/v2.0/extensions', (_req, res) => {
    res.json({ extensions: { values: extensions } });
  });
  app.get('/v2.0/extensions/:alias', (req, res, next) => {
    const extension = extensions.find(({ alias }) => alias === req.params.alias);
    if (extension === undefined) return next();
    res.json({ extension });
  });
}

const extension = (alias: string, name: string, description: string) => ({
  alias,
  name,
  description,
  namespace: `http://docs.openstack.org/identity/api/ext/${alias}/v1.0`,
  updated,
  links: [],
});

const extensions = [
  extension('OS-KSADM', 'OpenStack Keystone Admin', 'Administration of users, roles and services'),
  extension('OS-KSCRUD', 'OpenStack Keystone User CRUD', 'Users change their own password'),
];
