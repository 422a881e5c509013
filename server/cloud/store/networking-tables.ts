// The tables of the Networking server: one per stored resource, and what lies between them.
import { addressGroup } from '../model/address-group.ts';
import { addressScope } from '../model/address-scope.ts';
import { agent } from '../model/agent.ts';
import { flavor, serviceProfile } from '../model/flavor.ts';
import { floatingip } from '../model/floatingip.ts';
import { resources } from '../model/index.ts';
import { meteringLabel } from '../model/metering-label.ts';
import { meteringLabelRule } from '../model/metering-label-rule.ts';
import { network } from '../model/network.ts';
import { port } from '../model/port.ts';
import { bandwidthLimitRule, dscpMarkingRule, qosPolicy } from '../model/qos.ts';
import { rbacPolicy } from '../model/rbac-policy.ts';
import { router } from '../model/router.ts';
import { securityGroup } from '../model/security-group.ts';
import { securityGroupRule } from '../model/security-group-rule.ts';
import { subnet } from '../model/subnet.ts';
import { subnetpool } from '../model/subnetpool.ts';
import type { DvrHostMac } from '../model/specs.ts';
import type { Schema } from './migrate.ts';
import { networkOwnersOfPorts, policiesForMarks } from './networking-fills.ts';
import { defineTable, tableOf } from './table.ts';
import { tagTables } from './tag-tables.ts';

const names = Object.fromEntries(resources.map(({ name, plural }) => [name, plural]));
const refers = (table: string) =>
  ({ type: 'varchar', length: 36, references: { table, onDelete: 'cascade' } }) as const;

export const qosPolicies = tableOf(qosPolicy, names);
export const networks = tableOf(network, names);
export const addressScopes = tableOf(addressScope, names);
export const subnetpools = tableOf(subnetpool, names);
export const subnets = tableOf(subnet, names);
export const ports = tableOf(port, names);
export const routers = tableOf(router, names);
export const floatingips = tableOf(floatingip, names);
export const addressGroups = tableOf(addressGroup, names);
export const securityGroups = tableOf(securityGroup, names);
export const securityGroupRules = tableOf(securityGroupRule, names);
export const agents = tableOf(agent, names);
export const flavors = tableOf(flavor, names);
export const serviceProfiles = tableOf(serviceProfile, names);
export const meteringLabels = tableOf(meteringLabel, names);
export const meteringLabelRules = tableOf(meteringLabelRule, names);
export const rbacPolicies = tableOf(rbacPolicy, names);
export const bandwidthLimitRules = tableOf(bandwidthLimitRule, names);
export const dscpMarkingRules = tableOf(dscpMarkingRule, names);

/** Which port holds which address; the key makes an address be given once. */
export interface IpAllocation {
  subnet_id: string;
  ip_address: string;
  network_id: string;
  port_id: string;
  /** Order of the port's addresses. */
  position: number;
  /** Distance from the first address of the subnet; null where it is no safe integer (EUI-64). */
  distance: number | null;
}
export const ipAllocations = defineTable<IpAllocation>({
  name: 'ip_allocations',
  columns: {
    subnet_id: { type: 'varchar', length: 36, references: { table: 'subnets' } },
    ip_address: { type: 'varchar', length: 64 },
    network_id: { type: 'varchar', length: 36 },
    port_id: refers('ports'),
    position: { type: 'int' },
    distance: { type: 'int', nullable: true },
  },
  key: ['subnet_id', 'ip_address'],
  indexes: [['port_id'], ['ip_address'], ['subnet_id', 'distance']],
});

/** Which provider segment belongs to which network: `vlan:physnet2:101`, `flat:physnet1`. */
export interface SegmentAllocation {
  segment: string;
  network_id: string;
}
export const segmentAllocations = defineTable<SegmentAllocation>({
  name: 'segment_allocations',
  columns: { segment: { type: 'varchar', length: 128 }, network_id: { type: 'varchar', length: 36 } },
  key: ['segment'],
  indexes: [['network_id']],
});

/** Security groups of ports. */
export interface GroupBinding {
  port_id: string;
  security_group_id: string;
}
export const groupBindings = defineTable<GroupBinding>({
  name: 'security_group_bindings',
  columns: {
    port_id: refers('ports'),
    security_group_id: { type: 'varchar', length: 36, references: { table: 'security_groups' } },
  },
  key: ['port_id', 'security_group_id'],
  indexes: [['security_group_id']],
});

/** Which DHCP agents serve a network. */
export interface NetworkAgent {
  network_id: string;
  agent_id: string;
}
export const networkAgents = defineTable<NetworkAgent>({
  name: 'network_dhcp_agents',
  columns: { network_id: refers('networks'), agent_id: refers('agents') },
  key: ['network_id', 'agent_id'],
  indexes: [['agent_id']],
});

/** Which L3 agents serve a router. */
export interface RouterAgent {
  router_id: string;
  agent_id: string;
  /** Of a highly available router: `active`, `standby`; else null. */
  ha_state: string | null;
}
export const routerAgents = defineTable<RouterAgent>({
  name: 'router_l3_agents',
  columns: {
    router_id: refers('routers'),
    agent_id: refers('agents'),
    ha_state: { type: 'varchar', length: 16, nullable: true },
  },
  key: ['router_id', 'agent_id'],
  indexes: [['agent_id']],
});

/** The MAC address that stands for all distributed routers of a host. */
export const dvrHostMacs = defineTable<DvrHostMac>({
  name: 'dvr_host_macs',
  columns: { host: { type: 'varchar', length: 255 }, mac_address: { type: 'varchar', length: 32 } },
  key: ['host'],
  unique: [['mac_address']],
});

/** The network over which a tenant's highly available routers agree. */
export interface HaNetwork {
  tenant_id: string;
  network_id: string;
}
export const haNetworks = defineTable<HaNetwork>({
  name: 'ha_router_networks',
  columns: { tenant_id: { type: 'varchar', length: 255 }, network_id: refers('networks') },
  key: ['tenant_id'],
  indexes: [['network_id']],
});

/** Ids of highly available routers, unique in their network. */
export interface HaVrId {
  network_id: string;
  vr_id: number;
  router_id: string;
}
export const haVrIds = defineTable<HaVrId>({
  name: 'ha_router_vrid_allocations',
  columns: { network_id: refers('networks'), vr_id: { type: 'int' }, router_id: refers('routers') },
  key: ['network_id', 'vr_id'],
  unique: [['router_id']],
});

/** Hosts that a port of a router on several hosts is bound to, whatever the port's own binding names. */
export interface DistributedPortBinding {
  port_id: string;
  host: string;
  router_id: string;
  vif_type: string;
  vif_details: Record<string, unknown>;
  status: string;
}
export const distributedPortBindings = defineTable<DistributedPortBinding>({
  name: 'distributed_port_bindings',
  columns: {
    port_id: refers('ports'),
    host: { type: 'varchar', length: 255 },
    router_id: refers('routers'),
    vif_type: { type: 'varchar', length: 64 },
    vif_details: { type: 'json' },
    status: { type: 'varchar', length: 16 },
  },
  key: ['port_id', 'host'],
  indexes: [['router_id'], ['host']],
});

/** Service profiles of flavors. */
export interface FlavorBinding {
  flavor_id: string;
  service_profile_id: string;
}
export const flavorBindings = defineTable<FlavorBinding>({
  name: 'flavor_service_profile_bindings',
  columns: { flavor_id: refers('flavors'), service_profile_id: refers('service_profiles') },
  key: ['flavor_id', 'service_profile_id'],
  indexes: [['service_profile_id']],
});

/** The network and the router that a project got of themselves. */
export interface AutoTopology {
  tenant_id: string;
  network_id: string;
  router_id: string;
}
export const autoTopologies = defineTable<AutoTopology>({
  name: 'auto_allocated_topologies',
  columns: {
    tenant_id: { type: 'varchar', length: 255 },
    network_id: refers('networks'),
    router_id: { type: 'varchar', length: 36 },
  },
  key: ['tenant_id'],
  indexes: [['network_id']],
});

/** Limits that differ from the configured ones. */
export interface QuotaLimit {
  tenant_id: string;
  resource: string;
  quota_limit: number;
}
export const quotaLimits = defineTable<QuotaLimit>({
  name: 'quotas',
  columns: {
    tenant_id: { type: 'varchar', length: 255 },
    resource: { type: 'varchar', length: 64 },
    quota_limit: { type: 'int' },
  },
  key: ['tenant_id', 'resource'],
});

/** Messages for agents that one committed request owes; the row goes when they went to the broker. */
export interface ChangeEntry {
  id: string;
  messages: unknown[];
}
export const changeLog = defineTable<ChangeEntry>({
  name: 'change_log',
  columns: { id: { type: 'varchar', length: 36 }, messages: { type: 'json' } },
  key: ['id'],
});

export const networkingSchema: Schema = {
  version: 3,
  fills: {
    async 2(rows) {
      const shared = { mark: 'shared', action: 'access_as_shared' } as const;
      const external = { mark: 'router:external', action: 'access_as_external' } as const;
      await policiesForMarks(rows, rbacPolicies, { table: networks, type: 'network', ...shared });
      await policiesForMarks(rows, rbacPolicies, { table: networks, type: 'network', ...external });
      await policiesForMarks(rows, rbacPolicies, { table: subnetpools, type: 'subnetpool', ...shared });
    },
    3: (rows) => networkOwnersOfPorts(rows, { networks, ports }),
  },
  tables: [
    qosPolicies,
    networks,
    addressScopes,
    subnetpools,
    subnets,
    ports,
    routers,
    floatingips,
    addressGroups,
    securityGroups,
    securityGroupRules,
    agents,
    meteringLabels,
    meteringLabelRules,
    flavors,
    serviceProfiles,
    flavorBindings,
    ...Object.values(tagTables),
    rbacPolicies,
    bandwidthLimitRules,
    dscpMarkingRules,
    ipAllocations,
    segmentAllocations,
    groupBindings,
    networkAgents,
    routerAgents,
    haNetworks,
    haVrIds,
    dvrHostMacs,
    distributedPortBindings,
    autoTopologies,
    quotaLimits,
    changeLog,
  ],
};
