// Reading and writing rows of declared tables, inside or outside a transaction. Values go in and come out typed.
import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { Column, Table } from './table.ts';

/** What Kysely knows of the tables: nothing; the declared tables know. */
export type AnyTables = Record<string, Record<string, unknown>>;
export type Handle = Kysely<AnyTables>;

/** Equality per column; a list means any of its values. */
export type Where<Row> = { [K in keyof Row]?: Row[K] | readonly Row[K][] };

/** A selection that a caller may narrow further with Kysely. */
export type Selection = SelectQueryBuilder<AnyTables, string, Record<string, unknown>>;

export interface Choice {
  orderBy?: readonly { column: string; descending?: boolean }[];
  limit?: number;
  /** Further conditions, in Kysely's words. */
  narrow?: (query: Selection) => Selection;
}

/** The rows of one connection or transaction. */
export interface Rows {
  /** For statements that the functions below cannot say. */
  sql: Handle;
  find<Row>(table: Table<Row>, where: Where<Row>): Promise<Row | undefined>;
  all<Row>(table: Table<Row>, where?: Where<Row>, choice?: Choice): Promise<Row[]>;
  count<Row>(table: Table<Row>, where?: Where<Row>): Promise<number>;
  insert<Row>(table: Table<Row>, rows: Row | readonly Row[]): Promise<void>;
  /** How many rows changed. */
  update<Row>(table: Table<Row>, where: Where<Row>, changes: Partial<Row>): Promise<number>;
  /** How many rows went. */
  remove<Row>(table: Table<Row>, where: Where<Row>): Promise<number>;
}

/** Parameters of one statement are bounded; longer lists of ids are asked for in parts. */
const listPart = 5000;
const insertPart = 200;

/** The functions over a Kysely handle (the database, or one transaction). */
export function rowsOf(sql: Handle): Rows {
  async function all<Row>(table: Table<Row>, where: Where<Row> = {}, choice: Choice = {}): Promise<Row[]> {
    const long = Object.entries(where).find(([, value]) => Array.isArray(value) && value.length > listPart);
    if (long !== undefined) {
      const [column, values] = long as [string, unknown[]];
      const parts: Row[] = [];
      for (let from = 0; from < values.length; from += listPart)
        parts.push(
          ...(await all(table, { ...where, [column]: values.slice(from, from + listPart) }, choice)),
        );
      return parts;
    }
    let query = conditions(sql.selectFrom(table.name).selectAll(), table, where as Record<string, unknown>);
    if (query === undefined) return [];
    if (choice.narrow !== undefined) query = choice.narrow(query);
    for (const { column, descending } of choice.orderBy ?? [])
      query = query.orderBy(sql.dynamic.ref(column), descending ? 'desc' : 'asc');
    if (choice.limit !== undefined) query = query.limit(choice.limit);
    const decode = decoderOf(table);
    return (await query.execute()).map((row) => decode(row) as Row);
  }
  return {
    sql,
    all,
    find: async (table, where) => (await all(table, where, { limit: 1 }))[0],
    async count(table, where = {}) {
      const query = conditions(sql.selectFrom(table.name), table, where as Record<string, unknown>);
      if (query === undefined) return 0;
      const counted = await query.select((eb) => eb.fn.countAll().as('total')).execute();
      return Number(counted[0]?.total ?? 0);
    },
    async insert(table, rows) {
      const list = (Array.isArray(rows) ? rows : [rows]) as Record<string, unknown>[];
      for (let from = 0; from < list.length; from += insertPart) {
        const part = list.slice(from, from + insertPart).map((row) => encoded(table, row));
        await sql.insertInto(table.name).values(part).execute();
      }
    },
    async update(table, where, changes) {
      const query = conditions(sql.updateTable(table.name), table, where as Record<string, unknown>);
      if (query === undefined || Object.keys(changes).length === 0) return 0;
      const result = await query.set(encoded(table, changes as Record<string, unknown>)).executeTakeFirst();
      return Number(result.numUpdatedRows);
    },
    async remove(table, where) {
      const query = conditions(sql.deleteFrom(table.name), table, where as Record<string, unknown>);
      return query === undefined ? 0 : Number((await query.executeTakeFirst()).numDeletedRows);
    },
  };
}

/** Adds `column = value` and `column in (...)`; undefined when a list is empty, so that nothing can match. */
function conditions<Q>(query: Q, table: Table<unknown>, where: Record<string, unknown>): Q | undefined {
  let narrowed = query as unknown as Selection;
  for (const [column, value] of Object.entries(where)) {
    if (value === undefined) continue;
    const type = table.columns[column];
    if (type === undefined) throw new Error(`Table ${table.name} has no column ${column}`);
    if (Array.isArray(value) && type.type !== 'json') {
      if (value.length === 0) return undefined;
      narrowed = narrowed.where(
        column,
        'in',
        value.map((item) => encodedValue(type, item)),
      );
    } else if (value === null) narrowed = narrowed.where(column, 'is', null);
    else narrowed = narrowed.where(column, '=', encodedValue(type, value));
  }
  return narrowed as unknown as Q;
}

/** A value as the column keeps it. */
export function encodedValue(column: Column, value: unknown): unknown {
  if (value === null || value === undefined) return null;
  if (column.type === 'json') return JSON.stringify(value);
  return column.type === 'bool' ? (value ? 1 : 0) : value;
}

function encoded(table: Table<unknown>, row: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(row).map(([name, value]) => {
      const column = table.columns[name];
      if (column === undefined) throw new Error(`Table ${table.name} has no column ${name}`);
      return [name, encodedValue(column, value)];
    }),
  );
}

const decoders = new WeakMap<object, (row: Record<string, unknown>) => Record<string, unknown>>();

/** Turns what the driver gives into a row: only columns of a changing kind are touched. */
function decoderOf(table: Table<unknown>): (row: Record<string, unknown>) => Record<string, unknown> {
  const known = decoders.get(table);
  if (known !== undefined) return known;
  const columns = Object.entries(table.columns);
  const names = columns.map(([name]) => name);
  const kinds = columns.map(([, { type }]) => type);
  const decoder = (row: Record<string, unknown>) => {
    const result: Record<string, unknown> = {};
    for (let index = 0; index < names.length; index++) {
      const name = names[index]!;
      const value = row[name];
      if (value === null || value === undefined) result[name] = null;
      else if (kinds[index] === 'json') result[name] = JSON.parse(value as string);
      else if (kinds[index] === 'bool') result[name] = value !== 0 && value !== false;
      else result[name] = value;
    }
    return result;
  };
  decoders.set(table, decoder);
  return decoder;
}
