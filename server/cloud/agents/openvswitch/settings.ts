// What the agent's configuration comes down to.
import { enforcesSecurityGroups } from '../../model/options/ovs.ts';
import { physicalBridges, type PhysicalBridge } from './bridges.ts';

export interface Settings {
  host: string;
  integrationBridge: string;
  physical: PhysicalBridge[];
  datapathType: 'system' | 'netdev';
  vethMtu: number;
  enforcesSecurityGroups: boolean;
  usesIpset: boolean;
  checkSeconds: number;
}

/** The configuration groups this is made of. */
export interface ConfigGroups {
  DEFAULT: { host: string };
  ovs: {
    integration_bridge: string;
    bridge_mappings: Readonly<Record<string, string>>;
    datapath_type: string;
  };
  agent: { veth_mtu: number; polling_interval: number };
  securitygroup: { enable_security_group: boolean; firewall_driver: string; enable_ipset: boolean };
}

export const settingsOf = (config: ConfigGroups): Settings => ({
  host: config.DEFAULT.host,
  integrationBridge: config.ovs.integration_bridge,
  physical: physicalBridges(config.ovs.bridge_mappings),
  datapathType: config.ovs.datapath_type === 'netdev' ? 'netdev' : 'system',
  vethMtu: config.agent.veth_mtu,
  enforcesSecurityGroups: enforcesSecurityGroups(config.securitygroup),
  usesIpset: config.securitygroup.enable_ipset,
  checkSeconds: config.agent.polling_interval,
});
