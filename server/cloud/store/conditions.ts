// What a statement asks of columns: equal values, encoded as the database keeps them.
import type { Condition, Selection } from './rows.ts';
import type { Column, Table } from './table.ts';

type AnyRow = Record<string, unknown>;

/** `column = value`, `column in (...)` or `column is null`, with encoded values. */
interface Equality {
  column: string;
  operator: '=' | 'in' | 'is';
  value: unknown;
}

export interface Conditions {
  conditions: Equality[];
  /** The same whenever only values differ. */
  shape: string;
  /** Values in the order of the conditions. */
  parameters: unknown[];
}

/** What `where` asks for; undefined when a list is empty, so that nothing can match. */
export function conditionsOf(table: Table<unknown>, where: AnyRow): Conditions | undefined {
  const conditions: Equality[] = [];
  const parameters: unknown[] = [];
  let shape = '';
  for (const column of Object.keys(where)) {
    const value = where[column];
    if (value === undefined) continue;
    const type = table.columns[column];
    if (type === undefined) throw new Error(`Table ${table.name} has no column ${column}`);
    if (value === null) {
      conditions.push({ column, operator: 'is', value });
      shape += `${column}0,`;
    } else if (Array.isArray(value) && type.type !== 'json') {
      if (value.length === 0) return undefined;
      const list = padded(value.map((item) => encodedValue(type, item)));
      conditions.push({ column, operator: 'in', value: list });
      parameters.push(...list);
      shape += `${column}*${list.length},`;
    } else {
      const kept = encodedValue(type, value);
      conditions.push({ column, operator: '=', value: kept });
      parameters.push(kept);
      shape += `${column}=,`;
    }
  }
  return { conditions, shape, parameters };
}

/** Parameters of one statement are bounded; longer lists of ids are asked for in parts. */
export const listPart = 5000;

/** Repeats the last value up to a power of two, so that lists of all lengths make few statements. */
function padded(values: unknown[]): unknown[] {
  const length = Math.min(2 ** Math.ceil(Math.log2(values.length)), listPart);
  const last = values.at(-1);
  while (values.length < length) values.push(last);
  return values;
}

/** The query (a selection, an update or a deletion) under these conditions. */
export function narrowed<Q>(query: Q, conditions: readonly Equality[]): Q {
  let result = query as unknown as Selection;
  for (const { column, operator, value } of conditions) result = result.where(column, operator, value);
  return result as unknown as Q;
}

/** A value as the column keeps it. */
export function encodedValue(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (column.type === 'json') return JSON.stringify(value);
  return column.type === 'bool' ? (value ? 1 : 0) : value;
}

/** A row that meets one of the conditions. */
export const anyOf =
  (conditions: readonly Condition[]): Condition =>
  (is) =>
    is.or(conditions.map((condition) => condition(is)));
