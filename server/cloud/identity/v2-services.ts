// /v2.0/OS-KSADM/roles and services, /v2.0/endpoints.
import type { Express } from 'express';
import type { Identity } from './access.ts';
import { legacyEndpoints } from './catalog.ts';
import * as directory from './directory.ts';
import { bodyOf, createRow, findRows, getRow, newId, type Collection } from './directory.ts';
import { badInput, notFound } from './errors.ts';
import { requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import type { EndpointRow, RoleRow, ServiceRow } from './tables.ts';
import { viewRoleV2 } from './v2-tenants.ts';

const viewService = ({ id, type, name, extra }: ServiceRow) => ({
  id,
  type,
  name,
  description: extra.description ?? null,
});

/** What v2.0 keeps of the administrator's collections beside tenants and users. */
const kinds: {
  path: string;
  key: string;
  plural: string;
  of: Collection;
  view: (row: unknown) => Record<string, unknown>;
}[] = [
  {
    path: '/v2.0/OS-KSADM/roles',
    key: 'role',
    plural: 'roles',
    of: directory.roles,
    view: (row: unknown) => viewRoleV2(row as RoleRow),
  },
  {
    path: '/v2.0/OS-KSADM/services',
    key: 'OS-KSADM:service',
    plural: 'OS-KSADM:services',
    of: directory.services,
    view: (row: unknown) => viewService(row as ServiceRow),
  },
];

/** Adds the roles, services and endpoints of v2.0. */
export function addV2ServiceRoutes(app: Express, identity: Identity): void {
  const { store } = identity;
  const signedIn = requireToken(identity);

  for (const { path, key, plural, of, view } of kinds) {
    app.get(path, signedIn, async (_req, res) => {
      requireAdmin(res, 'admin_required');
      const rows = await findRows(store.read, of, {});
      res.json({ [plural]: rows.map(view) });
    });
    app.post(path, signedIn, async (req, res) => {
      requireAdmin(res, 'admin_required');
      res.json({ [key]: view(await createRow(store, of, bodyOf(req.body, key))) });
    });
    app.get(`${path}/:id`, signedIn, async (req, res) => {
      requireAdmin(res, 'admin_required');
      res.json({ [key]: view(await getRow(store.read, of, String(req.params.id))) });
    });
    app.delete(`${path}/:id`, signedIn, async (req, res) => {
      requireAdmin(res, 'admin_required');
      const id = String(req.params.id);
      if ((await store.read.remove(of.table, { id })) === 0) throw notFound(of.name, id);
      res.status(204).end();
    });
  }

  app.get('/v2.0/endpoints', signedIn, async (_req, res) => {
    requireAdmin(res, 'admin_required');
    const rows = await store.read.all(tables.endpoints, {}, { orderBy: [{ column: 'id' }] });
    res.json({ endpoints: legacyEndpoints(rows), endpoints_links: [] });
  });

  app.post('/v2.0/endpoints', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const { service_id, region, publicurl, internalurl, adminurl } = bodyOf(req.body, 'endpoint');
    if (typeof publicurl !== 'string' || typeof service_id !== 'string')
      throw badInput('Expecting to find publicurl and service_id in endpoint.');
    const region_id = typeof region === 'string' && region !== '' ? region : null;
    if (region_id !== null && !(await store.read.find(tables.regions, { id: region_id })))
      await createRow(store, directory.regions, { id: region_id });
    const legacy_endpoint_id = newId();
    const made: EndpointRow[] = [];
    for (const [name, url] of Object.entries({ public: publicurl, internal: internalurl, admin: adminurl }))
      if (typeof url === 'string') {
        const body = { service_id, interface: name, region_id, url };
        made.push((await createRow(store, directory.endpoints, body, { legacy_endpoint_id })) as never);
      }
    res.json({ endpoint: legacyEndpoints(made)[0] });
  });

  app.delete('/v2.0/endpoints/:id', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const id = req.params.id as string;
    const gone =
      (await store.read.remove(tables.endpoints, { legacy_endpoint_id: id })) +
      (await store.read.remove(tables.endpoints, { id }));
    if (gone === 0) throw notFound('endpoint', id);
    res.status(204).end();
  });
}
