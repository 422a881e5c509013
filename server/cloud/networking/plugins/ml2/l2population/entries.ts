// Forwarding entries as agents get them: by network and by the tunnel address of the host. Pure.
import { floodingMac, type FdbEntries } from '../../../../model/specs.ts';
import type { TunnelEnd } from '../../../tunnels.ts';
import { placeOf, type Address, type Announcement } from './announcements.ts';

/** A tunnelled network; the others have no entries. */
export interface TunnelSegment {
  network_type: 'gre' | 'vxlan';
  segment_id: number;
}
export type Segments = ReadonlyMap<string, TunnelSegment>;

export const flooding: Address = [floodingMac, '0.0.0.0'];

/** The tunnel address of a host for a type. */
export type AddressOf = (host: string, network_type: string) => string | undefined;

/** A host with several L2 agents is reached at the first that speaks the type. */
export const addressOf =
  (ends: readonly TunnelEnd[]): AddressOf =>
  (host, network_type) =>
    ends.find((end) => end.host === host && end.types.includes(network_type))?.ip_address;

/** Adds entries of a host; networks without tunnels and hosts without the type are passed over. */
export function addEntries(
  entries: FdbEntries,
  { segments, address }: { segments: Segments; address: AddressOf },
  { network_id, host, items }: { network_id: string; host: string; items: readonly Address[] },
): void {
  const segment = segments.get(network_id);
  const ip = segment === undefined ? undefined : address(host, segment.network_type);
  if (segment === undefined || ip === undefined || items.length === 0) return;
  const network = (entries[network_id] ??= { ...segment, ports: {} });
  (network.ports[ip] ??= []).push(...items);
}

/** All entries that announcements make, at hosts that `isWanted`. */
export function entriesOf(
  announcements: readonly Announcement[],
  to: { segments: Segments; address: AddressOf },
  isWanted: (host: string) => boolean,
): FdbEntries {
  const entries: FdbEntries = {};
  const flooded = new Set<string>();
  for (const { network_id, hosts } of announcements)
    for (const host of hosts.filter(isWanted)) {
      if (flooded.has(placeOf(network_id, host))) continue;
      flooded.add(placeOf(network_id, host));
      addEntries(entries, to, { network_id, host, items: [flooding] });
    }
  for (const { network_id, at, addresses } of announcements)
    if (at !== undefined && isWanted(at)) addEntries(entries, to, { network_id, host: at, items: addresses });
  return entries;
}
