// What the agent's configuration comes down to.
import { ConfigError } from '../../../lib/config.ts';
import { enforcesSecurityGroups } from '../../model/options/ovs.ts';
import type { OverlaySettings, TunnelType } from '../l2/overlay.ts';
import { physicalBridges, type PhysicalBridge } from './bridges.ts';

export interface Settings {
  host: string;
  integrationBridge: string;
  physical: PhysicalBridge[];
  tunnels: TunnelSettings;
  /** Routers may be distributed: every host routes for its own guests. */
  isDistributed: boolean;
  datapathType: 'system' | 'netdev';
  vethMtu: number;
  enforcesSecurityGroups: boolean;
  usesIpset: boolean;
  checkSeconds: number;
}

/** Tunnels to other hosts; none without types. */
export interface TunnelSettings extends OverlaySettings {
  bridge: string;
  /** End of the patch in the integration bridge: patch-tun. */
  innerPatch: string;
  /** End of the patch in the tunnel bridge: patch-int. */
  outerPatch: string;
  vxlanPort: number;
  forbidsFragments: boolean;
  answersArp: boolean;
}

/** The configuration groups this is made of. */
export interface ConfigGroups {
  DEFAULT: { host: string };
  ovs: {
    integration_bridge: string;
    bridge_mappings: Readonly<Record<string, string>>;
    datapath_type: string;
    tunnel_bridge: string;
    int_peer_patch_port: string;
    tun_peer_patch_port: string;
    local_ip: string | null;
    enable_tunneling: boolean;
  };
  agent: {
    veth_mtu: number;
    polling_interval: number;
    tunnel_types: readonly string[];
    vxlan_udp_port: number;
    dont_fragment: boolean;
    l2_population: boolean;
    arp_responder: boolean | null;
    enable_distributed_routing: boolean;
  };
  securitygroup: { enable_security_group: boolean; firewall_driver: string; enable_ipset: boolean };
}

/** Throws ConfigError where options contradict each other. */
export const settingsOf = (config: ConfigGroups): Settings => ({
  host: config.DEFAULT.host,
  integrationBridge: config.ovs.integration_bridge,
  physical: physicalBridges(config.ovs.bridge_mappings),
  tunnels: tunnelSettings(config),
  isDistributed: config.agent.enable_distributed_routing,
  datapathType: config.ovs.datapath_type === 'netdev' ? 'netdev' : 'system',
  vethMtu: config.agent.veth_mtu,
  enforcesSecurityGroups: enforcesSecurityGroups(config.securitygroup),
  usesIpset: config.securitygroup.enable_ipset,
  checkSeconds: config.agent.polling_interval,
});

function tunnelSettings({ ovs, agent }: ConfigGroups): TunnelSettings {
  const types = tunnelTypes(agent.tunnel_types, ovs.enable_tunneling);
  if (types.length > 0 && !ovs.local_ip)
    throw new ConfigError("Tunneling cannot be enabled without option 'local_ip' of group [ovs]");
  const populates = types.length > 0 && agent.l2_population;
  return {
    types,
    localIp: ovs.local_ip ?? '',
    populates,
    bridge: ovs.tunnel_bridge,
    innerPatch: ovs.int_peer_patch_port,
    outerPatch: ovs.tun_peer_patch_port,
    vxlanPort: agent.vxlan_udp_port,
    forbidsFragments: agent.dont_fragment,
    answersArp: populates && (agent.arp_responder ?? true),
  };
}

function tunnelTypes(named: readonly string[], isEnabled: boolean): TunnelType[] {
  const types = [...new Set(named.map((type) => type.toLowerCase()))];
  const unknown = types.find((type) => type !== 'gre' && type !== 'vxlan');
  if (unknown !== undefined)
    throw new ConfigError(`option 'tunnel_types' of group [agent]: '${unknown}' is none of gre, vxlan`);
  return types.length === 0 && isEnabled ? ['gre'] : (types as TunnelType[]);
}

/** Throws ConfigError when tunnels are to come from an address that this host does not have (`addresses` are its own). */
export function checkLocalIp({ tunnels }: Settings, addresses: readonly string[]): void {
  if (tunnels.types.length > 0 && !addresses.includes(tunnels.localIp))
    throw new ConfigError(
      `Tunneling cannot be enabled: option 'local_ip' of group [ovs] is '${tunnels.localIp}', which is no address of ` +
        `this host (it has ${addresses.join(', ') || 'none'})`,
    );
}

/** Bridges whose flows the agent looks after. */
export const managedBridges = ({ integrationBridge, physical, tunnels }: Settings): string[] => [
  ...new Set([integrationBridge, ...physical.map(({ bridge }) => bridge), tunnels.bridge]),
];
