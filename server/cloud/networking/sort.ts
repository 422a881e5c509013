// The order of a list as the database keeps it, so that a page reads no more rows than it shows.
import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import { encodedValue, type AnyTables } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import type { ListQuery } from './query.ts';
import type { Item } from './work.ts';

export interface OrderedColumn {
  column: string;
  descending: boolean;
}

/**
 * The columns to sort by, ended by the id so that no two rows are equal. Undefined when a key has no column that the database
 * can compare.
 */
export function orderOf(table: Table<Item>, sort: ListQuery['sort']): OrderedColumn[] | undefined {
  const keys = [...sort, { key: 'id', descending: false }];
  const isComparable = ({ key }: { key: string }) => (table.columns[key]?.type ?? 'json') !== 'json';
  return keys.every(isComparable)
    ? keys.map(({ key, descending }) => ({ column: key, descending }))
    : undefined;
}

/** The same order from its end. */
export const backwards = (order: readonly OrderedColumn[]): OrderedColumn[] =>
  order.map(({ column, descending }) => ({ column, descending: !descending }));

type Builder = ExpressionBuilder<AnyTables, string>;
type Condition = Expression<SqlBool>;

/** The rows behind `marker` in this order: equal in the first columns and behind it in the next. Nulls come first. */
export const behind =
  (table: Table<Item>, order: readonly OrderedColumn[], marker: Item) =>
  (is: Builder): Condition => {
    const equal: Condition[] = [];
    const ways: Condition[] = [];
    for (const { column, descending } of order) {
      const value = encodedValue(table.columns[column]!, marker[column]);
      const beyond = beyondValue(is, { column, descending }, value);
      if (beyond !== undefined) ways.push(is.and([...equal, beyond]));
      equal.push(value === null ? is(column, 'is', null) : is(column, '=', value));
    }
    return is.or(ways);
  };

function beyondValue(
  is: Builder,
  { column, descending }: OrderedColumn,
  value: unknown,
): Condition | undefined {
  if (value === null) return descending ? undefined : is(column, 'is not', null);
  return descending ? is.or([is(column, '<', value), is(column, 'is', null)]) : is(column, '>', value);
}
