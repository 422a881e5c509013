// What the host has now: devices, addresses and routes, forwarding entries of tunnels, iptables and ebtables, the switch.
import { parseAddresses, type Address } from '../../../host/address.ts';
import { readEbtables } from '../../../host/ebtables.ts';
import { readIpBatch } from '../../../host/ip.ts';
import type { Chains } from '../../../host/iptables.ts';
import { parseLinks, type Link } from '../../../host/link.ts';
import { parseNeighbours, type Neighbour } from '../../../host/neighbour.ts';
import { readOvsPorts, type OvsPort } from '../../../host/ovs-ports.ts';
import { parseRoutes, type Route } from '../../../host/route.ts';
import { readSysctls } from '../../../host/sysctl.ts';
import { readBuckets, type TokenBucket } from '../../../host/tc.ts';
import { readTunnelFdb, type TunnelEntry } from '../../../host/tunnel-fdb.ts';
import { readFirewall, type FirewallActual } from '../firewall/actual.ts';
import { placedAlias } from '../namespace-veth.ts';
import { isNetworkBridge, isTap } from './names.ts';

export interface Actual extends FirewallActual {
  links: ReadonlyMap<string, Link>;
  addresses: readonly Address[];
  routes: readonly Route[];
  fdb: readonly TunnelEntry[];
  /** Permanent ones. */
  neighbours: readonly Neighbour[];
  ebtables: Chains;
  /** Of devices that have one. */
  buckets: ReadonlyMap<string, TokenBucket>;
  /** Whether a VXLAN device knows IPv6; none is named where the kernel does not. */
  ipv6: ReadonlyMap<string, boolean>;
  /** What makes VLAN devices. */
  vlans: 'kernel' | 'openvswitch';
  /** Ports of the switch, where it makes the VLAN devices; undefined: it does not run. */
  ports: ReadonlyMap<string, OvsPort> | undefined;
}

export async function readActual(vlans: Actual['vlans']): Promise<Actual> {
  const [[devices = [], routes = [], neighbours = []], fdb, ebtables, buckets, ports, firewall] =
    await Promise.all([
      readIpBatch([
        ['address', 'show'],
        ['route', 'show', 'table', 'main'],
        ['neigh', 'show', 'nud', 'permanent'],
      ]),
      readTunnelFdb(),
      readEbtables(),
      readBuckets(),
      vlans === 'openvswitch' ? readOvsPorts().catch(() => undefined) : undefined,
      readFirewall(),
    ]);
  const links = new Map(parseLinks(devices).map((link) => [link.name, link]));
  return {
    links,
    addresses: parseAddresses(devices),
    routes: parseRoutes(routes),
    fdb,
    neighbours: parseNeighbours(neighbours),
    ebtables,
    buckets,
    ipv6: await readIpv6([...links.values()].filter((link) => link.kind === 'vxlan')),
    vlans,
    ports,
    ...firewall,
  };
}

async function readIpv6(links: readonly Link[]): Promise<Map<string, boolean>> {
  const values = await readSysctls(links.map(({ name }) => ipv6Key(name)));
  return new Map(
    links.flatMap(({ name }) => {
      const value = values[ipv6Key(name)];
      return value === undefined ? [] : [[name, value === '0'] as const];
    }),
  );
}

export const ipv6Key = (device: string) => `net/ipv6/conf/${device}/disable_ipv6`;

/**
 * Taps of ports by name: those in a bridge of a network (`bridges` are further ones) or in none. What was plugged elsewhere
 * (a hybrid plug, a switch, an external bridge) is not this agent's.
 */
export function pluggedTaps(
  { links, ports }: Pick<Actual, 'links' | 'ports'>,
  bridges: readonly string[],
): Link[] {
  return [...links.values()].filter(
    ({ name, kind, master, alias }) =>
      isTap(name) &&
      alias !== placedAlias &&
      (kind === 'veth' || kind === 'tun') &&
      ports?.has(name) !== true &&
      (master === undefined || isNetworkBridge(master) || bridges.includes(master)),
  );
}
