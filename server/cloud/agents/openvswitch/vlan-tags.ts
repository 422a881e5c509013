// Local VLAN tags: which network has which tag inside the integration bridge of this host. Pure.

/** VLAN of ports that nothing may pass. */
export const deadVlan = 4095;
const lastTag = 4094;

/** A tag that a port of the bridge says its network has (its other_config, which outlives the agent). */
export interface RecordedTag {
  network: string;
  tag: number;
}

/**
 * A tag for each wanted network: the recorded one, else the lowest that is free, in the order given.
 * Where records contradict each other the first one counts. Networks beyond the last free tag get none.
 */
export function assignTags(
  networks: readonly string[],
  records: readonly RecordedTag[],
): Map<string, number> {
  const recorded = new Map<string, number>();
  const used = new Set<number>();
  for (const { network, tag } of records) {
    if (!Number.isInteger(tag) || tag < 1 || tag > lastTag || recorded.has(network) || used.has(tag))
      continue;
    recorded.set(network, tag);
    used.add(tag);
  }
  const tags = new Map<string, number>();
  let next = 1;
  for (const network of networks) {
    if (tags.has(network)) continue;
    let tag = recorded.get(network);
    if (tag === undefined) {
      while (used.has(next)) next += 1;
      if (next > lastTag) continue;
      used.add((tag = next));
    }
    tags.set(network, tag);
  }
  return tags;
}
