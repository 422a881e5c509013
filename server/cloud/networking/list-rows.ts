// Which rows a list answers: the caller's scope, filters, order and page.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows, Selection } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import { scopeOf } from './find-visible.ts';
import { page, shownById, type Seen } from './pages.ts';
import { filterValues, type ListQuery } from './query.ts';
import type { Showing } from './showing.ts';
import { orderOf } from './sort.ts';
import type { Env, Item } from './work.ts';

interface Listed {
  resource: Resource;
  table: Table<Item>;
  query: ListQuery;
  context: RequestContext;
  showing: Showing;
}

/** The rows of a list, or of a page of it, as they are shown, in its order and in parts. */
export async function* listVisible(env: Env, rows: Rows, listed: Listed): AsyncGenerator<Item[]> {
  const { resource, table, query, context, showing } = listed;
  const filters = filtersOf(env, listed);
  const order = orderOf(table, query.sort);
  const seen: Seen = {
    ...{ resource, table, context, showing, narrow: filters.narrow, where: filters.where },
    isAsked: (shown) =>
      filters.computed.every(([name, values]) => matches(showing.valueOf(shown, name), values)),
    ways: scopeOf(env, resource, context),
  };
  if (order !== undefined && query.limit !== undefined) {
    yield* page(env, rows, seen, { ...query, limit: query.limit, order });
    return;
  }
  const keys = await rows.keys(table, seen.where, { ...seen, orderBy: order ?? orderOf(table, [])! });
  const parts = shownById(rows, seen, keys);
  if (order !== undefined) {
    yield* parts;
    return;
  }
  const all: Item[] = [];
  for await (const some of parts) all.push(...some);
  yield pageOf(env, listed, sorted(listed, all));
}

interface Filters {
  where: Item;
  narrow: ((selection: Selection) => Selection)[];
  /** What the database cannot compare: the view's attributes with the values they may have. */
  computed: [string, unknown[]][];
}

function filtersOf(env: Env, { resource, query, context }: Listed): Filters {
  const { filters: special } = env.rules[resource.name]!;
  const filters: Filters = { where: {}, narrow: [], computed: [] };
  for (const [name, values] of Object.entries(query.filters)) {
    const field = resource.fields[name];
    const narrow = special?.[name];
    if (narrow !== undefined) filters.narrow.push((selection) => narrow(selection, values, context));
    else if (field === undefined) continue;
    else {
      const wanted = filterValues(field, values);
      // SQL compares nothing with null, and lists are kept as text
      const isColumn = field.stored !== false && field.type !== 'list' && !wanted.includes(null);
      if (isColumn) filters.where[name] = wanted;
      else filters.computed.push([name, wanted]);
    }
  }
  return filters;
}

const matches = (value: unknown, values: readonly unknown[]) =>
  values.some((wanted) =>
    wanted === null || value === null ? wanted === value : String(wanted) === String(value),
  );

function sorted({ query: { sort }, showing: { valueOf } }: Listed, all: Item[]): Item[] {
  const keys = [...sort, { key: 'id', descending: false }];
  return all.toSorted((one, other) => {
    for (const { key, descending } of keys) {
      const order = compare(valueOf(one, key), valueOf(other, key));
      if (order !== 0) return descending ? -order : order;
    }
    return 0;
  });
}

/** Nulls first, numbers by value, all else by its text. */
function compare(one: unknown, other: unknown): number {
  if (typeof one === 'number' && typeof other === 'number') return one - other;
  const [a, b] = [one, other].map((value) => (value === null || value === undefined ? '' : String(value)));
  return a! < b! ? -1 : a! > b! ? 1 : 0;
}

/** The page behind (or before) the marker, of rows in ascending order. */
function pageOf(env: Env, { resource, query, showing: { valueOf } }: Listed, all: Item[]): Item[] {
  const { limit, marker, isReversed } = query;
  if (limit === undefined) return all;
  if (marker === undefined) return isReversed ? all.slice(-limit) : all.slice(0, limit);
  const at = all.findIndex((shown) => valueOf(shown, 'id') === marker);
  if (at < 0) throw env.rules[resource.name]!.notFound(marker);
  return isReversed ? all.slice(Math.max(0, at - limit), at) : all.slice(at + 1, at + 1 + limit);
}
