// Settings of an Open vSwitch agent under test: one physical network, no tunnels, security groups on.
import { physicalBridges } from '../../server/cloud/agents/openvswitch/bridges.ts';
import type { Settings, TunnelSettings } from '../../server/cloud/agents/openvswitch/settings.ts';

export const tunnelSettings = (given: Partial<TunnelSettings> = {}): TunnelSettings => ({
  types: [],
  localIp: '',
  populates: false,
  bridge: 'br-tun',
  innerPatch: 'patch-tun',
  outerPatch: 'patch-int',
  vxlanPort: 4789,
  forbidsFragments: true,
  answersArp: false,
  ...given,
});

export const ovsSettings = (given: Partial<Settings> = {}): Settings => ({
  host: 'compute1',
  integrationBridge: 'br-int',
  physical: physicalBridges({ physnet2: 'br-eth1' }),
  tunnels: tunnelSettings(),
  isDistributed: false,
  datapathType: 'netdev',
  vethMtu: 9000,
  enforcesSecurityGroups: true,
  usesIpset: true,
  checkSeconds: 1,
  ...given,
});
