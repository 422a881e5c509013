// The largest packet a network can carry: what the wire below allows, less the encapsulation.
import type { Settings } from '../../settings.ts';

/** Bytes of the outer IP header, by version. */
const ipHeader = { 4: 20, 6: 40 };

/** Limit of a network that lies on a physical one as it is. */
export function physicalMtu({ global_physnet_mtu, ml2 }: Settings, physical_network: string | null): number {
  const own = ml2.physical_network_mtus[physical_network ?? ''];
  return own === undefined ? global_physnet_mtu : Math.min(global_physnet_mtu, own);
}

/** Limit of a network in tunnels whose own headers, with the inner Ethernet one, take `overhead` bytes. */
export function tunnelMtu({ global_physnet_mtu, ml2 }: Settings, overhead: number): number {
  const path = ml2.path_mtu === 0 ? global_physnet_mtu : Math.min(global_physnet_mtu, ml2.path_mtu);
  return path - ipHeader[ml2.overlay_ip_version] - overhead;
}
