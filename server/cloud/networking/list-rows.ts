// Which rows a list or a show answers: the caller's scope, filters, order and page.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows, Selection } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import { filterValues, type ListQuery } from './query.ts';
import type { Env, Item } from './work.ts';
import { backwards, behind, orderOf, type OrderedColumn } from './sort.ts';
import { viewsOf, type Viewed } from './view.ts';

/** Rows of the caller's project, where the resource has owners. */
function ownRows(resource: Resource, query: Selection, context: RequestContext): Selection {
  return 'tenant_id' in resource.fields ? query.where('tenant_id', '=', context.project_id) : query;
}

/** Narrows a query to what the caller may know of; undefined for an administrator, who may know of all. */
export function scopeOf(
  env: Env,
  resource: Resource,
  context: RequestContext,
): ((query: Selection) => Selection) | undefined {
  if (context.is_admin) return undefined;
  const { scope } = env.rules[resource.name]!;
  return (query) => (scope === undefined ? ownRows(resource, query, context) : scope(query, context));
}

/** A row as a request names it, and who asks. */
interface Named {
  resource: Resource;
  table: Table<Item>;
  id: string;
  context: RequestContext;
}

/** One row by id with its view, or the resource's 404. */
export async function findVisible(
  env: Env,
  rows: Rows,
  { resource, table, id, context }: Named,
): Promise<{ row: Item } & Viewed> {
  const row = await findInScope(env, rows, { resource, table, id, context });
  const [viewed] = row === undefined ? [] : await viewsOf(env, rows, resource, [row], context);
  if (row === undefined || viewed === undefined) throw env.rules[resource.name]!.notFound(id);
  return { row, ...viewed };
}

/** What belongs to the caller's project is always in scope; of all else the database is asked once more. */
async function findInScope(
  env: Env,
  rows: Rows,
  { resource, table, id, context }: Named,
): Promise<Item | undefined> {
  const row = await rows.find(table, { id });
  const narrow = scopeOf(env, resource, context);
  if (row === undefined || narrow === undefined || row.tenant_id === context.project_id) return row;
  return (await rows.all(table, { id }, { narrow, limit: 1 }))[0];
}

/** Rows read and shown at once: what a long list needs is thrown away part by part, before it grows old in memory. */
const part = 100;

/** The views of a list, or of a page of it, in its order and in parts. */
export async function* listVisible(
  env: Env,
  rows: Rows,
  {
    resource,
    table,
    query,
    context,
  }: { resource: Resource; table: Table<Item>; query: ListQuery; context: RequestContext },
): AsyncGenerator<Item[]> {
  const { filters: special } = env.rules[resource.name]!;
  const where: Item = {};
  const computed: [string, unknown[]][] = [];
  const narrowing: ((selection: Selection) => Selection)[] = [];
  const scope = scopeOf(env, resource, context);
  if (scope !== undefined) narrowing.push(scope);
  for (const [name, values] of Object.entries(query.filters)) {
    const field = resource.fields[name];
    const narrow = special?.[name];
    if (narrow !== undefined) narrowing.push((selection) => narrow(selection, values, context));
    else if (field === undefined) continue;
    else {
      const wanted = filterValues(field, values);
      // SQL compares nothing with null, and lists are kept as text
      const isColumn = field.stored !== false && field.type !== 'list' && !wanted.includes(null);
      if (isColumn) where[name] = wanted;
      else computed.push([name, wanted]);
    }
  }
  const order = orderOf(table, query.sort);
  const isPaged = query.limit !== undefined && order !== undefined && computed.length === 0;
  const orderBy: OrderedColumn[] =
    isPaged && query.isReversed ? backwards(order) : (order ?? orderOf(table, [])!);
  if (isPaged && query.marker !== undefined) {
    const { row } = await findVisible(env, rows, { resource, table, id: query.marker, context });
    narrowing.push((selection) => selection.where(behind(table, orderBy, row)));
  }
  const ids = await rows.ids(table, where, {
    ...(narrowing.length > 0 && {
      narrow: (selection) => narrowing.reduce((narrowed, narrow) => narrow(narrowed), selection),
    }),
    orderBy,
    ...(isPaged && { limit: query.limit! }),
  });
  if (isPaged && query.isReversed) ids.reverse();
  const views = viewsById(env, rows, { resource, table, ids, context });
  if (isPaged || (query.limit === undefined && order !== undefined && computed.length === 0)) {
    yield* views;
    return;
  }
  let all: Item[] = [];
  for await (const some of views) all.push(...some);
  for (const [name, values] of computed) all = all.filter((view) => matches(view[name], values));
  yield pageOf(env, resource, order === undefined ? sorted(all, query.sort) : all, query);
}

async function* viewsById(
  env: Env,
  rows: Rows,
  {
    resource,
    table,
    ids,
    context,
  }: { resource: Resource; table: Table<Item>; ids: readonly string[]; context: RequestContext },
): AsyncGenerator<Item[]> {
  for (let from = 0; from < ids.length; from += part) {
    const own = ids.slice(from, from + part);
    const byId = new Map((await rows.all(table, { id: own })).map((row) => [row.id, row]));
    // one that went since then is left out
    const found = own.map((id) => byId.get(id)).filter((row) => row !== undefined);
    yield (await viewsOf(env, rows, resource, found, context)).map(({ view }) => view);
  }
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
