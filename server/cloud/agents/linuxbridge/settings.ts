// What the agent's configuration comes down to.
import { isIPv4 } from 'node:net';
import { ConfigError } from '../../../lib/config.ts';
import { parseCidr, toAddress } from '../../../lib/cidr.ts';
import { enforcesSecurityGroups } from '../../model/options/ovs.ts';
import type { FirewallSettings } from '../firewall/plan.ts';
import type { OverlaySettings } from '../l2/overlay.ts';

export interface Settings extends FirewallSettings {
  host: string;
  /** NIC by physical network. */
  interfaces: Readonly<Record<string, string>>;
  /** Bridges that exist already, by physical network: used in place of brq ones. */
  bridges: Readonly<Record<string, string>>;
  /** Undefined: no VXLAN here. */
  vxlan: VxlanSettings | undefined;
  checkSeconds: number;
}

export interface VxlanSettings {
  localIp: string;
  populates: boolean;
  answersArp: boolean;
  /** Multicast group, or a prefix of them; empty: a copy to every peer. */
  group: string;
  port: number;
  ttl: number;
  tos: number;
}

/** The configuration groups this is made of. */
export interface ConfigGroups {
  DEFAULT: { host: string };
  linux_bridge: {
    physical_interface_mappings: Readonly<Record<string, string>>;
    bridge_mappings: Readonly<Record<string, string>>;
  };
  vxlan: {
    enable_vxlan: boolean;
    local_ip: string | null;
    l2_population: boolean;
    arp_responder: boolean;
    vxlan_group: string;
    udp_dstport: number;
    ttl: number;
    tos: number;
  };
  agent: { polling_interval: number };
  securitygroup: { enable_security_group: boolean; firewall_driver: string; enable_ipset: boolean };
}

/** Throws ConfigError where options contradict each other. */
export const settingsOf = (config: ConfigGroups): Settings => ({
  host: config.DEFAULT.host,
  interfaces: config.linux_bridge.physical_interface_mappings,
  bridges: config.linux_bridge.bridge_mappings,
  vxlan: vxlanSettings(config.vxlan),
  checkSeconds: config.agent.polling_interval,
  enforcesSecurityGroups: enforcesSecurityGroups(config.securitygroup),
  usesIpset: config.securitygroup.enable_ipset,
});

function vxlanSettings(vxlan: ConfigGroups['vxlan']): VxlanSettings | undefined {
  if (!vxlan.enable_vxlan) return undefined;
  if (!vxlan.local_ip || !isIPv4(vxlan.local_ip))
    throw new ConfigError(
      "VXLAN cannot be enabled without an IPv4 address of this host in option 'local_ip' of group [vxlan]",
    );
  const group = vxlan.vxlan_group;
  if (group !== '' && multicastGroup(group, 0) === undefined)
    throw new ConfigError(`option 'vxlan_group' of group [vxlan]: '${group}' is no multicast address`);
  return {
    localIp: vxlan.local_ip,
    populates: vxlan.l2_population,
    answersArp: vxlan.l2_population && vxlan.arp_responder,
    group: vxlan.l2_population ? '' : group,
    port: vxlan.udp_dstport,
    ttl: vxlan.ttl,
    tos: vxlan.tos,
  };
}

/** The group of a network: of a prefix (239.1.1.0/24) every segment has one of its own; undefined for what is no group. */
export function multicastGroup(group: string, vni: number): string | undefined {
  const cidr = parseCidr(group.includes('/') ? group : `${group}/32`);
  if (cidr === undefined || cidr.family !== 4 || !/^2(2[4-9]|3\d)\./.test(group)) return undefined;
  const size = 2 ** (32 - cidr.prefix);
  return toAddress(cidr.first + BigInt(vni % size), 4);
}

export const overlaySettings = ({ vxlan }: Settings): OverlaySettings => ({
  types: vxlan === undefined ? [] : ['vxlan'],
  localIp: vxlan?.localIp ?? '',
  populates: vxlan?.populates ?? false,
});
