// Settings of a Linux bridge agent under test: one physical network on eth1, no tunnels, security groups on.
import type { Settings, VxlanSettings } from '../../server/cloud/agents/linuxbridge/settings.ts';

/** Addresses of the test's host and of another one on the network between hosts. */
export const underlay = { here: '10.0.0.1', there: '10.0.0.2' };

export const vxlanSettings = (given: Partial<VxlanSettings> = {}): VxlanSettings => ({
  localIp: underlay.here,
  populates: false,
  answersArp: false,
  group: '',
  port: 4789,
  ttl: 0,
  tos: 0,
  ...given,
});

export const hostSettings = (given: Partial<Settings> = {}): Settings => ({
  host: 'compute3',
  interfaces: { physnet2: 'eth1' },
  bridges: {},
  vxlan: undefined,
  checkSeconds: 1,
  enforcesSecurityGroups: true,
  usesIpset: true,
  ...given,
});
