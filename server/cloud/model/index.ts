// All resources of the Networking API, in the order of their foreign keys.
import type { Resource } from '../../lib/resource.ts';
import { addressGroup } from './address-group.ts';
import { addressScope } from './address-scope.ts';
import { agent } from './agent.ts';
import { flavor, serviceProfile } from './flavor.ts';
import { floatingip } from './floatingip.ts';
import { meteringLabel } from './metering-label.ts';
import { meteringLabelRule } from './metering-label-rule.ts';
import { network } from './network.ts';
import { port } from './port.ts';
import { bandwidthLimitRule, dscpMarkingRule, qosPolicy } from './qos.ts';
import { rbacPolicy } from './rbac-policy.ts';
import { router } from './router.ts';
import { securityGroup } from './security-group.ts';
import { securityGroupRule } from './security-group-rule.ts';
import { subnet } from './subnet.ts';
import { subnetpool } from './subnetpool.ts';

export const resources: readonly Resource[] = [
  qosPolicy,
  network,
  addressScope,
  subnetpool,
  subnet,
  port,
  router,
  floatingip,
  addressGroup,
  securityGroup,
  securityGroupRule,
  agent,
  meteringLabel,
  meteringLabelRule,
  flavor,
  serviceProfile,
  rbacPolicy,
  bandwidthLimitRule,
  dscpMarkingRule,
];

/** The resource a plural or a path names: `security_groups`, `security-groups`. */
export const findResource = (plural: string): Resource | undefined =>
  resources.find((resource) => resource.plural === plural || resource.path === plural);
