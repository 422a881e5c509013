// Windows of lists: the database walks an index for each way to be in the list and stops at the end of the window.
import { anyOf, conditionsOf, narrowed } from './conditions.ts';
import type { Condition, Handle, Key, Selection, Window } from './rows.ts';
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
  const alongWay = (way?: Condition): Selection => {
    const all: Selection = narrowed(sql.selectFrom(table.name).select(columns), asked.conditions);
    const along = way === undefined ? all : all.where(way);
    return narrow.reduce((query, narrower) => narrower(query), along);
  };
  const windowAlong = (way: Condition): Selection =>
    sql.selectFrom(ordered(alongWay(way)).as('way')).select(columns) as unknown as Selection;
  const [first, ...others] = ways ?? [];
  // where all of them are read, one walk costs less than one each
  const isOneWalk = first === undefined || others.length === 0 || limit === undefined;
  const query = isOneWalk
    ? alongWay(ways && anyOf(ways))
    : others.reduce((all, way) => all.unionAll(windowAlong(way)), windowAlong(first));
  const { rows } = await sql.executeQuery<Key>(ordered(query).compile());
  return rows;
}
