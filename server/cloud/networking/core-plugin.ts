// Which network types, ranges and mechanisms the configured core plug-in has: ml2, or an older one, served by the same machinery.
import { ConfigError } from '../../lib/config.ts';
import { corePlugins } from '../model/options/neutron.ts';
import { ml2Options } from '../model/options/ml2.ts';
import type { ServerConfig } from './options.ts';
import { defaultSettings, type Settings } from './settings.ts';

type Ml2 = Settings['ml2'];

/** The settings of the core plug-in. Throws naming an option whose value cannot be used. */
export function corePluginSettings(config: ServerConfig): Ml2 {
  const plugins: Record<string, (config: ServerConfig) => Ml2> = { ml2, openvswitch, linuxbridge };
  const name = corePlugins[config.DEFAULT.core_plugin as keyof typeof corePlugins];
  return { ...plugins[name]!(config), ...mtuSettings(config) };
}

const lower = (names: readonly string[]) => names.map((name) => name.toLowerCase());

function ml2(config: ServerConfig): Ml2 {
  const { ml2: own, ml2_type_flat, ml2_type_vlan, ml2_type_gre, ml2_type_vxlan, ovs } = config;
  const tenant_network_types = lower(own.tenant_network_types);
  return {
    ...defaultSettings.ml2,
    type_drivers: lower(own.type_drivers),
    // the older plug-in's file may be given in place of ml2_conf.ini
    tenant_network_types: isDefault(tenant_network_types)
      ? tenantTypes(ovs.tenant_network_type)
      : tenant_network_types,
    mechanism_drivers: own.mechanism_drivers,
    flat_networks: ml2_type_flat.flat_networks,
    network_vlan_ranges: [...new Set([...ml2_type_vlan.network_vlan_ranges, ...ovs.network_vlan_ranges])],
    tunnel_id_ranges: [...new Set([...ml2_type_gre.tunnel_id_ranges, ...ovs.tunnel_id_ranges])],
    vni_ranges: ml2_type_vxlan.vni_ranges,
  };
}

const isDefault = (types: readonly string[]) =>
  types.join() === ml2Options.tenant_network_types.default.join();

/** The plug-in has no other types than those that `[ovs]` asks for, and flat networks where VLANs may be. */
function openvswitch({ ovs }: ServerConfig): Ml2 {
  const tunnels = ovs.tunnel_type === '' ? ['gre', 'vxlan'] : [ovs.tunnel_type];
  const type_drivers = ['local', 'flat', 'vlan', ...(ovs.enable_tunneling ? tunnels : [])];
  const tenant = ovs.tenant_network_type;
  if (tenant !== 'none' && !type_drivers.includes(tenant))
    throw new ConfigError(
      `tenant_network_type of group [ovs] is ${tenant}: ${ovs.enable_tunneling ? `tunnel_type is ${ovs.tunnel_type}` : 'enable_tunneling is False'}`,
    );
  return {
    ...defaultSettings.ml2,
    type_drivers,
    tenant_network_types: tenantTypes(tenant),
    mechanism_drivers: ['openvswitch'],
    flat_networks: physicalNetworks(ovs.network_vlan_ranges),
    network_vlan_ranges: ovs.network_vlan_ranges,
    tunnel_id_ranges: ovs.tunnel_id_ranges,
    vni_ranges: ovs.tunnel_id_ranges,
  };
}

/** Tunnels came to Linux bridges with ml2 only. */
const linuxbridge = ({ vlans }: ServerConfig): Ml2 => ({
  ...defaultSettings.ml2,
  type_drivers: ['local', 'flat', 'vlan'],
  tenant_network_types: tenantTypes(vlans.tenant_network_type),
  mechanism_drivers: ['linuxbridge'],
  flat_networks: physicalNetworks(vlans.network_vlan_ranges),
  network_vlan_ranges: vlans.network_vlan_ranges,
});

const tenantTypes = (type: string): string[] => (type === 'none' ? [] : [type]);

const physicalNetworks = (ranges: readonly string[]) => ranges.map((range) => range.split(':')[0]!.trim());

function mtuSettings({ ml2: { path_mtu, physical_network_mtus, overlay_ip_version } }: ServerConfig) {
  const mtus = Object.entries(physical_network_mtus).map(([name, text]) => {
    const mtu = Number(text);
    if (!Number.isInteger(mtu) || mtu < 68)
      throw new ConfigError(`physical_network_mtus: '${name}:${text}' needs a whole number from 68 on`);
    return [name, mtu] as const;
  });
  return {
    path_mtu,
    physical_network_mtus: Object.fromEntries(mtus),
    overlay_ip_version: overlay_ip_version === '6' ? (6 as const) : (4 as const),
  };
}
