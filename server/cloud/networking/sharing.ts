// Who besides its owner may use an object: the RBAC policies, of which `shared` is the one for every project.
import { randomUUID } from 'node:crypto';
import type { ExpressionBuilder } from 'kysely';
import { everybody, type RbacPolicy, type Shareable, type SharingAction } from '../model/rbac-policy.ts';
import type { RequestContext } from '../model/context.ts';
import { rbacPolicies } from '../store/networking-tables.ts';
import type { AnyTables, Condition, Rows, Selection } from '../store/rows.ts';
import type { Work } from './work.ts';

const shared: readonly SharingAction[] = ['access_as_shared'];

/** Any expression of a query. */
type Expression = ExpressionBuilder<AnyTables, string>;

/** A subquery: ids of the objects that a project may use by one of the actions. */
export const sharedIdsQuery = (
  is: Expression,
  project_id: string,
  actions: readonly SharingAction[] = shared,
) =>
  is
    .selectFrom('rbac_policies')
    .select('object_id')
    .where('target_tenant', 'in', [everybody, project_id])
    .where('action', 'in', [...actions]);

/** Rows of the project. */
export const ownedBy =
  (project_id: string): Condition =>
  (is) =>
    is('tenant_id', '=', project_id);

/** Rows of other projects for which `condition` holds, as two stretches of an index that goes on with the project. */
export const ofOthers = (project_id: string, condition: Condition): Condition[] =>
  (['<', '>'] as const).map(
    (side): Condition =>
      (is) =>
        is.and([condition(is), is('tenant_id', side, project_id)]),
  );

/** The scope of a shareable resource: own rows, and those shared with the project. */
export const ownOrShared =
  (actions: readonly SharingAction[] = shared) =>
  ({ project_id }: RequestContext): Condition[] => [
    ownedBy(project_id),
    ...ofOthers(project_id, (is) => is('id', 'in', sharedIdsQuery(is, project_id, actions))),
  ];

/** The filter on `shared` as the caller sees it. */
export const sharedFilter = (
  query: Selection,
  values: readonly string[],
  { project_id }: RequestContext,
): Selection => {
  const wanted = new Set(values.map((value) => ['true', '1'].includes(value.toLowerCase())));
  if (wanted.size !== 1) return query;
  return query.where((is) => is('id', wanted.has(true) ? 'in' : 'not in', sharedIdsQuery(is, project_id)));
};

/** Which of the objects are shared with a project (or with all). */
export async function sharedWith(
  rows: Rows,
  ids: readonly string[],
  project_id: string,
  actions: readonly SharingAction[] = shared,
): Promise<Set<string>> {
  const found = await rows.all(rbacPolicies, {
    object_id: ids,
    target_tenant: [everybody, project_id],
    action: actions,
  });
  return new Set(found.map(({ object_id }) => object_id));
}

/** `shared` of each object, as the caller sees it. */
export async function withShared(
  rows: Rows,
  list: readonly { id: string }[],
  _env: unknown,
  { project_id }: RequestContext,
): Promise<{ shared: boolean }[]> {
  const ids = list.map(({ id }) => id);
  const shared = await sharedWith(rows, ids, project_id);
  return ids.map((id) => ({ shared: shared.has(id) }));
}

/** Whether the caller may use an object: his own, one shared with him, an administrator any. */
export async function mayUse(
  work: Work,
  object: { id: string; tenant_id: string },
  actions?: readonly SharingAction[],
): Promise<boolean> {
  const { context } = work;
  if (context.is_admin || object.tenant_id === context.project_id) return true;
  return (await sharedWith(work.rows, [object.id], context.project_id, actions)).has(object.id);
}

/** Makes the policy for every project be there, or not, after `shared` was set. */
export async function shareWithAll(
  work: Work,
  object_type: Shareable,
  object: { id: string; tenant_id: string },
  isShared: boolean,
  action: SharingAction = 'access_as_shared',
): Promise<void> {
  const policy = { object_type, object_id: object.id, action, target_tenant: everybody };
  const found = await work.rows.find(rbacPolicies, policy);
  if (!isShared && found !== undefined) await work.rows.remove(rbacPolicies, { id: found.id });
  if (isShared && found === undefined)
    await work.rows.insert(rbacPolicies, { id: randomUUID(), tenant_id: object.tenant_id, ...policy });
}

/** Takes the policies of an object away, which is deleted; or those of one action, which it has no more. */
export async function forgetSharing(work: Work, object_id: string, action?: SharingAction): Promise<void> {
  await work.rows.remove(rbacPolicies, { object_id, ...(action && { action }) });
}

/** Those of the users (projects) whom no policy but `without` lets use the object. */
export async function losing(
  rows: Rows,
  object: { id: string; tenant_id: string },
  { users, action, without }: { users: readonly string[]; action: SharingAction; without: RbacPolicy },
): Promise<string[]> {
  const all = await rows.all(rbacPolicies, { object_id: object.id, action });
  const kept = new Set(all.filter(({ id }) => id !== without.id).map(({ target_tenant }) => target_tenant));
  const isCovered = (user: string) => user === object.tenant_id || kept.has(everybody) || kept.has(user);
  const { target_tenant } = without;
  return users.filter(
    (user) => user !== '' && (target_tenant === everybody || target_tenant === user) && !isCovered(user),
  );
}
