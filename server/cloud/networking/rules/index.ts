// The rules of each resource, by its name.
import { resources } from '../../model/index.ts';
import type { Rules } from '../work.ts';
import { addressGroupRules } from './address-group.ts';
import { addressScopeRules } from './address-scope.ts';
import { agentRules } from './agent.ts';
import { constrained } from './constrained.ts';
import { flavorRules, serviceProfileRules } from './flavor.ts';
import { floatingipRules } from './floatingip.ts';
import { meteringLabelBehaviour, meteringLabelRuleBehaviour } from './metering.ts';
import { networkRules } from './network.ts';
import { portRules } from './port.ts';
import { qosPolicyRules } from './qos-policy.ts';
import { bandwidthLimitRuleRules, dscpMarkingRuleRules } from './qos-rule.ts';
import { rbacPolicyRules } from './rbac-policy.ts';
import { routerRules } from './router.ts';
import { securityGroupBehaviour } from './security-group.ts';
import { securityGroupRuleRules } from './security-group-rule.ts';
import { subnetRules } from './subnet.ts';
import { subnetpoolRules } from './subnetpool.ts';
import { tagged } from './tagged.ts';
import { zoned } from './zoned.ts';

const declared: Record<string, Rules> = {
  network: tagged('network', zoned('network', networkRules)),
  subnetpool: tagged('subnetpool', subnetpoolRules),
  subnet: tagged('subnet', subnetRules),
  port: tagged('port', portRules),
  router: tagged('router', zoned('router', routerRules)),
  floatingip: tagged('floatingip', floatingipRules),
  security_group: tagged('security_group', securityGroupBehaviour),
  security_group_rule: securityGroupRuleRules,
  agent: agentRules,
  flavor: flavorRules,
  service_profile: serviceProfileRules,
  metering_label: meteringLabelBehaviour,
  metering_label_rule: meteringLabelRuleBehaviour,
  address_group: addressGroupRules,
  address_scope: addressScopeRules,
  rbac_policy: rbacPolicyRules,
  policy: tagged('policy', qosPolicyRules),
  bandwidth_limit_rule: bandwidthLimitRuleRules,
  dscp_marking_rule: dscpMarkingRuleRules,
};

const hasRevision = (name: string) =>
  'revision_number' in resources.find((resource) => resource.name === name)!.fields;

export const rules: Record<string, Rules> = Object.fromEntries(
  Object.entries(declared).map(([name, own]) => [name, hasRevision(name) ? constrained(own) : own]),
);
