// OpenFlow rules of br-int and of the physical bridges, spelt as `ovs-ofctl --names dump-flows` prints them. Pure.
import { canonicalAddress, formatCidr, parseCidr } from '../../../lib/cidr.ts';
import type { Flow } from '../../../host/ovs-ofctl.ts';
import type { DeviceSpec } from '../../model/specs.ts';
import { linkLocalOf } from '../firewall/link-local.ts';
import type { PhysicalBridge } from './bridges.ts';
import { flow, goto, vlanField } from './flow-text.ts';
import type { QosPort } from './plan-qos.ts';

/** Tables of br-int. */
export const table = {
  localSwitching: 0,
  canary: 23,
  arpSpoof: 24,
  macSpoof: 25,
  localEgress: 30,
  localIp: 31,
  packetRateLimit: 59,
  transient: 60,
  transientEgress: 62,
} as const;

/** A network with ports on this host. */
export interface LocalNetwork {
  id: string;
  network_type: DeviceSpec['network_type'];
  physical_network: string | null;
  segmentation_id: number | null;
  tag: number;
}

/** A port that may only send with its own addresses. */
export interface GuardedPort {
  /** Name of its device in br-int. */
  port: string;
  spec: Pick<DeviceSpec, 'mac_address' | 'fixed_ips' | 'allowed_address_pairs'>;
}

export interface IntegrationBridge {
  physical: readonly PhysicalBridge[];
  networks: readonly LocalNetwork[];
  guarded: readonly GuardedPort[];
  /** Devices of ports that are dead: unknown to the server, or switched off. */
  dead: readonly string[];
  /** Ports whose traffic is limited or marked. */
  qos?: readonly QosPort[];
}

/** All flows of the integration bridge. */
export function integrationFlows({ physical, networks, guarded, dead, qos = [] }: IntegrationBridge): Flow[] {
  return [
    flow(table.localSwitching, 65535, 'dl_vlan=4095', 'drop'),
    flow(table.localSwitching, 0, '', goto(table.packetRateLimit)),
    flow(table.canary, 0, '', 'drop'),
    flow(table.arpSpoof, 0, '', 'drop'),
    flow(table.localEgress, 0, '', goto(table.packetRateLimit)),
    flow(table.localIp, 0, '', goto(table.packetRateLimit)),
    flow(table.packetRateLimit, 0, '', goto(table.transient)),
    flow(table.transient, 3, '', 'NORMAL'),
    flow(table.transientEgress, 3, '', 'NORMAL'),
    ...physical.map(({ inner }) => flow(table.localSwitching, 2, `in_port="${inner}"`, 'drop')),
    ...dead.map((port) => flow(table.localSwitching, 2, `in_port="${port}"`, 'drop')),
    ...physical.flatMap(({ physicalNetwork, inner }) =>
      networks
        .filter((network) => network.physical_network === physicalNetwork)
        .flatMap((network) => inboundFlows(inner, network)),
    ),
    ...guarded.flatMap(guardFlows),
    ...qos.flatMap(qosFlows),
  ];
}

/** What a port sends passes its meter and gets its mark. */
function qosFlows({ port, meter, dscp }: QosPort): Flow[] {
  const from = `in_port="${port}"`;
  const next = goto(table.transient);
  const metered = meter === undefined ? '' : `meter:${meter},`;
  return [
    ...(dscp === undefined
      ? []
      : ['ip', 'ipv6'].map((kind) =>
          flow(table.packetRateLimit, 2, `${kind},${from}`, `${metered}set_field:${dscp}->ip_dscp,${next}`),
        )),
    ...(meter === undefined ? [] : [flow(table.packetRateLimit, 1, from, `${metered}${next}`)]),
  ];
}

/** From the wire: the provider's VLAN becomes the local one. */
function inboundFlows(inner: string, network: LocalNetwork): Flow[] {
  const next = `${vlanField(network.tag)},${goto(table.packetRateLimit)}`;
  switch (network.network_type) {
    case 'vlan':
      return [flow(table.localSwitching, 3, `in_port="${inner}",dl_vlan=${network.segmentation_id}`, next)];
    case 'flat':
      return [
        flow(
          table.localSwitching,
          3,
          `in_port="${inner}",vlan_tci=0x0000/0x1fff`,
          `push_vlan:0x8100,${next}`,
        ),
      ];
    case 'local':
    case 'gre':
    case 'vxlan':
      return [];
  }
}

/** Flows of a physical bridge: the local VLAN becomes the provider's on the way out, and nothing else leaves. */
export function physicalFlows(
  { physicalNetwork, outer }: PhysicalBridge,
  networks: readonly LocalNetwork[],
): Flow[] {
  return [
    flow(0, 0, '', 'NORMAL'),
    flow(0, 2, `in_port="${outer}"`, 'drop'),
    ...networks.flatMap((network) => outboundFlows(0, { physicalNetwork, outer }, network)),
  ];
}

/** To the wire: the local VLAN becomes the provider's. */
export function outboundFlows(
  tableNumber: number,
  { physicalNetwork, outer }: Pick<PhysicalBridge, 'physicalNetwork' | 'outer'>,
  network: LocalNetwork,
): Flow[] {
  if (network.physical_network !== physicalNetwork) return [];
  const match = `in_port="${outer}",dl_vlan=${network.tag}`;
  if (network.network_type === 'vlan')
    return [flow(tableNumber, 4, match, `${vlanField(network.segmentation_id ?? 0)},NORMAL`)];
  return network.network_type === 'flat' ? [flow(tableNumber, 4, match, 'pop_vlan,NORMAL')] : [];
}

/** Frames, ARP and neighbour advertisements of a port carry its own addresses, or those of its allowed pairs. */
function guardFlows({ port, spec }: GuardedPort): Flow[] {
  const from = `in_port="${port}"`;
  const macs = new Set([spec.mac_address, ...spec.allowed_address_pairs.map((pair) => pair.mac_address)]);
  const addresses = [...spec.fixed_ips, ...spec.allowed_address_pairs].map(({ ip_address }) => ip_address);
  const hosts = new Set(addresses.map(hostOrPrefix));
  const isAny = (host: string) => host.endsWith('/0');
  const claimsV4 = [...hosts].filter((host) => !host.includes(':') && !isAny(host));
  const claimsV6 = [...hosts].filter((host) => host.includes(':') && !isAny(host));
  const claimsAnyV4 = [...hosts].some((host) => host === '0.0.0.0/0');
  const linkLocal = [...macs].map(linkLocalOf);
  return [
    flow(table.localSwitching, 10, `icmp6,${from},icmp_type=136`, goto(table.arpSpoof)),
    flow(table.localSwitching, 10, `arp,${from}`, goto(table.arpSpoof)),
    flow(table.localSwitching, 9, from, goto(table.macSpoof)),
    ...[...new Set([...claimsV6, ...linkLocal])].map((target) =>
      flow(table.arpSpoof, 2, `icmp6,${from},icmp_type=136,nd_target=${target}`, goto(table.packetRateLimit)),
    ),
    ...(claimsAnyV4
      ? [flow(table.arpSpoof, 2, `arp,${from}`, goto(table.macSpoof))]
      : claimsV4.map((host) => flow(table.arpSpoof, 2, `arp,${from},arp_spa=${host}`, goto(table.macSpoof)))),
    ...[...macs].map((mac) => flow(table.macSpoof, 2, `${from},dl_src=${mac}`, goto(table.localEgress))),
  ];
}

/** An address or prefix as OVS prints it: a host without prefix length. */
function hostOrPrefix(address: string): string {
  const cidr = parseCidr(address);
  if (cidr === undefined) return canonicalAddress(address);
  const text = formatCidr(cidr);
  return text.replace(cidr.family === 4 ? /\/32$/ : /\/128$/, '');
}
