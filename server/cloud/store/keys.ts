// Windows of lists: the database walks an index for each way to be in the list and stops at the end of the window.
import { conditionsOf, narrowed } from './conditions.ts';
import { expressionBuilder } from 'kysely';
import type { AnyTables, Handle, Key, Selection, Way, Window } from './rows.ts';
import type { Table } from './table.ts';

/** The ids and sort keys of a window, in its order. */
export async function keysOf(
  sql: Handle,
  table: Table<unknown>,
  where: Record<string, unknown>,
  { ways, narrow, orderBy, limit }: Window,
): Promise<Key[]> {
  const asked = conditionsOf(table, where);
  if (asked === undefined || ways?.length === 0) return [];
  const columns = [...new Set(['id', ...orderBy.map(({ column }) => column)])];
  const ordered = (query: Selection): Selection => {
    const inOrder = orderBy.reduce(
      (so, { column, descending }) => so.orderBy(sql.dynamic.ref(column), descending ? 'desc' : 'asc'),
      query,
    );
    return limit === undefined ? inOrder : inOrder.limit(limit);
  };
  const alongWay = (way?: Way): Selection => {
    const all = narrowed(fromWay(sql, table, way).select(columns), asked.conditions) as unknown as Selection;
    return narrow.reduce((query, narrower) => narrower(query), all);
  };
  const windowAlong = (way: Way): Selection =>
    limit === undefined
      ? alongWay(way)
      : (sql.selectFrom(ordered(alongWay(way)).as('way')).select(columns) as unknown as Selection);
  const [first, ...others] = ways ?? [];
  const query =
    first === undefined || others.length === 0
      ? alongWay(first)
      : others.reduce((all, way) => all.unionAll(windowAlong(way)), windowAlong(first));
  const { rows } = await sql.executeQuery<Key>(ordered(query).compile());
  return rows;
}

function fromWay(sql: Handle, { name }: Table<unknown>, way: Way | undefined) {
  if (way === undefined) return sql.selectFrom(name);
  if ('where' in way) return sql.selectFrom(name).where(way.where);
  // a cross join, as SQLite takes the tables of one in their order: without statistics it holds any other index for better
  return sql
    .selectFrom(way.among(expressionBuilder<AnyTables, string>()).as('theirs'))
    .crossJoin(name)
    .whereRef('id', '=', 'chosen') as unknown as Selection;
}
