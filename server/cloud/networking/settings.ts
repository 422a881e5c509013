// The configuration of the server as its rules use it: plain values, so that tests need no files.
import { schedulingOptions } from '../model/options/scheduling.ts';

export interface Settings extends Scheduling {
  host: string;
  base_mac: string;
  /** Prefix of the MAC addresses that stand for the distributed routers of a host. */
  dvr_base_mac: string;
  /** What a router is when nobody says. */
  router_distributed: boolean;
  /** Seconds after its last heartbeat when an agent counts as dead. */
  agent_down_time: number;
  dhcp_agents_per_network: number;
  allow_overlapping_ips: boolean;
  allow_bulk: boolean;
  allow_pagination: boolean;
  allow_sorting: boolean;
  /** Plug-ins beside the core one: `router`, `metering`. */
  service_plugins: readonly string[];
  max_dns_nameservers: number;
  max_subnet_host_routes: number;
  max_routes: number;
  max_allowed_address_pair: number;
  max_fixed_ips_per_port: number;
  /** Largest answer to a list without (or with a larger) limit; -1: unlimited. */
  pagination_max_limit: number;
  global_physnet_mtu: number;
  enable_security_group: boolean;
  /** Limits per project by resource name; -1: unlimited. */
  quotas: Record<string, number>;
  ml2: {
    type_drivers: readonly string[];
    tenant_network_types: readonly string[];
    mechanism_drivers: readonly string[];
    /** Physical networks that may be flat; `*` means any. */
    flat_networks: readonly string[];
    /** `physnet2:100:110`, or `physnet1` without a range for tenants. */
    network_vlan_ranges: readonly string[];
    /** `1:1000`: tunnel ids of tenants' gre networks. */
    tunnel_id_ranges: readonly string[];
    /** `1:1000`: VXLAN network identifiers of tenants' vxlan networks. */
    vni_ranges: readonly string[];
    /** MTU of the network that carries the tunnels; 0: that of the physical networks. */
    path_mtu: number;
    /** MTU by physical network, where it is less than `global_physnet_mtu`. */
    physical_network_mtus: Readonly<Record<string, number>>;
    /** IP version of the tunnels' ends. */
    overlay_ip_version: 4 | 6;
  };
}

/** Which agents serve what; the options of these names. */
export type Scheduling = { [Name in keyof typeof schedulingOptions]: ValueOfOption<Name> };
type ValueOfOption<Name extends keyof typeof schedulingOptions> =
  (typeof schedulingOptions)[Name]['default'] extends boolean
    ? boolean
    : (typeof schedulingOptions)[Name]['default'] extends number
      ? number
      : string;

const names = Object.keys(schedulingOptions) as (keyof Scheduling)[];

/** Those settings out of a whole configuration. */
export const schedulingOf = (general: Scheduling): Scheduling =>
  Object.fromEntries(names.map((name) => [name, general[name]])) as unknown as Scheduling;

const schedulingDefaults = Object.fromEntries(
  names.map((name) => [name, schedulingOptions[name].default]),
) as unknown as Scheduling;

/** What the options' defaults amount to. */
export const defaultSettings: Settings = {
  ...schedulingDefaults,
  host: 'controller',
  base_mac: 'fa:16:3e:00:00:00',
  dvr_base_mac: 'fa:16:3f:00:00:00',
  router_distributed: false,
  agent_down_time: 75,
  dhcp_agents_per_network: 1,
  allow_overlapping_ips: true,
  allow_bulk: true,
  allow_pagination: true,
  allow_sorting: true,
  service_plugins: ['router', 'metering', 'qos'],
  max_dns_nameservers: 5,
  max_subnet_host_routes: 20,
  max_routes: 30,
  max_allowed_address_pair: 10,
  max_fixed_ips_per_port: 5,
  pagination_max_limit: -1,
  global_physnet_mtu: 1500,
  enable_security_group: true,
  quotas: {
    network: 10,
    subnet: 10,
    subnetpool: -1,
    port: 50,
    router: 10,
    floatingip: 50,
    security_group: 10,
    security_group_rule: 100,
    rbac_policy: 10,
  },
  ml2: {
    type_drivers: ['local', 'flat', 'vlan', 'gre', 'vxlan'],
    tenant_network_types: ['local'],
    mechanism_drivers: ['openvswitch'],
    flat_networks: ['*'],
    network_vlan_ranges: [],
    tunnel_id_ranges: [],
    vni_ranges: [],
    path_mtu: 0,
    physical_network_mtus: {},
    overlay_ip_version: 4,
  },
};
