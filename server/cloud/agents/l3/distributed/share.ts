// What a distributed router shares with the others of its host: the namespace of an external network (`fip-`), with the
// port to it (`fg-`), and the veth pair that leads there (`rfp-` in the router, `fpr-` at the other end). Pure.
import { createHash } from 'node:crypto';
import type { RouterPortSpec } from '../../../model/specs.ts';
import type { WantedVeth } from '../../namespace-plan.ts';

export const floatingPrefix = 'fip-';

/** One router's part in the namespace of an external network. */
export interface FloatingShare {
  routerId: string;
  /** The host's port on the external network, the same for all its routers. */
  port: RouterPortSpec;
  /** Link-local addresses: the router's, and the one at the other end. */
  pair: [router: string, floating: string];
  /** Floating IPs that lead to instances of this host. */
  floatingIps: string[];
}

export const floatingNamespace = (networkId: string): string => `${floatingPrefix}${networkId}`;
export const routerEnd = (routerId: string): string => `rfp-${routerId.slice(0, 10)}`;
export const floatingEnd = (routerId: string): string => `fpr-${routerId.slice(0, 10)}`;

export const floatingDeviceName = (port: RouterPortSpec): string => `fg-${port.id.slice(0, 11)}`;

/** The router's end; the pair is made from here. */
export const routerVeth = ({ routerId, port, pair }: FloatingShare): WantedVeth => ({
  ...{ name: routerEnd(routerId), mac: macOf(routerEnd(routerId)), mtu: port.mtu },
  addresses: [`${pair[0]}/31`],
  peer: {
    ...{ name: floatingEnd(routerId), mac: macOf(floatingEnd(routerId)) },
    ns: floatingNamespace(port.network_id),
  },
});

/** The other end, which is there once the router has made the pair. */
export const floatingVeth = ({ routerId, port, pair }: FloatingShare): WantedVeth => ({
  ...{ name: floatingEnd(routerId), mac: macOf(floatingEnd(routerId)), mtu: port.mtu },
  addresses: [`${pair[1]}/31`],
});

/** A locally administered address that goes with the name, so that either end knows the other's without looking. */
function macOf(name: string): string {
  const bytes = [...createHash('sha256').update(name).digest().subarray(0, 6)];
  bytes[0] = (bytes[0]! & 0xfc) | 0x02;
  return bytes.map((byte) => byte.toString(16).padStart(2, '0')).join(':');
}
