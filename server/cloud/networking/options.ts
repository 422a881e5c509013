// All options that neutron-server reads, by group, and the settings that its rules work with.
import type { Config } from '../../lib/config.ts';
import { ml2FlatOptions, ml2Options, ml2VlanOptions, securityGroupApiOptions } from '../model/options/ml2.ts';
import {
  keystoneAuthtokenOptions,
  neutronDatabaseOptions,
  neutronServerOptions,
  novaNotifierOptions,
  quotaOptions,
} from '../model/options/neutron.ts';
import { ovsPluginOptions } from '../model/options/ovs.ts';
import { countedResources } from './quota.ts';
import { defaultSettings, type Settings } from './settings.ts';

export const serverOptions = {
  DEFAULT: neutronServerOptions,
  database: neutronDatabaseOptions,
  keystone_authtoken: keystoneAuthtokenOptions,
  nova: novaNotifierOptions,
  quotas: quotaOptions,
  ml2: ml2Options,
  ml2_type_flat: ml2FlatOptions,
  ml2_type_vlan: ml2VlanOptions,
  securitygroup: securityGroupApiOptions,
  // the older plug-in's file may be given in place of ml2_conf.ini
  ovs: ovsPluginOptions,
};

export type ServerConfig = Config<typeof serverOptions>;

/** The settings of a configuration. */
export function settingsOf(config: ServerConfig): Settings {
  const { DEFAULT: general, quotas, ml2, ovs } = config;
  const limits = Object.fromEntries(
    countedResources.map((name) => [name, (quotas as Record<string, number>)[`quota_${name}`] ?? -1]),
  );
  return {
    ...defaultSettings,
    host: general.host,
    base_mac: general.base_mac,
    agent_down_time: general.agent_down_time,
    dhcp_agents_per_network: general.dhcp_agents_per_network,
    allow_overlapping_ips: general.allow_overlapping_ips,
    allow_bulk: general.allow_bulk,
    allow_pagination: general.allow_pagination,
    allow_sorting: general.allow_sorting,
    service_plugins: general.service_plugins.map((name) => shortNames[name] ?? name),
    max_dns_nameservers: general.max_dns_nameservers,
    max_subnet_host_routes: general.max_subnet_host_routes,
    max_routes: general.max_routes,
    max_allowed_address_pair: general.max_allowed_address_pair,
    max_fixed_ips_per_port: general.max_fixed_ips_per_port,
    pagination_max_limit: pageLimit(general.pagination_max_limit),
    global_physnet_mtu: general.global_physnet_mtu,
    enable_security_group: config.securitygroup.enable_security_group,
    quotas: limits,
    ml2: {
      type_drivers: ml2.type_drivers,
      tenant_network_types: isDefault(ml2.tenant_network_types)
        ? [ovs.tenant_network_type]
        : ml2.tenant_network_types,
      mechanism_drivers: ml2.mechanism_drivers,
      flat_networks: config.ml2_type_flat.flat_networks,
      network_vlan_ranges: [
        ...new Set([...config.ml2_type_vlan.network_vlan_ranges, ...ovs.network_vlan_ranges]),
      ],
      path_mtu: ml2.path_mtu,
    },
  };
}

const shortNames: Record<string, string> = {
  'neutron.services.l3_router.l3_router_plugin.L3RouterPlugin': 'router',
};

const isDefault = (types: readonly string[]) =>
  types.join() === ml2Options.tenant_network_types.default.join();

const pageLimit = (text: string): number => (/^\d+$/.test(text) && Number(text) > 0 ? Number(text) : -1);
