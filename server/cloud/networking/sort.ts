// The order of a list as the database keeps it, and what lies behind a row of it, so that a page reads no more rows than it shows.
import { anyOf, encodedValue } from '../store/conditions.ts';
import type { Condition, OrderedColumn } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import type { ListQuery } from './query.ts';
import type { Item } from './work.ts';

/**
 * The columns to sort by, ended by the id so that no two rows are equal. Undefined when a key has no column that the database
 * can compare.
 */
export function orderOf(table: Table<Item>, sort: ListQuery['sort']): OrderedColumn[] | undefined {
  const order: OrderedColumn[] = [];
  for (const { key, descending } of [...sort, { key: 'id', descending: false }]) {
    if ((table.columns[key]?.type ?? 'json') === 'json') return undefined;
    const isDecided = order.some(({ column }) => column === key || column === 'id');
    if (!isDecided) order.push({ column: key, descending });
  }
  return order;
}

/** The same order from its end. */
export const backwards = (order: readonly OrderedColumn[]): OrderedColumn[] =>
  order.map(({ column, descending }) => ({ column, descending: !descending }));

/**
 * The rows behind `marker` in this order: equal in the first columns and behind it in the next. Nulls come first. The first
 * column is bounded once more by itself, for an index is led by what all alternatives share.
 */
export function behind(table: Table<Item>, order: readonly OrderedColumn[], marker: Item): Condition {
  const values = order.map(({ column }) => encodedValue(table.columns[column]!, marker[column]));
  return (is) => {
    const equal: Condition[] = [];
    const alternatives: Condition[] = [];
    for (const [index, { column }] of order.entries()) {
      const value = values[index];
      const beyond = beyondValue(table, order[index]!, value);
      if (beyond !== undefined) alternatives.push(allOf([...equal, beyond]));
      equal.push(value === null ? (of) => of(column, 'is', null) : (of) => of(column, '=', value));
    }
    const bound = order.length === 1 ? undefined : boundOf(table, order[0]!, values[0]);
    const any = anyOf(alternatives);
    return (bound === undefined ? any : allOf([bound, any]))(is);
  };
}

const allOf =
  (conditions: readonly Condition[]): Condition =>
  (is) =>
    is.and(conditions.map((condition) => condition(is)));

function beyondValue(
  table: Table<Item>,
  { column, descending }: OrderedColumn,
  value: unknown,
): Condition | undefined {
  if (value === null) return descending ? undefined : (is) => is(column, 'is not', null);
  if (!descending) return (is) => is(column, '>', value);
  const below: Condition = (is) => is(column, '<', value);
  return table.columns[column]!.nullable ? anyOf([below, (is) => is(column, 'is', null)]) : below;
}

function boundOf(
  table: Table<Item>,
  { column, descending }: OrderedColumn,
  value: unknown,
): Condition | undefined {
  if (value === null || (descending && table.columns[column]!.nullable)) return undefined;
  return (is) => is(column, descending ? '<=' : '>=', value);
}
