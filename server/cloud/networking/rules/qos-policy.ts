// QoS policies: one default for a project, there as long as something has it; who may put one on a network or port.
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { CloudError } from '../../../lib/errors.ts';
import { neutronError } from '../../model/errors.ts';
import type { qosPolicy, QosPolicy } from '../../model/qos.ts';
import {
  bandwidthLimitRules,
  dscpMarkingRules,
  networks,
  ports,
  qosPolicies,
} from '../../store/networking-tables.ts';
import { forgetSharing, mayUse, ownOrShared, sharedFilter, shareWithAll, withShared } from '../sharing.ts';
import type { Rules, Work } from '../work.ts';

type Create = CreateOf<typeof qosPolicy>;
type Update = UpdateOf<typeof qosPolicy>;

export const qosPolicyRules: Rules<QosPolicy, Create, Update> = {
  notFound: (policy_id) => neutronError('QosPolicyNotFound', { policy_id }),
  scope: ownOrShared(),
  filters: { shared: sharedFilter },

  async decorate(rows, list, env, context) {
    const ids = list.map(({ id }) => id);
    const shared = await withShared(rows, list, env, context);
    const inOrder = { orderBy: [{ column: 'id' }] };
    const limits = await rows.all(bandwidthLimitRules, { qos_policy_id: ids }, inOrder);
    const marks = await rows.all(dscpMarkingRules, { qos_policy_id: ids }, inOrder);
    const rules = [
      ...limits.map((rule) => ({ ...rule, type: 'bandwidth_limit' })),
      ...marks.map((rule) => ({ ...rule, type: 'dscp_marking' })),
    ];
    const byPolicy = Map.groupBy(rules, ({ qos_policy_id }) => qos_policy_id);
    return ids.map((id, index) => ({ ...shared[index], rules: byPolicy.get(id) ?? [] }));
  },

  async beforeCreate(work, body) {
    if (body.is_default) await refuseSecondDefault(work, body.tenant_id!);
    return {};
  },

  async afterCreate(work, row) {
    await shareWithAll(work, 'qos_policy', row, row.shared);
  },

  async beforeUpdate(work, row, changes) {
    if (changes.is_default && !row.is_default) await refuseSecondDefault(work, row.tenant_id);
    return {};
  },

  async afterUpdate(work, row, _before, changes) {
    if (changes.shared !== undefined) await shareWithAll(work, 'qos_policy', row, changes.shared);
  },

  async beforeDelete(work, { id: policy_id }) {
    for (const [object_type, table] of [
      ['network', networks],
      ['port', ports],
    ] as const) {
      const user = await work.rows.find<{ id: string; qos_policy_id: string | null }>(table, {
        qos_policy_id: policy_id,
      });
      if (user !== undefined)
        throw neutronError('QosPolicyInUse', { policy_id, object_type, object_id: user.id });
    }
    await forgetSharing(work, policy_id);
  },
};

async function refuseSecondDefault(work: Work, project_id: string): Promise<void> {
  if ((await work.rows.count(qosPolicies, { tenant_id: project_id, is_default: true })) > 0)
    throw neutronError('QoSPolicyDefaultAlreadyExists', { project_id });
}

/** The policy a new network has when none is named. */
export async function defaultPolicyOf(work: Work, tenant_id: string): Promise<string | null> {
  return (await work.rows.find(qosPolicies, { tenant_id, is_default: true }))?.id ?? null;
}

/** A policy is put on something, or taken off: the caller may use the one, and was not bound by the other. */
export async function checkQosPolicy(
  work: Work,
  asked: string | null | undefined,
  before: string | null = null,
): Promise<void> {
  if (asked === undefined || asked === before) return;
  if (before !== null) {
    const old = await work.rows.find(qosPolicies, { id: before });
    if (old !== undefined && !(await mayUse(work, old)))
      throw new CloudError(
        403,
        'PolicyRemoveAuthorizationError',
        `Failed to remove provided policy ${before} because you are not authorized.`,
      );
  }
  if (asked === null) return;
  const policy = await work.rows.find(qosPolicies, { id: asked });
  if (policy === undefined || !(await mayUse(work, policy)))
    throw neutronError('QosPolicyNotFound', { policy_id: asked });
}
