// Security groups: the default one is always there and keeps its name; a group in use stays.
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { securityGroup, SecurityGroup } from '../../model/security-group.ts';
import { securityGroupRule } from '../../model/security-group-rule.ts';
import { groupBindings, securityGroupRules } from '../../store/networking-tables.ts';
import { groupsChanged } from '../notices.ts';
import { forgetSharing, ownOrShared, withShared } from '../sharing.ts';
import type { Rules, Work } from '../work.ts';
import { ensureDefaultGroup, outgoingRules } from './default-group.ts';
import { normalizedCidr } from './security-group-rule.ts';

type Create = CreateOf<typeof securityGroup>;
type Update = UpdateOf<typeof securityGroup>;

const shownOfRules = Object.entries(securityGroupRule.fields).map(([name]) => name);

export const securityGroupBehaviour: Rules<SecurityGroup, Create, Update> = {
  notFound: (id) => neutronError('SecurityGroupNotFound', { id }),

  scope: ownOrShared(),

  async beforeList(work) {
    await ensureDefaultGroup(work, work.context.project_id);
  },

  async decorate(rows, list, env, context) {
    const ids = list.map(({ id }) => id);
    const shared = await withShared(rows, list, env, context);
    const found = await rows.all(
      securityGroupRules,
      { security_group_id: ids },
      { orderBy: [{ column: 'id' }] },
    );
    const byGroup = Map.groupBy(found, ({ security_group_id }) => security_group_id);
    return ids.map((id, index) => ({
      ...shared[index],
      security_group_rules: (byGroup.get(id) ?? []).map((rule) => ({
        ...Object.fromEntries(shownOfRules.map((name) => [name, rule[name as keyof typeof rule]])),
        normalized_cidr: normalizedCidr(rule),
        project_id: rule.tenant_id,
      })),
    }));
  },

  async beforeCreate(work, body) {
    await ensureDefaultGroup(work, body.tenant_id!);
    if (body.name === 'default') throw neutronError('SecurityGroupDefaultAlreadyExists');
    return {};
  },

  async afterCreate(work, row) {
    await work.rows.insert(securityGroupRules, outgoingRules(work, row));
  },

  async beforeUpdate(work, row, changes) {
    if (changes.stateful !== undefined && changes.stateful !== row.stateful) await refuseUsed(work, row);
    if (changes.name === undefined || changes.name === row.name) return {};
    if (row.default_of !== null) throw neutronError('SecurityGroupCannotUpdateDefault');
    if (changes.name === 'default') throw neutronError('SecurityGroupDefaultAlreadyExists');
    return {};
  },

  async beforeDelete(work, row) {
    await refuseUsed(work, row);
    if (row.default_of !== null && !work.context.is_admin)
      throw neutronError('SecurityGroupCannotRemoveDefault');
    const naming = await work.rows.all(securityGroupRules, { remote_group_id: row.id });
    groupsChanged(work, 'rule', [...new Set(naming.map(({ security_group_id }) => security_group_id))]);
    await work.rows.remove(securityGroupRules, { remote_group_id: row.id });
    await work.rows.remove(securityGroupRules, { security_group_id: row.id });
    await forgetSharing(work, row.id);
    work.memo.delete(`default group ${row.tenant_id}`);
  },
};

async function refuseUsed(work: Work, { id }: SecurityGroup): Promise<void> {
  if ((await work.rows.count(groupBindings, { security_group_id: id })) > 0)
    throw neutronError('SecurityGroupInUse', { id, reason: 'in use' });
}
