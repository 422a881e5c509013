// /v2.0/users.
import type { Express } from 'express';
import { checkPassword, findAccess, issueToken, revokeTokens, type Identity } from './access.ts';
import * as directory from './directory.ts';
import { badInput, forbidden, notFound } from './errors.ts';
import { bodyOf, createRow, getRow, updateRow } from './directory.ts';
import { callerOf, requireAdmin, requireToken } from './guard.ts';
import { hashPassword } from './passwords.ts';
import * as tables from './tables.ts';
import type { UserRow } from './tables.ts';
import { afterUserUpdate, passwordColumns } from './v3-resources.ts';

type Body = Record<string, unknown>;

/** Role that a user gets on the tenant of his creation. */
export const memberRole = '_member_';

export const viewUserV2 = ({ id, name, enabled, default_project_id, extra }: UserRow) => ({
  ...Object.fromEntries(Object.entries(extra).filter(([key]) => key !== 'options')),
  id,
  name,
  username: name,
  enabled,
  ...(default_project_id !== null && { tenantId: default_project_id }),
});

const shown = (row: unknown) => ({ user: viewUserV2(row as UserRow) });

/** v2.0 says `tenantId` and sometimes `username`. */
function toAttributes({ tenantId, username, ...body }: Body): Body {
  return {
    ...body,
    ...(body.name === undefined && username !== undefined && { name: username }),
    ...(tenantId !== undefined && { default_project_id: tenantId === '' ? null : tenantId }),
  };
}

/** Adds /v2.0/users. */
export function addV2UserRoutes(app: Express, identity: Identity): void {
  const { store } = identity;
  const signedIn = requireToken(identity);
  const of = directory.users;

  app.get('/v2.0/users', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const { name } = req.query;
    if (typeof name === 'string') {
      const user = await store.read.find(tables.users, { name, domain_id: 'default' });
      if (user === undefined) throw notFound('user', name);
      res.json(shown(user));
      return;
    }
    const orderBy = [{ column: 'name' }];
    const users = await store.read.all(tables.users, { domain_id: 'default' }, { orderBy });
    res.json({ users: users.map(viewUserV2), users_links: [] });
  });

  app.post('/v2.0/users', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const body: Body = { ...toAttributes(bodyOf(req.body, 'user')), domain_id: 'default' };
    const tenant = body.default_project_id;
    if (typeof tenant === 'string') await getRow(store.read, directory.projects, tenant);
    const row = await createRow(store, of, body, await passwordColumns(body));
    if (typeof tenant === 'string') {
      const role = await store.read.find(tables.roles, { name: memberRole });
      if (role !== undefined)
        await store.read.insert(tables.grants, {
          user_id: row.id,
          target: 'project',
          target_id: tenant,
          role_id: role.id,
        });
    }
    res.json(shown(row));
  });

  app.get('/v2.0/users/:id', signedIn, async (req, res) => {
    const id = req.params.id as string;
    requireAdmin(res, 'admin_required');
    res.json(shown(await getRow(store.read, of, id)));
  });

  app.delete('/v2.0/users/:id', signedIn, async (req, res) => {
    requireAdmin(res, 'admin_required');
    const id = req.params.id as string;
    if ((await store.read.remove(tables.users, { id })) === 0) throw notFound('user', id);
    res.status(204).end();
  });

  const paths = ['', '/enabled', '/OS-KSADM/enabled', '/OS-KSADM/password', '/OS-KSADM/tenant'];
  for (const path of paths)
    app.put(`/v2.0/users/:id${path}`, signedIn, async (req, res) => {
      requireAdmin(res, 'admin_required');
      const id = String(req.params.id);
      const body = toAttributes(bodyOf(req.body, 'user'));
      const changes = { ...body };
      const row = await updateRow(store, of, id, changes, await passwordColumns(changes));
      await afterUserUpdate(store.read, id, body);
      res.json(shown(row));
    });

  app.patch('/v2.0/OS-KSCRUD/users/:id', signedIn, async (req, res) => {
    const id = String(req.params.id);
    const { password, original_password } = bodyOf(req.body, 'user');
    const caller = callerOf(res);
    if (caller.user.id !== id) throw forbidden('identity:change_password');
    if (typeof password !== 'string' || typeof original_password !== 'string')
      throw badInput('Expecting to find password and original_password in user.');
    const user = await checkPassword(identity, { id }, original_password);
    await updateRow(store, of, id, {}, { password_hash: await hashPassword(password) });
    await revokeTokens(store.read, { user_id: id });
    const scope = caller.project === undefined ? {} : { project_id: caller.project.id };
    const { token } = await issueToken(identity, user, scope, { methods: ['password'] });
    const access = await findAccess(identity, token);
    res.json({ access: { token: { id: token, expires: access?.token.expires_at } } });
  });
}
