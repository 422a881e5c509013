// Flows against what Neutron's agent put on real bridges.
import { expect, it } from 'vitest';
import { linkLocalOf } from '../../../../server/cloud/agents/firewall/link-local.ts';
import { physicalBridges } from '../../../../server/cloud/agents/openvswitch/bridges.ts';
import {
  integrationFlows,
  physicalFlows,
  type LocalNetwork,
} from '../../../../server/cloud/agents/openvswitch/flows.ts';
import { parseFlows, planFlows, type Flow } from '../../../../server/host/ovs-ofctl.ts';
import { fixture, vm01 } from '../sample.ts';

const physical = physicalBridges({ physnet2: 'br-eth1', physnet1: 'br-ex' });
const networks: LocalNetwork[] = [
  { id: 'net-flat', network_type: 'flat', physical_network: 'physnet1', segmentation_id: null, tag: 2 },
  { id: 'net-vlan', network_type: 'vlan', physical_network: 'physnet2', segmentation_id: 101, tag: 5 },
  { id: 'net-vxlan', network_type: 'vxlan', physical_network: null, segmentation_id: 1016, tag: 3 },
];
const lines = (flows: Flow[]) =>
  flows.map(({ table, priority, match, actions }) => `${table} ${priority} ${match} ${actions}`).sort();

it('br-int has the flows of a real one', () => {
  const flows = integrationFlows({
    physical,
    networks,
    guarded: [{ port: 'qvodc5146c6-57', spec: vm01 }],
    dead: [],
  });
  expect(lines(flows)).toEqual(lines(parseFlows(fixture('neutron-br-int-flows.txt'))));
});

it('physical bridges have the flows of real ones', () => {
  const [eth1, ex] = fixture('neutron-physical-flows.txt').split('br-ex (');
  expect(lines(physicalFlows(physical[0]!, networks))).toEqual(lines(parseFlows(eth1!)));
  expect(lines(physicalFlows(physical[1]!, networks))).toEqual(lines(parseFlows(ex!)));
});

it('a dead port can send nothing', () => {
  const flows = integrationFlows({ physical: [], networks: [], guarded: [], dead: ['qvo1'] });
  expect(flows).toContainEqual({ table: 0, priority: 2, match: 'in_port="qvo1"', actions: 'drop' });
});

it('an address pair that allows any address lifts the ARP check but not the MAC check', () => {
  const spec = {
    ...vm01,
    allowed_address_pairs: [{ ip_address: '0.0.0.0/0', mac_address: vm01.mac_address }],
  };
  const flows = lines(
    integrationFlows({ physical: [], networks: [], guarded: [{ port: 'p', spec }], dead: [] }),
  );
  expect(flows).toContain('24 2 arp,in_port="p" goto_table:25');
  expect(flows.filter((line) => line.startsWith('25 '))).toEqual([
    '25 2 in_port="p",dl_src=fa:16:3e:15:f8:46 goto_table:30',
  ]);
});

it('flows that others made are neither changed nor deleted', () => {
  const actual = parseFlows(
    ' cookie=0x7, priority=5,ip actions=drop\n cookie=0x9, priority=6,ip actions=drop\n',
  );
  const plan = planFlows([{ table: 0, priority: 1, match: 'arp', actions: 'drop' }], actual, '0x7');
  expect(plan.lines).toEqual([
    'add table=0,priority=1,arp,cookie=0x7,actions=drop',
    'delete_strict table=0,priority=5,ip,cookie=0x7/-1',
  ]);
});

it('the link-local address comes from the MAC', () => {
  expect(linkLocalOf('fa:16:3e:15:f8:46')).toBe('fe80::f816:3eff:fe15:f846');
});
