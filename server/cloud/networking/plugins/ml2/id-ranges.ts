// Ranges of segment ids that tenants get theirs from, and the segments that are taken. Shared by the network types.
import { ConfigError } from '../../../../lib/config.ts';
import { segmentAllocations, type SegmentAllocation } from '../../../store/networking-tables.ts';
import type { Work } from '../../work.ts';

export interface IdRange {
  first: number;
  last: number;
}

/** Reads `first:last` entries of an option. Throws naming the option, the entry that is wrong and the bounds. */
export function parseIdRanges(option: string, entries: readonly string[], bounds: IdRange): IdRange[] {
  return entries.map((entry) => {
    const [first, last, ...more] = entry.split(':').map((text) => text.trim());
    if (first === undefined || last === undefined || more.length > 0)
      throw new ConfigError(`${option}: '${entry}' is not first:last`);
    return parseIdRange(`${option}: '${entry}'`, first, last, bounds);
  });
}

/** One range from its two ends; `what` opens the error. */
export function parseIdRange(what: string, first: string, last: string, bounds: IdRange): IdRange {
  const range = { first: Number(first), last: Number(last) };
  const isRight = isWithin(bounds, range.first) && isWithin(bounds, range.last) && range.first <= range.last;
  if (!isRight || first === '' || last === '')
    throw new ConfigError(`${what} needs ${bounds.first} <= first <= last <= ${bounds.last}`);
  return range;
}

/** Whether a number can be an id of these bounds. */
export const isWithin = ({ first, last }: IdRange, id: number): boolean =>
  Number.isInteger(id) && id >= first && id <= last;

/** The smallest id of the ranges, in their order, that is not taken. */
export function lowestFree(ranges: readonly IdRange[], taken: ReadonlySet<number>): number | undefined {
  for (const { first, last } of ranges) for (let id = first; id <= last; id++) if (!taken.has(id)) return id;
  return undefined;
}

/** The ids taken of segments `<prefix><id>`. */
export async function takenIds({ rows }: Work, prefix: string): Promise<Set<number>> {
  const taken = await rows.all(
    segmentAllocations,
    {},
    { narrow: (query) => query.where('segment', '>=', prefix).where('segment', '<', `${prefix}~`) },
  );
  return new Set(taken.map(({ segment }) => Number(segment.slice(prefix.length))));
}

/** Gives a segment to a network; throws `inUse` when another has it. */
export async function takeSegment(
  { rows }: Work,
  { segment, network_id }: SegmentAllocation,
  inUse: () => Error,
): Promise<void> {
  if ((await rows.find(segmentAllocations, { segment })) !== undefined) throw inUse();
  await rows.insert(segmentAllocations, { segment, network_id });
}
