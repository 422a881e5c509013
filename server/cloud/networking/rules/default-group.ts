// The security group every project has: its members reach each other, everything may leave, nothing else comes in.
import { randomUUID } from 'node:crypto';
import type { SecurityGroup } from '../../model/security-group.ts';
import type { SecurityGroupRule } from '../../model/security-group-rule.ts';
import { securityGroupRules, securityGroups } from '../../store/networking-tables.ts';
import type { Work } from '../work.ts';
import { remembered } from './load.ts';

/** The project's default group, made when it is not there; undefined for work of no project. */
export async function ensureDefaultGroup(work: Work, tenant_id: string): Promise<SecurityGroup | undefined> {
  if (tenant_id === '' || !work.env.settings.enable_security_group) return undefined;
  return remembered(work, `default group ${tenant_id}`, async () => {
    const found = await work.rows.find(securityGroups, { default_of: tenant_id });
    return found ?? makeDefaultGroup(work, tenant_id);
  });
}

async function makeDefaultGroup(work: Work, tenant_id: string): Promise<SecurityGroup> {
  const stamps = { created_at: work.now, updated_at: work.now, revision_number: 1 };
  const group: SecurityGroup = {
    id: randomUUID(),
    name: 'default',
    tenant_id,
    description: 'Default security group',
    default_of: tenant_id,
    tags: [],
    stateful: true,
    ...stamps,
  };
  await work.rows.insert(securityGroups, group);
  await work.rows.insert(securityGroupRules, [...outgoingRules(work, group), ...memberRules(work, group)]);
  return group;
}

/** Everything may leave: the rules every new group starts with. */
export const outgoingRules = (work: Work, group: SecurityGroup): SecurityGroupRule[] =>
  (['IPv4', 'IPv6'] as const).map((ethertype) => plainRule(work, group, { direction: 'egress', ethertype }));

const memberRules = (work: Work, group: SecurityGroup): SecurityGroupRule[] =>
  (['IPv4', 'IPv6'] as const).map((ethertype) =>
    plainRule(work, group, { direction: 'ingress', ethertype, remote_group_id: group.id }),
  );

function plainRule(
  work: Work,
  group: SecurityGroup,
  rule: Pick<SecurityGroupRule, 'direction' | 'ethertype'> & { remote_group_id?: string },
): SecurityGroupRule {
  return {
    id: randomUUID(),
    tenant_id: group.tenant_id,
    security_group_id: group.id,
    protocol: null,
    port_range_min: null,
    port_range_max: null,
    remote_ip_prefix: null,
    remote_address_group_id: null,
    remote_group_id: null,
    description: null,
    created_at: work.now,
    updated_at: work.now,
    revision_number: 0,
    ...rule,
  };
}
