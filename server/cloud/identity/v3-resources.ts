// The collections of v3: the same five operations for each, and what is special about some.
import type { Express, Request } from 'express';
import type { Rows } from '../store/rows.ts';
import { checkPassword, projectsOf, revokeTokens, type Access, type Identity } from './access.ts';
import { conflict, forbidden } from './errors.ts';
import * as directory from './directory.ts';
import { bodyOf, createRow, findRows, getRow, updateRow, type Collection } from './directory.ts';
import { baseUrl, callerOf, requireAdmin, requireToken } from './guard.ts';
import { hashPassword } from './passwords.ts';
import * as tables from './tables.ts';
import * as views from './v3-views.ts';

type Body = Record<string, unknown>;

/** What a collection does beyond the usual. */
interface Special {
  view: (base: string) => (row: { id: string; extra: tables.Extra }) => Record<string, unknown>;
  /** Anybody with a token may list and show. */
  isPublic?: true;
  /** Whether a plain user may see this one. */
  maySee?: (caller: Access, id: string) => boolean;
  /** Columns made from the body, which they leave: a password. */
  columns?: (body: Body) => Promise<Body>;
  /** After a change, in particular to `enabled: false`. */
  afterUpdate?: (rows: Rows, id: string, body: Body) => Promise<void>;
  beforeRemove?: (rows: Rows, id: string, row: Body) => Promise<void>;
}

/** Takes the password out of a body and gives its hash. */
export async function passwordColumns(body: Body): Promise<Body> {
  const { password } = body;
  delete body.password;
  delete body.original_password;
  return typeof password === 'string' ? { password_hash: await hashPassword(password) } : {};
}

/** A user who was disabled, or whose password changed, is signed out everywhere. */
export async function afterUserUpdate(rows: Rows, user_id: string, body: Body): Promise<void> {
  if (body.enabled === false || body.password !== undefined) await revokeTokens(rows, { user_id });
}

/** Takes away what depends on a project that is about to go. */
export async function removeProject(rows: Rows, id: string): Promise<void> {
  await rows.remove(tables.grants, { target: 'project', target_id: id });
  await rows.remove(tables.groupGrants, { target: 'project', target_id: id });
  await revokeTokens(rows, { project_id: id });
}

const specials: [Collection, Special][] = [
  [
    directory.domains,
    {
      view: views.viewDomain,
      maySee: ({ projectDomain, userDomain }, id) => id === (projectDomain ?? userDomain).id,
      async beforeRemove(rows, id, row) {
        if (row.enabled) throw forbidden('Cannot delete a domain that is enabled, please disable it first');
        for (const project of await rows.all(tables.projects, { domain_id: id }))
          await removeProject(rows, project.id);
        await rows.remove(tables.grants, { target: 'domain', target_id: id });
        await rows.remove(tables.groupGrants, { target: 'domain', target_id: id });
      },
    },
  ],
  [
    directory.projects,
    {
      view: views.viewProject,
      maySee: ({ project }, id) => project?.id === id,
      async afterUpdate(rows, project_id, body) {
        if (body.enabled === false) await revokeTokens(rows, { project_id });
      },
      beforeRemove: removeProject,
    },
  ],
  [
    directory.users,
    {
      view: views.viewUser,
      maySee: ({ user }, id) => user.id === id,
      columns: passwordColumns,
      afterUpdate: afterUserUpdate,
    },
  ],
  [directory.roles, { view: views.viewRole }],
  [directory.groups, { view: views.viewGroup }],
  [
    directory.regions,
    {
      view: views.viewRegion,
      isPublic: true,
      async beforeRemove(rows, id) {
        if ((await rows.count(tables.endpoints, { region_id: id })) > 0)
          throw conflict('region', `region ${id} has endpoints`);
        if ((await rows.count(tables.regions, { parent_region_id: id })) > 0)
          throw forbidden('Unable to delete a region with child regions');
      },
    },
  ],
  [directory.services, { view: views.viewService }],
  [directory.endpoints, { view: views.viewEndpoint }],
];

/** `{"region": "RegionOne"}` is the older spelling of region_id; a region named so is made. */
async function adoptRegion(rows: Rows, of: Collection, body: Body): Promise<void> {
  if (of !== directory.endpoints || typeof body.region !== 'string') return;
  body.region_id ??= body.region;
  delete body.region;
  const id = String(body.region_id);
  if ((await rows.find(tables.regions, { id })) === undefined)
    await rows.insert(tables.regions, { id, parent_region_id: null, extra: { description: '' } });
}

/** Adds /v3/domains, projects, users, roles, regions, services and endpoints. */
export function addResourceRoutes(app: Express, identity: Identity): void {
  const { store } = identity;
  const signedIn = requireToken(identity);
  for (const [of, special] of specials) {
    const { name, plural } = of;
    const path = `/v3/${plural}`;
    const one = `/v3/${plural}/:id` as const;
    const viewer = (req: Request) => special.view(baseUrl(req));

    app.post(path, signedIn, async (req, res) => {
      requireAdmin(res, `identity:create_${name}`);
      const body = { ...bodyOf(req.body, name) };
      await adoptRegion(store.read, of, body);
      if (of.ownId && typeof body.id === 'string' && (await store.read.find(of.table, { id: body.id })))
        throw conflict(name, `Duplicate ID, ${body.id}`);
      const columns = (await special.columns?.(body)) ?? {};
      const row = await createRow(store, of, body, columns);
      res.status(201).json({ [name]: viewer(req)(row) });
    });

    app.get(path, signedIn, async (req, res) => {
      if (!special.isPublic) requireAdmin(res, `identity:list_${plural}`);
      const rows = await findRows(store.read, of, req.query);
      res.json({ [plural]: rows.map(viewer(req)), links: views.collectionLinks(req) });
    });

    app.get(one, signedIn, async (req, res) => {
      const { id } = req.params as { id: string };
      const seen = special.maySee?.(callerOf(res), id);
      if (!special.isPublic && !seen) requireAdmin(res, `identity:get_${name}`);
      res.json({ [name]: viewer(req)(await getRow(store.read, of, id)) });
    });

    const update = async (req: Request, id: string) => {
      const body = { ...bodyOf(req.body, name) };
      await adoptRegion(store.read, of, body);
      const changes = { ...body };
      const columns = (await special.columns?.(changes)) ?? {};
      const row = await updateRow(store, of, id, changes, columns);
      await special.afterUpdate?.(store.read, id, body);
      return { [name]: viewer(req)(row) };
    };

    app.patch(one, signedIn, async (req, res) => {
      requireAdmin(res, `identity:update_${name}`);
      res.json(await update(req, String(req.params.id)));
    });

    app.delete(one, signedIn, async (req, res) => {
      requireAdmin(res, `identity:delete_${name}`);
      const id = String(req.params.id);
      await store.transaction(async (rows) => {
        const row = await getRow(rows, of, id);
        await special.beforeRemove?.(rows, id, row);
        await rows.remove(of.table, { id });
      });
      res.status(204).end();
    });
  }

  app.put('/v3/regions/:id', signedIn, async (req, res) => {
    requireAdmin(res, 'identity:create_region');
    const id = String(req.params.id);
    const of = directory.regions;
    if (await store.read.find(of.table, { id })) throw conflict('region', `Duplicate ID, ${id}`);
    const row = await createRow(store, of, { ...bodyOf(req.body, 'region'), id });
    res.status(201).json({ region: views.viewRegion(baseUrl(req))(row) });
  });

  app.get('/v3/users/:id/projects', signedIn, async (req, res) => {
    const id = String(req.params.id);
    requireAdmin(res, 'identity:list_user_projects', id);
    await getRow(store.read, directory.users, id);
    const projects = (await projectsOf(store.read, id)).map(views.viewProject(baseUrl(req)));
    res.json({ projects, links: views.collectionLinks(req) });
  });

  app.post('/v3/users/:id/password', signedIn, async (req, res) => {
    const id = String(req.params.id);
    const body = bodyOf(req.body, 'user');
    await checkPassword(identity, { id }, String(body.original_password ?? ''));
    await updateRow(store, directory.users, id, {}, await passwordColumns({ ...body }));
    await revokeTokens(store.read, { user_id: id });
    res.status(204).end();
  });
}
