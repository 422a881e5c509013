// Which rows a list answers: the caller's scope, filters, order and page.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows, Selection } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import { scopeOf } from './find-visible.ts';
import { page, viewsById, type Seen } from './pages.ts';
import { filterValues, type ListQuery } from './query.ts';
import { orderOf } from './sort.ts';
import type { Env, Item } from './work.ts';

interface Listed {
  resource: Resource;
  table: Table<Item>;
  query: ListQuery;
  context: RequestContext;
}

/** The views of a list, or of a page of it, in its order and in parts. */
export async function* listVisible(env: Env, rows: Rows, listed: Listed): AsyncGenerator<Item[]> {
  const { resource, table, query, context } = listed;
  const filters = filtersOf(env, listed);
  const order = orderOf(table, query.sort);
  const seen: Seen = {
    ...{ resource, table, context, narrow: filters.narrow, where: filters.where },
    isShown: (view) => filters.computed.every(([name, values]) => matches(view[name], values)),
    ways: scopeOf(env, resource, context),
  };
  if (order !== undefined && query.limit !== undefined) {
    yield* page(env, rows, seen, { ...query, limit: query.limit, order });
    return;
  }
  const keys = await rows.keys(table, seen.where, { ...seen, orderBy: order ?? orderOf(table, [])! });
  const views = viewsById(env, rows, seen, keys);
  if (order !== undefined) {
    yield* views;
    return;
  }
  const all: Item[] = [];
  for await (const some of views) all.push(...some);
  yield pageOf(env, resource, sorted(all, query.sort), query);
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

function sorted(views: Item[], sort: ListQuery['sort']): Item[] {
  if (sort.length === 0) return views;
  const keys = [...sort, { key: 'id', descending: false }];
  return views.toSorted((one, other) => {
    for (const { key, descending } of keys) {
      const order = compare(one[key], other[key]);
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

/** The page behind (or before) the marker, of views in ascending order. */
function pageOf(env: Env, resource: Resource, views: Item[], query: ListQuery): Item[] {
  if (query.limit === undefined) return views;
  if (query.marker === undefined)
    return query.isReversed ? views.slice(-query.limit) : views.slice(0, query.limit);
  const at = views.findIndex(({ id }) => id === query.marker);
  if (at < 0) throw env.rules[resource.name]!.notFound(query.marker);
  return query.isReversed
    ? views.slice(Math.max(0, at - query.limit), at)
    : views.slice(at + 1, at + 1 + query.limit);
}
