// All options that neutron-server reads, by group, and the settings that its rules work with.
import type { Config } from '../../lib/config.ts';
import { linuxbridgePluginOptions } from '../model/options/linuxbridge-plugin.ts';
import {
  ml2FlatOptions,
  ml2GreOptions,
  ml2Options,
  ml2VlanOptions,
  ml2VxlanOptions,
  securityGroupApiOptions,
} from '../model/options/ml2.ts';
import {
  keystoneAuthtokenOptions,
  neutronDatabaseOptions,
  neutronServerOptions,
  novaNotifierOptions,
  quotaOptions,
} from '../model/options/neutron.ts';
import { ovsPluginOptions } from '../model/options/ovs.ts';
import { corePluginSettings } from './core-plugin.ts';
import { countedResources } from './quota.ts';
import { defaultSettings, schedulingOf, type Settings } from './settings.ts';

export const serverOptions = {
  DEFAULT: neutronServerOptions,
  database: neutronDatabaseOptions,
  keystone_authtoken: keystoneAuthtokenOptions,
  nova: novaNotifierOptions,
  quotas: quotaOptions,
  ml2: ml2Options,
  ml2_type_flat: ml2FlatOptions,
  ml2_type_vlan: ml2VlanOptions,
  ml2_type_gre: ml2GreOptions,
  ml2_type_vxlan: ml2VxlanOptions,
  securitygroup: securityGroupApiOptions,
  // files of the older plug-ins
  ovs: ovsPluginOptions,
  vlans: linuxbridgePluginOptions,
};

export type ServerConfig = Config<typeof serverOptions>;

/** The settings of a configuration. */
export function settingsOf(config: ServerConfig): Settings {
  const { DEFAULT: general, quotas } = config;
  const limits = Object.fromEntries(
    countedResources.map((name) => [name, (quotas as Record<string, number>)[`quota_${name}`] ?? -1]),
  );
  return {
    ...defaultSettings,
    ...schedulingOf(general),
    host: general.host,
    base_mac: general.base_mac,
    dvr_base_mac: general.dvr_base_mac,
    router_distributed: general.router_distributed,
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
    ml2: corePluginSettings(config),
  };
}

const shortNames: Record<string, string> = {
  'neutron.services.qos.qos_plugin.QoSPlugin': 'qos',
  'neutron.services.l3_router.l3_router_plugin.L3RouterPlugin': 'router',
  'neutron.services.metering.metering_plugin.MeteringPlugin': 'metering',
};

const pageLimit = (text: string): number => (/^\d+$/.test(text) && Number(text) > 0 ? Number(text) : -1);
