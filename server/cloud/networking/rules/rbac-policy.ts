// RBAC policies: on an object of the caller's, and kept while somebody needs them.
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { invalidInput, neutronError } from '../../model/errors.ts';
import {
  everybody,
  sharedResources,
  sharingActions,
  type rbacPolicy,
  type RbacPolicy,
} from '../../model/rbac-policy.ts';
import { networks, rbacPolicies } from '../../store/networking-tables.ts';
import { losing, mayUse } from '../sharing.ts';
import { tablesByName } from '../tables.ts';
import type { Item, Rules, Work } from '../work.ts';
import { forgetNetwork } from './load.ts';
import { usersOf } from './rbac-users.ts';

type Create = CreateOf<typeof rbacPolicy>;
type Update = UpdateOf<typeof rbacPolicy>;

export const rbacPolicyRules: Rules<RbacPolicy, Create, Update> = {
  notFound: (id) => neutronError('RbacPolicyNotFound', { object_type: 'unknown', id }),

  async beforeCreate(work, body) {
    const { object_type, object_id, action, target_tenant } = body;
    const valid: readonly string[] = sharingActions[object_type];
    if (!valid.includes(action))
      throw invalidInput(
        `Invalid action '${action}' for object type '${object_type}'. Valid actions: ${valid.join(', ')}`,
      );
    const object = await objectOf(work, body);
    if (!(await mayUse(work, object, valid as typeof sharingActions.network)))
      throw work.env.rules[resourceOf(object_type)]!.notFound(object_id);
    if (!work.context.is_admin && object.tenant_id !== work.context.project_id)
      throw invalidInput(`Only admins can manipulate policies on ${object_type}s they do not own`);
    await refuseTwice(work, { object_id, action, target_tenant });
    return {};
  },

  async afterCreate(work, row) {
    await reflect(work, row);
  },

  async beforeUpdate(work, row, { target_tenant }) {
    if (target_tenant === undefined || target_tenant === row.target_tenant) return {};
    await refuseTwice(work, { ...row, target_tenant });
    await refuseUsed(work, row, target_tenant);
    return {};
  },

  async afterUpdate(work, row) {
    await reflect(work, row);
  },

  async beforeDelete(work, row) {
    await refuseUsed(work, row);
  },

  async afterDelete(work, row) {
    await reflect(work, row);
  },
};

const resourceOf = (object_type: RbacPolicy['object_type']) => sharedResources[object_type] ?? object_type;

/** The object a policy is about. Throws its resource's 404. */
async function objectOf(
  work: Work,
  { object_type, object_id }: Pick<RbacPolicy, 'object_type' | 'object_id'>,
): Promise<{ id: string; tenant_id: string }> {
  const found = await work.rows.find(tablesByName[resourceOf(object_type)]!, { id: object_id });
  if (found === undefined) throw work.env.rules[resourceOf(object_type)]!.notFound(object_id);
  return found as { id: string; tenant_id: string };
}

async function refuseTwice(
  work: Work,
  { object_id, action, target_tenant }: Pick<RbacPolicy, 'object_id' | 'action' | 'target_tenant'>,
): Promise<void> {
  if ((await work.rows.count(rbacPolicies, { object_id, action, target_tenant })) > 0)
    throw neutronError('DuplicateRbacPolicy');
}

/** Projects that use the object would lose it. */
async function refuseUsed(work: Work, row: RbacPolicy, instead?: string): Promise<void> {
  if (instead === everybody) return;
  const object = await objectOf(work, row);
  const action = row.action as Parameters<typeof losing>[2]['action'];
  const users = await usersOf(work.rows, row);
  const lost = (await losing(work.rows, object, { users, action, without: row })).filter(
    (user) => user !== instead,
  );
  if (lost.length > 0)
    throw neutronError('RbacPolicyInUse', {
      object_id: row.object_id,
      details: `projects that use it: ${lost.join(', ')}`,
    });
}

/** `shared` of the object says whether every project has it; a network that may be used as external is external. */
async function reflect(work: Work, { object_type, object_id, action }: RbacPolicy): Promise<void> {
  const table = tablesByName[resourceOf(object_type)]!;
  if (action === 'access_as_external') {
    await work.rows.update(networks, { id: object_id }, await externalNow(work, object_id));
    return forgetNetwork(work, object_id);
  }
  if (!('shared' in table.columns)) return;
  const isForAll = await work.rows.count(rbacPolicies, { object_id, action, target_tenant: everybody });
  await work.rows.update(table, { id: object_id }, { shared: isForAll > 0 } as Item);
  if (object_type === 'network') forgetNetwork(work, object_id);
}

/** A network becomes external with its first such policy, and stays so without any. */
async function externalNow(work: Work, object_id: string): Promise<{ 'router:external'?: true }> {
  const policies = await work.rows.count(rbacPolicies, { object_id, action: 'access_as_external' });
  return policies > 0 ? { 'router:external': true } : {};
}
