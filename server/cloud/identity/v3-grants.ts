// Roles of users on projects and domains.
import type { Express } from 'express';
import { revokeTokens, rolesOn, type Identity } from './access.ts';
import * as directory from './directory.ts';
import { getRow } from './directory.ts';
import { notFound } from './errors.ts';
import { baseUrl, requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import type { GrantRow } from './tables.ts';
import { collectionLinks, viewRole } from './v3-views.ts';

/** Adds /v3/{projects,domains}/T/users/U/roles and /v3/role_assignments. */
export function addGrantRoutes(app: Express, identity: Identity): void {
  const { store } = identity;
  const signedIn = requireToken(identity);

  for (const target of ['project', 'domain'] as const) {
    const holder = target === 'project' ? directory.projects : directory.domains;
    const list = `/v3/${target}s/:target/users/:user/roles`;

    /** The grant a path is about; 404 when user, target or role do not exist. */
    const grantOf = async (params: Record<string, string>): Promise<GrantRow> => {
      const grant = {
        user_id: params.user!,
        target,
        target_id: params.target!,
        role_id: params.role!,
      };
      await getRow(store.read, directory.roles, grant.role_id);
      await getRow(store.read, directory.users, grant.user_id);
      await getRow(store.read, holder, grant.target_id);
      return grant;
    };

    app.get(list, signedIn, async (req, res) => {
      requireAdmin(res, 'identity:list_grants');
      const params = req.params as Record<string, string>;
      await getRow(store.read, directory.users, params.user!);
      await getRow(store.read, holder, params.target!);
      const roles = await rolesOn(store.read, params.user!, target, params.target!);
      res.json({ roles: roles.map(viewRole(baseUrl(req))), links: collectionLinks(req) });
    });

    app.put(`${list}/:role`, signedIn, async (req, res) => {
      requireAdmin(res, 'identity:create_grant');
      const grant = await grantOf(req.params as Record<string, string>);
      await store.transaction(async (rows) => {
        if ((await rows.find(tables.grants, grant)) === undefined) await rows.insert(tables.grants, grant);
      });
      res.status(204).end();
    });

    app.get(`${list}/:role`, signedIn, async (req, res) => {
      requireAdmin(res, 'identity:check_grant');
      const grant = await grantOf(req.params as Record<string, string>);
      if ((await store.read.find(tables.grants, grant)) === undefined)
        throw notFound('role assignment', grant.role_id);
      res.status(204).end();
    });

    app.delete(`${list}/:role`, signedIn, async (req, res) => {
      requireAdmin(res, 'identity:revoke_grant');
      const grant = await grantOf(req.params as Record<string, string>);
      if ((await store.read.remove(tables.grants, grant)) === 0)
        throw notFound('role assignment', grant.role_id);
      const { user_id, target_id } = grant;
      await revokeTokens(
        store.read,
        target === 'project' ? { user_id, project_id: target_id } : { user_id, domain_id: target_id },
      );
      res.status(204).end();
    });
  }

  app.get('/v3/role_assignments', signedIn, async (req, res) => {
    requireAdmin(res, 'identity:list_role_assignments');
    const asked = (name: string) =>
      typeof req.query[name] === 'string' ? (req.query[name] as string) : undefined;
    const [user_id, role_id] = [asked('user.id'), asked('role.id')];
    const [project, domain] = [asked('scope.project.id'), asked('scope.domain.id')];
    const granted = await store.read.all(tables.grants, {
      ...(user_id !== undefined && { user_id }),
      ...(role_id !== undefined && { role_id }),
      ...(project !== undefined && { target: 'project' as const, target_id: project }),
      ...(domain !== undefined && { target: 'domain' as const, target_id: domain }),
    });
    const role_assignments = granted.map((grant) => ({
      user: { id: grant.user_id },
      role: { id: grant.role_id },
      scope: { [grant.target]: { id: grant.target_id } },
      links: {
        assignment: `${baseUrl(req)}/v3/${grant.target}s/${grant.target_id}/users/${grant.user_id}/roles/${grant.role_id}`,
      },
    }));
    res.json({ role_assignments, links: collectionLinks(req) });
  });
}
