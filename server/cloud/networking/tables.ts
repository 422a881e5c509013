// The table of each declared resource, for code that works with all of them.
import {
  addressGroups,
  addressScopes,
  agents,
  flavors,
  bandwidthLimitRules,
  dscpMarkingRules,
  floatingips,
  meteringLabelRules,
  meteringLabels,
  networks,
  ports,
  qosPolicies,
  rbacPolicies,
  routers,
  securityGroupRules,
  securityGroups,
  serviceProfiles,
  subnetpools,
  subnets,
} from '../store/networking-tables.ts';
import type { Table } from '../store/table.ts';
import type { Item } from './work.ts';

/** By resource name: `tablesByName.security_group`. */
export const tablesByName: Readonly<Record<string, Table<Item>>> = {
  network: networks,
  address_scope: addressScopes,
  subnetpool: subnetpools,
  subnet: subnets,
  port: ports,
  router: routers,
  floatingip: floatingips,
  address_group: addressGroups,
  security_group: securityGroups,
  security_group_rule: securityGroupRules,
  agent: agents,
  flavor: flavors,
  service_profile: serviceProfiles,
  metering_label: meteringLabels,
  metering_label_rule: meteringLabelRules,
  rbac_policy: rbacPolicies,
  policy: qosPolicies,
  bandwidth_limit_rule: bandwidthLimitRules,
  dscp_marking_rule: dscpMarkingRules,
};
