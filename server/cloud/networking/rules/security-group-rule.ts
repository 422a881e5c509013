// Rules of security groups: in a group of the caller, naming groups that exist, each rule once.
import { familyOf, formatCidr, parseCidr } from '../../../lib/cidr.ts';
import type { CreateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { securityGroupRule, SecurityGroupRule } from '../../model/security-group-rule.ts';
import type { SecurityGroup } from '../../model/security-group.ts';
import { securityGroupRules, securityGroups } from '../../store/networking-tables.ts';
import { groupsChanged } from '../notices.ts';
import type { Item, Rules, Work } from '../work.ts';
import { getAddressGroup } from './address-group.ts';
import { ensureDefaultGroup } from './default-group.ts';
import { checkedRule } from './security-group-rule-shape.ts';

type Create = CreateOf<typeof securityGroupRule>;

/** What makes two rules of a group the same. */
const telling = [
  'direction',
  'ethertype',
  'protocol',
  'port_range_min',
  'port_range_max',
  'remote_ip_prefix',
  'remote_group_id',
  'remote_address_group_id',
] as const;

export const securityGroupRuleRules: Rules<SecurityGroupRule, Create, Item> = {
  notFound: (id) => neutronError('SecurityGroupRuleNotFound', { id }),

  decorate: async (_rows, list) => list.map((row) => ({ normalized_cidr: normalizedCidr(row) })),

  async beforeList(work) {
    await ensureDefaultGroup(work, work.context.project_id);
  },

  async beforeCreate(work, body) {
    const shape = checkedRule(body);
    const group = await getGroup(work, body.security_group_id);
    if (body.remote_group_id !== null) await getGroup(work, body.remote_group_id);
    if (body.remote_address_group_id !== null) await getAddressGroup(work, body.remote_address_group_id);
    const wanted = { ...body, ...shape };
    const others = await work.rows.all(securityGroupRules, { security_group_id: group.id });
    const same = others.find((other) => telling.every((name) => other[name] === wanted[name]));
    if (same !== undefined) throw neutronError('SecurityGroupRuleExists', { rule_id: same.id });
    return { ...shape, tenant_id: work.context.is_admin ? group.tenant_id : body.tenant_id! };
  },

  async afterCreate(work, row) {
    await touchGroup(work, row.security_group_id);
  },

  async afterDelete(work, row) {
    await touchGroup(work, row.security_group_id);
  },
};

/** The prefix of a rule as it is compared. */
export function normalizedCidr({
  remote_ip_prefix,
}: Pick<SecurityGroupRule, 'remote_ip_prefix'>): string | null {
  if (remote_ip_prefix === null) return null;
  const text = remote_ip_prefix;
  const cidr = parseCidr(text.includes('/') ? text : `${text}/${familyOf(text) === 6 ? 128 : 32}`);
  return cidr === undefined ? null : formatCidr(cidr);
}

async function getGroup(work: Work, id: string): Promise<SecurityGroup> {
  const group = await work.rows.find(securityGroups, { id });
  const isOwn = work.context.is_admin || group?.tenant_id === work.context.project_id;
  if (group === undefined || !isOwn) throw neutronError('SecurityGroupNotFound', { id });
  return group;
}

/** A group shows its rules, so it changes with them, and its ports are filtered anew. */
async function touchGroup(work: Work, id: string): Promise<void> {
  const group = await work.rows.find(securityGroups, { id });
  if (group === undefined) return;
  const revision_number = group.revision_number + 1;
  await work.rows.update(securityGroups, { id }, { revision_number, updated_at: work.now });
  groupsChanged(work, 'rule', [id]);
}
