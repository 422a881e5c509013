// Pages of a list: windows of keys, read until a page is full.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Condition, Key, OrderedColumn, Rows, Selection } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import { findVisible, whose } from './find-visible.ts';
import type { ListQuery } from './query.ts';
import type { Showing } from './showing.ts';
import { backwards, behind } from './sort.ts';
import type { Env, Item } from './work.ts';

/** Rows read and shown at once: what a long list needs is thrown away part by part, before it grows old in memory. */
const part = 100;
/** Keys read at once for a page whose rows are hardly ever shown. */
const longestWindow = 5000;

/** The rows that the database finds, which of them the caller is shown, and how. */
export interface Seen {
  resource: Resource;
  table: Table<Item>;
  context: RequestContext;
  ways: Condition[] | undefined;
  where: Item;
  narrow: ((selection: Selection) => Selection)[];
  showing: Showing;
  /** Whether one that policy shows was asked for. */
  isAsked: (shown: Item) => boolean;
}

/**
 * The page behind (or before) the marker. Windows of keys are read until it is full: what policy or a filter leaves out
 * of one is made up from the next.
 */
export async function* page(
  env: Env,
  rows: Rows,
  seen: Seen,
  { order, limit, marker, isReversed }: ListQuery & { order: OrderedColumn[]; limit: number },
): AsyncGenerator<Item[]> {
  const { resource, table, context, narrow, where, ways } = seen;
  const orderBy = isReversed ? backwards(order) : order;
  let last: Item | undefined;
  if (marker !== undefined)
    last = (await findVisible(env, rows, { resource, table, id: marker, context })).row;
  const reversed: Item[] = [];
  let left = limit;
  for (let window = limit; left > 0; window = Math.min(2 * window, Math.max(left, longestWindow))) {
    const further = last === undefined ? narrow : [...narrow, whose(behind(table, orderBy, last))];
    const keys = await rows.keys(table, where, { ways, narrow: further, orderBy, limit: window });
    for await (const shown of shownById(rows, seen, keys)) {
      const some = shown.slice(0, left);
      left -= some.length;
      if (isReversed) reversed.push(...some);
      else yield some;
      if (left === 0) break;
    }
    if (keys.length < window) break;
    last = keys.at(-1);
  }
  if (isReversed) yield reversed.toReversed();
}

/** The rows with these keys that are shown, in their order and in parts. */
export async function* shownById(
  rows: Rows,
  { table, showing, isAsked }: Seen,
  keys: readonly Key[],
): AsyncGenerator<Item[]> {
  for (let from = 0; from < keys.length; from += part) {
    const ids = keys.slice(from, from + part).map(({ id }) => id);
    const byId = new Map((await rows.all(table, { id: ids }, showing)).map((row) => [row.id, row]));
    // one that went since then is left out
    const found = ids.map((id) => byId.get(id)).filter((row) => row !== undefined);
    yield (await showing.shownOf(rows, found)).filter(isAsked);
  }
}
