// Conntrack zones: connections of one port (or network) are never taken for those of another with the same addresses. Pure.
import type { Tables } from '../../../host/iptables.ts';
import type { FirewallScheme } from './scheme.ts';

/** The first zone that is given away; those below belong to others. */
const firstZone = 4097;

/** Zones by owner, as the rules that are loaded say. */
export function recordedZones(tables: Tables, { chainPrefix, ownerIn }: FirewallScheme): Map<string, number> {
  const zones = new Map<string, number>();
  for (const rule of tables.raw?.[`${chainPrefix}-PREROUTING`] ?? []) {
    const zone = / -j CT --zone (\d+)$/.exec(rule)?.[1];
    const owner = ownerIn(rule);
    if (zone !== undefined && owner !== undefined) zones.set(owner, Number(zone));
  }
  return zones;
}

/** A zone for each owner: the recorded one, else the lowest that is free. */
export function assignZones(
  owners: readonly string[],
  recorded: ReadonlyMap<string, number>,
): Map<string, number> {
  const used = new Set<number>();
  const zones = new Map<string, number>();
  for (const owner of owners) {
    const zone = recorded.get(owner);
    if (zone === undefined || zone < firstZone || zones.has(owner) || used.has(zone)) continue;
    zones.set(owner, zone);
    used.add(zone);
  }
  let next = firstZone;
  for (const owner of owners) {
    if (zones.has(owner)) continue;
    while (used.has(next)) next += 1;
    zones.set(owner, next);
    used.add(next);
  }
  return zones;
}

/** Zones that were seen outlive a flush of the raw table, as long as `isWanted`. */
export function rememberZones(
  known: Map<string, number>,
  seen: ReadonlyMap<string, number>,
  isWanted: (owner: string) => boolean,
): void {
  for (const owner of known.keys()) if (!isWanted(owner)) known.delete(owner);
  for (const [owner, zone] of seen) if (isWanted(owner)) known.set(owner, zone);
}
