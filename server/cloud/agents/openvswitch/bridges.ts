// Names and marks of the bridges that the agent looks after. Pure.
import { createHash } from 'node:crypto';

/** A bridge that leads to a physical network, and the pair of veth ends that joins it to the integration bridge. */
export interface PhysicalBridge {
  physicalNetwork: string;
  bridge: string;
  /** End in the integration bridge: int-br-eth1. */
  inner: string;
  /** End in the physical bridge: phy-br-eth1. */
  outer: string;
}

const longestDeviceName = 15;

/** The bridges of `bridge_mappings`, in their order. */
export function physicalBridges(mappings: Readonly<Record<string, string>>): PhysicalBridge[] {
  return Object.entries(mappings).map(([physicalNetwork, bridge]) => ({
    physicalNetwork,
    bridge,
    inner: deviceName('int-', bridge),
    outer: deviceName('phy-', bridge),
  }));
}

/** Prefix and bridge; a name too long for the kernel is cut and ends with a digest of the bridge's name. */
function deviceName(prefix: string, bridge: string): string {
  if (prefix.length + bridge.length <= longestDeviceName) return `${prefix}${bridge}`;
  const digest = createHash('sha1').update(bridge).digest('hex').slice(0, 6);
  return `${prefix}${bridge.slice(0, longestDeviceName - prefix.length - digest.length)}${digest}`;
}

/**
 * The cookie that marks this agent's flows on a bridge: the same after a restart, so that flows are recognised and stay
 * as they are, and another one on each host and bridge.
 */
export function flowCookie(host: string, bridge: string): string {
  const digest = createHash('sha256').update(`neutron-openvswitch-agent ${host} ${bridge}`).digest('hex');
  return `0x${digest.slice(0, 16).replace(/^0+/, '')}`;
}
