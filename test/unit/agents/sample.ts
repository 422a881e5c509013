// The guest vm01 of the recorded listings, and ports like it.
import type { DeviceSpec, SecurityGroupRuleSpec } from '../../../server/cloud/model/specs.ts';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures', name), 'utf8');

export const webGroup = 'e3eb0d0a-180b-4d78-915f-9cd98268a5ea';

export const vm01: DeviceSpec = {
  device: 'dc5146c6-5707-4cf0-a1db-2e433efb5dfe',
  port_id: 'dc5146c6-5707-4cf0-a1db-2e433efb5dfe',
  network_id: 'a04544a6-9710-47e1-95ac-60f41a2e2204',
  network_type: 'vxlan',
  physical_network: null,
  segmentation_id: 1016,
  mac_address: 'fa:16:3e:15:f8:46',
  admin_state_up: true,
  device_owner: 'compute:nova',
  fixed_ips: [{ subnet_id: '9055c60a', ip_address: '192.168.101.102' }],
  allowed_address_pairs: [
    { ip_address: '192.168.101.200', mac_address: 'fa:16:3e:15:f8:46' },
    { ip_address: '10.99.0.0/24', mac_address: 'fa:16:3e:aa:bb:cc' },
  ],
  port_security_enabled: true,
  security_groups: [webGroup],
  mtu: 1450,
};

export const rule = (given: Partial<SecurityGroupRuleSpec>): SecurityGroupRuleSpec => ({
  direction: 'ingress',
  ethertype: 'IPv4',
  protocol: null,
  port_range_min: null,
  port_range_max: null,
  remote_ip_prefix: null,
  remote_group_id: null,
  ...given,
});
