// Roles of users and groups on projects and domains.
import type { Express } from 'express';
import type { Rows } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import { revokeTokens, type Identity } from './access.ts';
import * as directory from './directory.ts';
import { getRow } from './directory.ts';
import { notFound } from './errors.ts';
import { baseUrl, requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import { collectionLinks, viewRole } from './v3-views.ts';

type Params = Record<string, string>;

/** The grants of one kind of holder, with the same five functions for both kinds. */
const holders = {
  user: {
    collection: directory.users,
    table: tables.grants,
    /** Who loses a role loses the tokens that stood for it. */
    async afterRevoke(rows: Rows, user_id: string, on: { project_id?: string; domain_id?: string }) {
      await revokeTokens(rows, { user_id, ...on });
    },
  },
  group: {
    collection: directory.groups,
    table: tables.groupGrants,
    async afterRevoke(rows: Rows, group_id: string, on: { project_id?: string; domain_id?: string }) {
      for (const { user_id } of await rows.all(tables.memberships, { group_id }))
        await revokeTokens(rows, { user_id, ...on });
    },
  },
};

type Grant = Record<string, string>;

/** Adds /v3/{projects,domains}/T/{users,groups}/H/roles. */
export function addGrantRoutes(app: Express, identity: Identity): void {
  const { store } = identity;
  const signedIn = requireToken(identity);

  for (const target of ['project', 'domain'] as const)
    for (const kind of ['user', 'group'] as const) {
      const { collection, afterRevoke } = holders[kind];
      const rowsOf = holders[kind].table as unknown as Table<Grant>;
      const targets = target === 'project' ? directory.projects : directory.domains;
      const list = `/v3/${target}s/:target/${kind}s/:holder/roles`;

      /** The grant a path is about; 404 when holder, target or role do not exist. */
      const grantOf = async (params: Params): Promise<Grant> => {
        if (params.role !== undefined) await getRow(store.read, directory.roles, params.role);
        await getRow(store.read, collection, params.holder!);
        await getRow(store.read, targets, params.target!);
        return {
          [`${kind}_id`]: params.holder!,
          target,
          target_id: params.target!,
          ...(params.role !== undefined && { role_id: params.role }),
        };
      };

      app.get(list, signedIn, async (req, res) => {
        requireAdmin(res, 'identity:list_grants');
        const granted = await store.read.all(rowsOf, await grantOf(req.params as Params));
        const ids = granted.map(({ role_id }) => role_id!);
        const roles = await store.read.all(tables.roles, { id: ids }, { orderBy: [{ column: 'name' }] });
        res.json({ roles: roles.map(viewRole(baseUrl(req))), links: collectionLinks(req) });
      });

      app.put(`${list}/:role`, signedIn, async (req, res) => {
        requireAdmin(res, 'identity:create_grant');
        const grant = await grantOf(req.params as Params);
        await store.transaction(async (rows) => {
          if ((await rows.find(rowsOf, grant)) === undefined) await rows.insert(rowsOf, grant);
        });
        res.status(204).end();
      });

      app.get(`${list}/:role`, signedIn, async (req, res) => {
        requireAdmin(res, 'identity:check_grant');
        const grant = await grantOf(req.params as Params);
        if ((await store.read.find(rowsOf, grant)) === undefined)
          throw notFound('role assignment', grant.role_id!);
        res.status(204).end();
      });

      app.delete(`${list}/:role`, signedIn, async (req, res) => {
        requireAdmin(res, 'identity:revoke_grant');
        const grant = await grantOf(req.params as Params);
        if ((await store.read.remove(rowsOf, grant)) === 0) throw notFound('role assignment', grant.role_id!);
        const { target: targetId, holder } = req.params as { target: string; holder: string };
        await afterRevoke(store.read, holder, { [`${target}_id`]: targetId });
        res.status(204).end();
      });
    }
}
