// Which bridge and which device towards the other hosts each network of the host has. Pure.
import type { DeviceSpec } from '../../model/specs.ts';
import type { Actual } from './actual.ts';
import { bridgeOf, mark, untaggedDevice, vlanDevice, vxlanDevice } from './names.ts';
import type { Settings } from './settings.ts';

/** Device of a bridge that leads off the host. */
export type Segment =
  /** A network of this host alone. */
  | { kind: 'none' }
  /** The NIC itself, with the addresses that it had. */
  | { kind: 'nic'; device: string }
  | { kind: 'vlan'; device: string; nic: string; vlan: number }
  /** A port of the switch that holds the NIC; without a VLAN its untagged side. */
  | { kind: 'access'; device: string; nic: string; vlan?: number }
  | { kind: 'vxlan'; device: string; vni: number };

export interface BridgedNetwork {
  id: string;
  bridge: string;
  /** False: named in bridge_mappings; others made it. */
  isOwn: boolean;
  mtu: number;
  segment: Segment;
}

/** Why a network cannot be here. */
export interface Unreachable {
  id: string;
  reason: string;
}

type NetworkOf = Pick<
  DeviceSpec,
  'network_id' | 'network_type' | 'physical_network' | 'segmentation_id' | 'mtu'
>;

type HostView = Pick<Actual, 'links' | 'ports' | 'vlans' | 'addresses'>;

/** The networks of the given ports, each once. */
export function networksOf(
  specs: readonly NetworkOf[],
  settings: Settings,
  actual: HostView,
): { networks: BridgedNetwork[]; unreachable: Unreachable[] } {
  const each = new Map(specs.map((spec) => [spec.network_id, spec]));
  const networks: BridgedNetwork[] = [];
  const unreachable: Unreachable[] = [];
  for (const [id, spec] of each) {
    const segment = segmentOf(spec, settings, actual);
    const mapped = spec.physical_network === null ? undefined : settings.bridges[spec.physical_network];
    if (typeof segment === 'string') unreachable.push({ id, reason: segment });
    else if (mapped !== undefined && actual.links.get(mapped)?.kind !== 'bridge')
      unreachable.push({ id, reason: `Bridge ${mapped} of bridge_mappings does not exist` });
    else
      networks.push({
        id,
        bridge: mapped ?? bridgeOf(id),
        isOwn: mapped === undefined,
        mtu: spec.mtu,
        segment,
      });
  }
  return { networks, unreachable };
}

function segmentOf(
  { network_type, physical_network, segmentation_id }: NetworkOf,
  { interfaces, bridges, vxlan }: Settings,
  { links, ports, vlans, addresses }: HostView,
): Segment | string {
  switch (network_type) {
    case 'local':
      return { kind: 'none' };
    case 'vxlan':
      if (vxlan === undefined || segmentation_id === null) return 'VXLAN is not enabled on this host';
      return sourceOf(vxlan.localIp, addresses) === undefined
        ? `No device of this host has the address ${vxlan.localIp} (local_ip)`
        : { kind: 'vxlan', device: vxlanDevice(segmentation_id), vni: segmentation_id };
    case 'gre':
      return 'A Linux bridge cannot carry a GRE network';
    case 'flat':
    case 'vlan':
  }
  const nic = interfaces[physical_network ?? ''];
  const isMapped = bridges[physical_network ?? ''] !== undefined;
  // A bridge of bridge_mappings that holds its NIC already needs no other way out.
  if (nic === undefined && isMapped && network_type === 'flat') return { kind: 'none' };
  if (nic === undefined) return `No interface for physical network ${physical_network}`;
  if (!links.has(nic)) return `Interface ${nic} for physical network ${physical_network} does not exist`;
  if (network_type === 'flat')
    return ports?.has(nic) === true && !isHeldByUs(ports, nic)
      ? { kind: 'access', device: untaggedDevice(nic), nic }
      : { kind: 'nic', device: nic };
  const vlan = segmentation_id ?? 0;
  const device = vlanDevice(nic, vlan);
  if (vlans === 'kernel') return { kind: 'vlan', device, nic, vlan };
  if (ports === undefined)
    return `${device} needs VLAN devices of the kernel (modprobe 8021q) or a running Open vSwitch`;
  return { kind: 'access', device, nic, vlan };
}

/** Device that has an address. */
export const sourceOf = (address: string, addresses: Actual['addresses']): string | undefined =>
  addresses.find(({ cidr }) => cidr.split('/')[0] === address)?.dev;

/** The switch around the NIC is one that this agent made: frames without a tag pass by it. */
export const isHeldByUs = (ports: NonNullable<Actual['ports']>, nic: string): boolean =>
  ports.get(nic)?.externalIds['attached-by'] === mark;
