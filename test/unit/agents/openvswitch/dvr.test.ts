// Flows of distributed routers against what Neutron's agent put on real bridges (host gold-b of the recorded listings).
import { expect, it } from 'vitest';
import { physicalBridges } from '../../../../server/cloud/agents/openvswitch/bridges.ts';
import { distributionOf, hostMacs } from '../../../../server/cloud/agents/openvswitch/distribution.ts';
import {
  integrationDvrFlows,
  physicalDvrFlows,
  tunnelDvrFlows,
} from '../../../../server/cloud/agents/openvswitch/flows-dvr.ts';
import { tunnelFlows } from '../../../../server/cloud/agents/openvswitch/flows-tunnel.ts';
import { integrationFlows, type LocalNetwork } from '../../../../server/cloud/agents/openvswitch/flows.ts';
import type { Bindings } from '../../../../server/cloud/agents/openvswitch/plan-ports.ts';
import { tunnelNetworks, wantedTunnels } from '../../../../server/cloud/agents/openvswitch/tunnels.ts';
import { parseFlows, planFlows, type Flow } from '../../../../server/host/ovs-ofctl.ts';
import { tunnelSettings } from '../../../support/ovs-settings.ts';
import { fixture, vm01 } from '../sample.ts';

const physical = physicalBridges({ physnet1: 'br-ex', physnet2: 'br-eth1' });
const networks: LocalNetwork[] = [
  network('netvlan', { network_type: 'vlan', physical_network: 'physnet2', segmentation_id: 101, tag: 1 }),
  network('net01', { segmentation_id: 1016, tag: 2 }),
  network('netgre', { network_type: 'gre', segmentation_id: 881, tag: 3 }),
  network('net02', { segmentation_id: 1364, tag: 5 }),
  network('public01', {
    ...{ network_type: 'flat', physical_network: 'physnet1', segmentation_id: null, tag: 6 },
  }),
];

function network(id: string, given: Partial<LocalNetwork>): LocalNetwork {
  return { id, network_type: 'vxlan', physical_network: null, segmentation_id: null, tag: 0, ...given };
}

/** A bound port, its subnet named after its network. */
function bound(name: string, network_id: string, mac_address: string, ip: string, isRouter = false) {
  const { tag, network_type } = networks.find(({ id }) => id === network_id)!;
  const spec = {
    ...{ ...vm01, network_id, network_type, mac_address },
    device_owner: isRouter ? 'network:router_interface_distributed' : 'compute:nova',
    fixed_ips: [{ subnet_id: `sub-${network_id}`, ip_address: ip }],
  };
  const port = { name, bridge: 'br-int', type: '', options: {}, otherConfig: {}, externalIds: {}, ofport: 1 };
  return { spec, tag, port: { ...port, tag } };
}

const macs = hostMacs({ host: 'gold-b', mac_address: 'fa:16:3f:04:96:fc' }, [
  { host: 'gold-a', mac_address: 'fa:16:3f:23:9d:94' },
  { host: 'gold-b', mac_address: 'fa:16:3f:04:96:fc' },
]);
const bindings = (ports: ReturnType<typeof bound>[]): Bindings => ({
  bound: ports,
  dead: [],
  networks: new Map(networks.map((one) => [one.id, one])),
});
const distribution = distributionOf(
  bindings([
    bound('qr-537546c0-21', 'net02', 'fa:16:3e:74:b1:dd', '192.168.102.1', true),
    bound('qr-a5ad5119-1c', 'net01', 'fa:16:3e:3a:45:49', '192.168.101.1', true),
    bound('qr-6d7c4aed-e9', 'netvlan', 'fa:16:3e:9b:12:e7', '192.168.104.1', true),
    bound('qvo71f776e5-b4', 'net01', 'fa:16:3e:90:86:c1', '192.168.101.21'),
    bound('qvoe49c4dff-a6', 'netvlan', 'fa:16:3e:6f:8f:1d', '192.168.104.115'),
    bound('qvo2f8ddc78-a4', 'netgre', 'fa:16:3e:02:59:b0', '192.168.103.130'),
  ]),
  macs,
);
const lines = (flows: Flow[]) =>
  flows.map(({ table, priority, match, actions }) => `${table} ${priority} ${match} ${actions}`).sort();
const [tunText, eth1Text, exText] = fixture('neutron-dvr-flows.txt').split(/^br-.*$/m);

it('br-int has the flows of a real one', () => {
  const ways = { physical, innerPatch: 'patch-tun' };
  const asWithout = [23, 24, 25, 30, 31, 59, 62];
  const flows = [
    ...integrationFlows({ physical, networks, guarded: [], dead: [] }),
    ...integrationDvrFlows(distribution, ways),
  ].filter(({ table, priority }) => !asWithout.includes(table) && priority !== 65535);
  expect(lines(flows)).toEqual(lines(parseFlows(fixture('neutron-br-int-dvr-flows.txt'))));
});

it('br-tun has the flows of a real one', () => {
  const settings = tunnelSettings({ types: ['gre', 'vxlan'] });
  const tunnelled = tunnelNetworks(networks, settings);
  const peers = new Map([
    ['gre', ['10.250.79.2']],
    ['vxlan', ['10.250.79.2']],
  ] as const);
  const ports = wantedTunnels(settings, { peers, members: undefined, isComplete: true }, tunnelled);
  const flows = [
    ...tunnelFlows({
      ...{ outerPatch: 'patch-int', cookie: '0x1', ports, networks: tunnelled, members: undefined },
      ...{ answersArp: false, isDistributed: true },
    }),
    ...tunnelDvrFlows(distribution, 'patch-int'),
  ].filter(({ table, priority }) => [0, 1, 3, 4, 9].includes(table) || (table === 22 && priority === 3));
  expect(lines(flows)).toEqual(lines(parseFlows(tunText!)));
});

it('physical bridges have the flows of real ones', () => {
  expect(lines(physicalDvrFlows(physical[1]!, networks, distribution))).toEqual(lines(parseFlows(eth1Text!)));
  expect(lines(physicalDvrFlows(physical[0]!, networks, distribution))).toEqual(lines(parseFlows(exText!)));
});

it('a centralized SNAT port is a receiver like any other', () => {
  const { interfaces } = distributionOf(
    bindings([
      bound('qr-a5ad5119-1c', 'net01', 'fa:16:3e:3a:45:49', '192.168.101.1', true),
      bound('sg-25befafb-0f', 'net01', 'fa:16:3e:89:db:68', '192.168.101.29'),
    ]),
    macs,
  );
  const flows = lines(
    integrationDvrFlows({ ...macs, interfaces }, { physical: [], innerPatch: 'patch-tun' }),
  );
  expect(flows).toContain('60 20 dl_vlan=2,dl_dst=fa:16:3e:89:db:68 pop_vlan,output:"sg-25befafb-0f"');
});

it('a frame of a flat network gets the local tag on its way to its receiver', () => {
  const { interfaces } = distributionOf(
    bindings([
      bound('qr-1', 'public01', 'fa:16:3e:00:00:01', '10.0.0.1', true),
      bound('qvo1', 'public01', 'fa:16:3e:00:00:02', '10.0.0.2'),
    ]),
    macs,
  );
  const flows = lines(integrationDvrFlows({ ...macs, interfaces }, { physical, innerPatch: undefined }));
  expect(flows).toContain(
    '2 20 vlan_tci=0x0000/0x1fff,dl_dst=fa:16:3e:00:00:02 ' +
      'set_field:fa:16:3e:00:00:01->eth_src,push_vlan:0x8100,set_field:4102->vlan_vid,goto_table:59',
  );
  expect(flows).toContain('60 20 dl_vlan=6,dl_dst=fa:16:3e:00:00:02 pop_vlan,output:"qvo1"');
});

it('of two routers on one subnet the first delivers, so that a second pass has nothing to do', () => {
  const { interfaces } = distributionOf(
    bindings([
      bound('qr-1', 'net01', 'fa:16:3e:00:00:01', '192.168.101.1', true),
      bound('qr-2', 'net01', 'fa:16:3e:00:00:02', '192.168.101.254', true),
      bound('qvo1', 'net01', 'fa:16:3e:00:00:03', '192.168.101.9'),
    ]),
    macs,
  );
  const wanted = integrationDvrFlows({ ...macs, interfaces }, { physical: [], innerPatch: 'patch-tun' });
  const { added } = planFlows(wanted, [], '0x7');
  const found = added.map((flow) => ({ ...flow, cookie: '0x7' }));
  expect(found.filter(({ table, priority }) => table === 1 && priority === 20)).toHaveLength(1);
  expect(planFlows(wanted, found, '0x7').lines).toEqual([]);
});
