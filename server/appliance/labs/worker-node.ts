// A network or a compute node of a cloud: its wires, its bridges, the daemons that run and what they are told.
import { cloudMarks, mechanismAt, type CloudShape } from './cloud-shape.ts';
import type { NodeSpec } from './spec.ts';

/** Addresses of the data NICs: ends of the tunnels. */
const underlay = (index: number) => `192.168.1.${index + 11}`;

/** Physical networks in the order of their NICs: eth0, eth1, ... */
const physicals = [
  { nic: 'eth0', wire: 'external', network: 'physnet1', bridge: 'br-ex' },
  { nic: 'eth1', wire: 'data', network: 'physnet2', bridge: 'br-eth1' },
  { nic: 'eth2', wire: 'spare', network: 'physnet3', bridge: 'br-eth2' },
] as const;

const drivers = {
  openvswitch: 'neutron.agent.linux.interface.OVSInterfaceDriver',
  linuxbridge: 'neutron.agent.linux.interface.BridgeInterfaceDriver',
};

/** The node number `index` of those that carry tenants' networks. */
export function workerNode(
  shape: CloudShape,
  { name, kind, index }: { name: string; kind: 'network' | 'compute'; index: number },
): NodeSpec {
  const mechanism = mechanismAt(shape, name);
  // A distributed router is made of flows of Open vSwitch.
  const isRouting = kind === 'network' || (shape.isDistributed && mechanism === 'openvswitch');
  const wanted = ['data', ...(isRouting ? ['external'] : []), ...(shape.isSpareWired ? ['spare'] : [])];
  const own = physicals.filter(({ wire }) => wanted.includes(wire));
  const isSwitched = mechanism === 'openvswitch';
  return {
    ...{ name, kind },
    services: [
      ...(isSwitched ? ['ovsdb-server', 'ovs-vswitchd'] : []),
      `neutron-${mechanism}-agent`,
      ...(kind === 'network' ? ['neutron-dhcp-agent'] : []),
      ...(isRouting ? ['neutron-l3-agent', 'neutron-metadata-agent'] : []),
      ...(isRouting && shape.isMetered ? ['neutron-metering-agent'] : []),
      ...(kind === 'compute' ? ['nova-compute'] : []),
    ],
    wires: Object.fromEntries(own.map(({ nic, wire }) => [nic, wire])),
    bridges: Object.fromEntries(own.map(({ bridge, nic }) => [bridge, nic])),
    isSwitchSpared: !isSwitched,
    addresses: { eth1: `${underlay(index)}/24` },
    marks: {
      ...cloudMarks(shape),
      LOCAL_IP: underlay(index),
      BRIDGE_MAPPINGS: own.map(({ network, bridge }) => `${network}:${bridge}`).join(','),
      INTERFACE_MAPPINGS: own.map(({ network, nic }) => `${network}:${nic}`).join(','),
      INTERFACE_DRIVER: drivers[mechanism],
      EXTERNAL_BRIDGE: isSwitched ? 'br-ex' : '',
      AGENT_MODE: !shape.isDistributed || !isSwitched ? 'legacy' : kind === 'network' ? 'dvr_snat' : 'dvr',
    },
  };
}
