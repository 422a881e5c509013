// Sets of addresses of one family as prefixes: joined, taken apart, in as few prefixes as hold them.
import { cidrOf, formatCidr, type Cidr, type Family } from './cidr.ts';

type Range = Pick<Cidr, 'first' | 'last'>;

const bits = { 4: 32n, 6: 128n } as const;

/** The fewest prefixes that hold the same addresses, sorted. */
export const compact = (prefixes: readonly string[]): string[] =>
  inFamily(prefixes, (ranges, family) => cidrsOf(joined(ranges), family));

/** What is left of prefixes without others, in the fewest prefixes. */
export function without(prefixes: readonly string[], less: readonly string[]): string[] {
  const gone = joined(less.map(cidrOf));
  return inFamily(prefixes, (ranges, family) => {
    let left = joined(ranges);
    for (const range of gone) left = left.flatMap((own) => cut(own, range));
    return cidrsOf(left, family);
  });
}

function inFamily(prefixes: readonly string[], act: (ranges: Range[], family: Family) => Cidr[]): string[] {
  const [first, ...rest] = prefixes.map(cidrOf);
  return first === undefined ? [] : act([first, ...rest], first.family).map(formatCidr);
}

function joined(ranges: readonly Range[]): Range[] {
  const sorted = ranges.toSorted((one, other) =>
    one.first < other.first ? -1 : one.first > other.first ? 1 : 0,
  );
  const result: { first: bigint; last: bigint }[] = [];
  for (const { first, last } of sorted) {
    const previous = result.at(-1);
    if (previous === undefined || first > previous.last + 1n) result.push({ first, last });
    else if (last > previous.last) previous.last = last;
  }
  return result;
}

function cut(own: Range, gone: Range): Range[] {
  if (gone.last < own.first || own.last < gone.first) return [own];
  return [
    ...(own.first < gone.first ? [{ first: own.first, last: gone.first - 1n }] : []),
    ...(gone.last < own.last ? [{ first: gone.last + 1n, last: own.last }] : []),
  ];
}

/** Each prefix as large as its place and what is left of the range allow. */
function cidrsOf(ranges: readonly Range[], family: Family): Cidr[] {
  const result: Cidr[] = [];
  for (const { first, last } of ranges) {
    let from = first;
    while (from <= last) {
      let hostBits = 0n;
      while (hostBits < bits[family]) {
        const size = 1n << (hostBits + 1n);
        if (from % size !== 0n || from + size - 1n > last) break;
        hostBits += 1n;
      }
      const end = from + (1n << hostBits) - 1n;
      result.push({ family, prefix: Number(bits[family] - hostBits), first: from, last: end });
      from = end + 1n;
    }
  }
  return result;
}
