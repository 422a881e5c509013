// From what was announced to what is: entries that come, go, or have another address in the same place. Pure.
import type { FdbChanges, FdbEntries } from '../../../../model/specs.ts';
import { placeOf, type Address, type Announcement } from './announcements.ts';
import { addEntries, flooding, type AddressOf, type Segments } from './entries.ts';

/** A port before and after; undefined is a port that is not announced. */
export interface Change {
  was: Announcement | undefined;
  is: Announcement | undefined;
}

export interface Messages {
  remove: FdbEntries;
  add: FdbEntries;
  update: FdbChanges;
  /** Places that take broadcasts of a network from now on. */
  started: { network_id: string; host: string }[];
}

/** Whether anything that is announced differs. */
export const isChanged = ({ was, is }: Change): boolean => JSON.stringify(was) !== JSON.stringify(is);

/** `others` are the places where ports that do not change take broadcasts. */
export function messagesFor(
  changes: readonly Change[],
  others: ReadonlySet<string>,
  to: { segments: Segments; address: AddressOf },
): Messages {
  const messages: Messages = { remove: {}, add: {}, update: { chg_ip: {} }, started: [] };
  const before = places(changes.map(({ was }) => was));
  const after = places(changes.map(({ is }) => is));
  for (const [key, place] of before)
    if (!after.has(key) && !others.has(key)) addEntries(messages.remove, to, { ...place, items: [flooding] });
  for (const [key, place] of after) {
    if (before.has(key) || others.has(key)) continue;
    addEntries(messages.add, to, { ...place, items: [flooding] });
    messages.started.push(place);
  }
  for (const change of changes) moveAddresses(messages, change, to);
  return messages;
}

function places(announcements: readonly (Announcement | undefined)[]) {
  const found = announcements.flatMap((item) =>
    (item?.hosts ?? []).map((host) => ({ network_id: item!.network_id, host })),
  );
  return new Map(found.map((place) => [placeOf(place.network_id, place.host), place]));
}

function moveAddresses(
  { remove, add, update }: Messages,
  { was, is }: Change,
  to: { segments: Segments; address: AddressOf },
): void {
  const gone = without(was?.addresses, is?.addresses);
  const come = without(is?.addresses, was?.addresses);
  if (was?.at !== undefined && was.at === is?.at) {
    if (gone.length + come.length === 0) return;
    const { network_id, at: host } = was;
    const type = to.segments.get(network_id)?.network_type;
    const ip = type === undefined ? undefined : to.address(host, type);
    if (ip === undefined) return;
    const hosts = (update.chg_ip[network_id] ??= {});
    const known = (hosts[ip] ??= { before: [], after: [] });
    known.before.push(...gone);
    known.after.push(...come);
    return;
  }
  if (was?.at !== undefined)
    addEntries(remove, to, { network_id: was.network_id, host: was.at, items: was.addresses });
  if (is?.at !== undefined)
    addEntries(add, to, { network_id: is.network_id, host: is.at, items: is.addresses });
}

/** Addresses of the first list that are not in the second. */
const without = (all: readonly Address[] = [], some: readonly Address[] = []): Address[] =>
  all.filter((address) => !some.some((other) => other.join() === address.join()));
