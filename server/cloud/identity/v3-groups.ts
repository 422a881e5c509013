// Members of groups.
import type { Express } from 'express';
import { revokeTokens, type Identity } from './access.ts';
import * as directory from './directory.ts';
import { getRow } from './directory.ts';
import { notFound } from './errors.ts';
import { baseUrl, requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import { collectionLinks, viewGroup, viewUser } from './v3-views.ts';

/** Adds /v3/groups/G/users and /v3/users/U/groups. */
export function addGroupRoutes(app: Express, identity: Identity): void {
  const { store } = identity;
  const signedIn = requireToken(identity);
  const one = '/v3/groups/:group/users/:user';

  /** The membership a path is about; 404 when group or user do not exist. */
  const membershipOf = async (params: Record<string, string>) => {
    await getRow(store.read, directory.groups, params.group!);
    await getRow(store.read, directory.users, params.user!);
    return { group_id: params.group!, user_id: params.user! };
  };

  app.put(one, signedIn, async (req, res) => {
    requireAdmin(res, 'identity:add_user_to_group');
    const membership = await membershipOf(req.params as Record<string, string>);
    await store.transaction(async (rows) => {
      if ((await rows.find(tables.memberships, membership)) === undefined)
        await rows.insert(tables.memberships, membership);
    });
    res.status(204).end();
  });

  app.get(one, signedIn, async (req, res) => {
    requireAdmin(res, 'identity:check_user_in_group');
    const membership = await membershipOf(req.params as Record<string, string>);
    if ((await store.read.find(tables.memberships, membership)) === undefined)
      throw notFound('user in group', membership.user_id);
    res.status(204).end();
  });

  app.delete(one, signedIn, async (req, res) => {
    requireAdmin(res, 'identity:remove_user_from_group');
    const membership = await membershipOf(req.params as Record<string, string>);
    if ((await store.read.remove(tables.memberships, membership)) === 0)
      throw notFound('user in group', membership.user_id);
    await revokeTokens(store.read, { user_id: membership.user_id });
    res.status(204).end();
  });

  app.get('/v3/groups/:group/users', signedIn, async (req, res) => {
    requireAdmin(res, 'identity:list_users_in_group');
    const group_id = String(req.params.group);
    await getRow(store.read, directory.groups, group_id);
    const members = await store.read.all(tables.memberships, { group_id });
    const id = members.map(({ user_id }) => user_id);
    const users = await store.read.all(tables.users, { id }, { orderBy: [{ column: 'name' }] });
    res.json({ users: users.map(viewUser(baseUrl(req))), links: collectionLinks(req) });
  });

  app.get('/v3/users/:user/groups', signedIn, async (req, res) => {
    const user_id = String(req.params.user);
    requireAdmin(res, 'identity:list_groups_for_user', user_id);
    await getRow(store.read, directory.users, user_id);
    const memberships = await store.read.all(tables.memberships, { user_id });
    const id = memberships.map(({ group_id }) => group_id);
    const groups = await store.read.all(tables.groups, { id }, { orderBy: [{ column: 'name' }] });
    res.json({ groups: groups.map(viewGroup(baseUrl(req))), links: collectionLinks(req) });
  });
}
