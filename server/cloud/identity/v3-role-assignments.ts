// GET /v3/role_assignments: who holds which role where, by ids or with names.
import type { Express } from 'express';
import type { Identity } from './access.ts';
import { baseUrl, requireAdmin, requireToken } from './guard.ts';
import * as tables from './tables.ts';
import { collectionLinks } from './v3-views.ts';

interface Shown {
  id: string;
  name?: string;
  domain?: Shown;
}

/** Adds the list of role assignments, filtered by `user.id`, `group.id`, `role.id` and `scope.{project,domain}.id`. */
export function addRoleAssignments(app: Express, identity: Identity): void {
  const { read } = identity.store;

  /** The form of each thing: its id, or what Identity calls it too. */
  const namesOf = async () => {
    const [domains, ...owned] = await Promise.all([
      read.all(tables.domains, {}),
      read.all(tables.users, {}),
      read.all(tables.groups, {}),
      read.all(tables.projects, {}),
    ]);
    const roles = await read.all(tables.roles, {});
    const inDomain = new Map(domains.map(({ id, name }) => [id, { id, name }]));
    const known = new Map<string, Shown>(inDomain);
    for (const { id, name } of roles) known.set(id, { id, name });
    for (const { id, name, domain_id } of owned.flat())
      known.set(id, { id, name, domain: inDomain.get(domain_id) ?? { id: domain_id } });
    return (id: string): Shown => known.get(id) ?? { id };
  };

  app.get('/v3/role_assignments', requireToken(identity), async (req, res) => {
    requireAdmin(res, 'identity:list_role_assignments');
    const asked = (name: string) =>
      typeof req.query[name] === 'string' ? (req.query[name] as string) : undefined;
    const [user_id, group_id, role_id] = [asked('user.id'), asked('group.id'), asked('role.id')];
    const [project, domain] = [asked('scope.project.id'), asked('scope.domain.id')];
    const where = {
      ...(role_id !== undefined && { role_id }),
      ...(project !== undefined && { target: 'project' as const, target_id: project }),
      ...(domain !== undefined && { target: 'domain' as const, target_id: domain }),
    };
    const [ofUsers, ofGroups] = await Promise.all([
      group_id === undefined ? read.all(tables.grants, { ...where, ...(user_id && { user_id }) }) : [],
      user_id === undefined ? read.all(tables.groupGrants, { ...where, ...(group_id && { group_id }) }) : [],
    ]);
    const granted = [
      ...ofUsers.map((grant) => ({ ...grant, kind: 'user' as const, holder: grant.user_id })),
      ...ofGroups.map((grant) => ({ ...grant, kind: 'group' as const, holder: grant.group_id })),
    ];
    const isNamed = 'include_names' in req.query && !/^(0|false)$/i.test(asked('include_names') ?? '');
    const show = isNamed ? await namesOf() : (id: string): Shown => ({ id });
    const role_assignments = granted.map(({ kind, holder, role_id: role, target, target_id }) => ({
      [kind]: show(holder),
      role: show(role),
      scope: { [target]: show(target_id) },
      links: {
        assignment: `${baseUrl(req)}/v3/${target}s/${target_id}/${kind}s/${holder}/roles/${role}`,
      },
    }));
    res.json({ role_assignments, links: collectionLinks(req) });
  });
}
