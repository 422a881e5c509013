// /v2.0/tenants and the roles of users on them.
import type { Express, Response } from 'express';
import type { Rows } from '../store/rows.ts';
import { projectsOf, revokeTokens, rolesOn, type Identity } from './access.ts';
import * as directory from './directory.ts';
import { bodyOf, createRow, getRow, updateRow } from './directory.ts';
import { conflict, forbidden, notFound } from './errors.ts';
import { callerOf, requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import type { ProjectRow, RoleRow } from './tables.ts';
import { viewUserV2 } from './v2-users.ts';
import { removeProject } from './v3-resources.ts';

const viewTenant = ({ id, name, enabled, extra }: ProjectRow) => ({
  ...Object.fromEntries(
    Object.entries(extra).filter(([key]) => !['is_domain', 'tags', 'options'].includes(key)),
  ),
  id,
  name,
  enabled,
  description: extra.description ?? '',
});

export const viewRoleV2 = ({ id, name, extra }: RoleRow) => ({
  id,
  name,
  ...(typeof extra.description === 'string' && { description: extra.description }),
});

/** Adds /v2.0/tenants; `isAdminPort` is the port where only administrators list. */
export function addTenantRoutes(app: Express, identity: Identity, isAdminPort: boolean): void {
  const { store } = identity;
  const signedIn = requireToken(identity);
  const of = directory.projects;

  const tenantsFor = (rows: Rows, res: Response): Promise<ProjectRow[]> => {
    const { isAdmin, user } = callerOf(res);
    if (isAdmin)
      return rows.all(tables.projects, { domain_id: 'default' }, { orderBy: [{ column: 'name' }] });
    if (isAdminPort) throw forbidden('admin_required');
    return projectsOf(rows, user.id);
  };

  app.get('/v2.0/tenants', signedIn, async (req, res) => {
    const tenants = await tenantsFor(store.read, res);
    const { name } = req.query;
    if (typeof name === 'string') {
      const found = tenants.find((tenant) => tenant.name === name);
      if (found === undefined) throw notFound('project', name);
      res.json({ tenant: viewTenant(found) });
      return;
    }
    res.json({ tenants: tenants.map(viewTenant), tenants_links: [] });
  });

  app.post('/v2.0/tenants', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const row = await createRow(store, of, { ...bodyOf(req.body, 'tenant'), domain_id: 'default' });
    res.json({ tenant: viewTenant(row as unknown as ProjectRow) });
  });

  app.get('/v2.0/tenants/:id', signedIn, async (req, res) => {
    const id = req.params.id as string;
    if (callerOf(res).project?.id !== id) requireAdmin(res, 'admin_required');
    const row = await getRow(store.read, of, id);
    res.json({ tenant: viewTenant(row as unknown as ProjectRow) });
  });

  const update = async (id: string, body: unknown) => {
    const changes = bodyOf(body, 'tenant');
    const row = await updateRow(store, of, id, changes);
    if (changes.enabled === false) await revokeTokens(store.read, { project_id: id });
    return { tenant: viewTenant(row as unknown as ProjectRow) };
  };
  for (const method of ['post', 'put'] as const)
    app[method]('/v2.0/tenants/:id', signedIn, async (req, res) => {
      requireAdmin(res, 'admin_required');
      res.json(await update(String(req.params.id), req.body));
    });

  app.delete('/v2.0/tenants/:id', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const id = req.params.id as string;
    await store.transaction(async (rows) => {
      await getRow(rows, of, id);
      await removeProject(rows, id);
      await rows.remove(tables.projects, { id });
    });
    res.status(204).end();
  });

  app.get('/v2.0/tenants/:id/users', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const id = req.params.id as string;
    await getRow(store.read, of, id);
    const granted = await store.read.all(tables.grants, { target: 'project', target_id: id });
    const ids = [...new Set(granted.map(({ user_id }) => user_id))];
    const users = await store.read.all(tables.users, { id: ids }, { orderBy: [{ column: 'name' }] });
    res.json({ users: users.map(viewUserV2), users_links: [] });
  });

  const roles = '/v2.0/tenants/:tenant/users/:user/roles';

  app.get(roles, signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const { tenant, user } = req.params as Record<string, string>;
    await getRow(store.read, directory.users, user!);
    await getRow(store.read, of, tenant!);
    const found = await rolesOn(store.read, user!, 'project', tenant!);
    res.json({ roles: found.map(viewRoleV2) });
  });

  const grantOf = async (params: Record<string, string>) => {
    const { tenant, user, role } = params as { tenant: string; user: string; role: string };
    const found = await getRow(store.read, directory.roles, role);
    await getRow(store.read, directory.users, user);
    await getRow(store.read, of, tenant);
    const grant = { user_id: user, target: 'project' as const, target_id: tenant, role_id: role };
    return { grant, role: found as unknown as RoleRow };
  };

  for (const method of ['put', 'post'] as const)
    app[method](`${roles}/OS-KSADM/:role`, signedIn, async (req, res) => {
      requireAdmin(res, 'admin_required');
      const { grant, role } = await grantOf(req.params as Record<string, string>);
      await store.transaction(async (rows) => {
        if ((await rows.find(tables.grants, grant)) !== undefined)
          throw conflict('role grant', `User ${grant.user_id} already has role ${grant.role_id}`);
        await rows.insert(tables.grants, grant);
      });
      res.json({ role: viewRoleV2(role) });
    });

  app.delete(`${roles}/OS-KSADM/:role`, signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const { grant } = await grantOf(req.params as Record<string, string>);
    if ((await store.read.remove(tables.grants, grant)) === 0) throw notFound('role', grant.role_id);
    await revokeTokens(store.read, { user_id: grant.user_id, project_id: grant.target_id });
    res.status(204).end();
  });
}
