// Reading and writing rows of declared tables, inside or outside a transaction. Values go in and come out typed.
import type { Expression, ExpressionBuilder, Kysely, SelectQueryBuilder, SqlBool } from 'kysely';
import { conditionsOf, encodedValue, listPart, narrowed } from './conditions.ts';
import { jsonText, textColumn, type Written } from './json-text.ts';
import { keysOf } from './keys.ts';
import { noteInserted, runStatement } from './statements.ts';
import type { Column, Table } from './table.ts';

/** What Kysely knows of the tables: nothing; the declared tables know. */
export type AnyTables = Record<string, Record<string, unknown>>;
export type Handle = Kysely<AnyTables>;

/** Equality per column; a list means any of its values. */
export type Where<Row> = { [K in keyof Row]?: Row[K] | readonly Row[K][] };

/** A selection that a caller may narrow further with Kysely. */
export type Selection = SelectQueryBuilder<AnyTables, string, Record<string, unknown>>;

/** What a row must be, in Kysely's words. */
export type Condition = (is: ExpressionBuilder<AnyTables, string>) => Expression<SqlBool>;

export interface OrderedColumn {
  column: string;
  descending: boolean;
}

export interface Choice {
  orderBy?: readonly { column: string; descending?: boolean }[];
  limit?: number;
  /** All that is read of the rows; default: every column. */
  columns?: readonly string[] | undefined;
  /** Columns that come as one text of JSON besides, in the property `textColumn`. */
  written?: readonly Written[] | undefined;
  /** Further conditions, in Kysely's words. Without it the statement need not be written anew. */
  narrow?: ((query: Selection) => Selection) | undefined;
}

/** Which rows of a table, in which order; for lists, of which only a window is read. */
export interface Window {
  /** Ways to be one of them, of which no row goes two: an index can lead each way, but hardly to all. Default: every row is. */
  ways?: readonly Condition[] | undefined;
  /** What they are besides. */
  narrow: readonly ((query: Selection) => Selection)[];
  /** Such that no two rows are equal. */
  orderBy: readonly OrderedColumn[];
  limit?: number;
}

/** The rows of one connection or transaction. */
export interface Rows {
  /** For statements that the functions below cannot say. */
  sql: Handle;
  find<Row>(table: Table<Row>, where: Where<Row>): Promise<Row | undefined>;
  all<Row>(table: Table<Row>, where?: Where<Row>, choice?: Choice): Promise<Row[]>;
  /** The ids of a window's rows, each with what it is ordered by, as the database keeps it. */
  keys<Row>(table: Table<Row>, where: Where<Row>, window: Window): Promise<Key[]>;
  /** How many there are; with `upTo` no more than that are looked at. */
  count<Row>(table: Table<Row>, where?: Where<Row>, upTo?: number): Promise<number>;
  insert<Row>(table: Table<Row>, rows: Row | readonly Row[]): Promise<void>;
  /** How many rows changed. */
  update<Row>(table: Table<Row>, where: Where<Row>, changes: Partial<Row>): Promise<number>;
  /** How many rows went. */
  remove<Row>(table: Table<Row>, where: Where<Row>): Promise<number>;
}

export type Key = { id: string } & Record<string, unknown>;
type AnyRow = Record<string, unknown>;

const insertPart = 200;

/** The functions over a Kysely handle (the database, or one transaction). */
export function rowsOf(sql: Handle): Rows {
  async function select(
    table: Table<unknown>,
    where: AnyRow,
    { narrow, limit, columns, written = [], orderBy = [] }: Choice,
  ): Promise<AnyRow[]> {
    const asked = conditionsOf(table, where);
    if (asked === undefined) return [];
    const write = () => {
      let query: Selection = sql.selectFrom(table.name).select(columns ?? Object.keys(table.columns));
      if (written.length > 0) query = query.select(jsonText(table, written).as(textColumn));
      query = narrowed(query, asked.conditions);
      if (narrow !== undefined) query = narrow(query);
      for (const { column, descending } of orderBy)
        query = query.orderBy(sql.dynamic.ref(column), descending ? 'desc' : 'asc');
      return limit === undefined ? query : query.limit(limit);
    };
    if (narrow !== undefined) return (await sql.executeQuery<AnyRow>(write().compile())).rows;
    const parameters = limit === undefined ? asked.parameters : [...asked.parameters, limit];
    const order = orderBy.map(({ column, descending }) => `${descending ? '-' : '+'}${column}`).join();
    const text = written.map(({ name, column }) => `${name}=${column}`).join();
    const shape = `all ${table.name} ${columns?.join() ?? '*'} ${text} ${asked.shape} ${order} ${limit === undefined ? '' : 'limit'}`;
    return (await runStatement(sql, shape, parameters, write)).rows;
  }

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
    const rows = await select(table, where as AnyRow, choice);
    decoderOf(table)(rows, choice.columns);
    return rows as Row[];
  }
  return {
    sql,
    all,
    keys: (table, where, window) => keysOf(sql, table, where as AnyRow, window),
    find: async (table, where) => (await all(table, where, { limit: 1 }))[0],
    async count(table, where = {}, upTo) {
      const asked = conditionsOf(table, where as AnyRow);
      if (asked === undefined) return 0;
      const { shape, conditions, parameters } = asked;
      const counted = await runStatement(
        sql,
        `count ${table.name} ${shape} ${upTo === undefined ? '' : 'limit'}`,
        upTo === undefined ? parameters : [...parameters, upTo],
        () => {
          const query = narrowed(sql.selectFrom(table.name), conditions);
          if (upTo === undefined) return query.select((eb) => eb.fn.countAll().as('total'));
          const first = query.select((eb) => eb.lit(1).as('one')).limit(upTo);
          return sql.selectFrom(first.as('counted')).select((eb) => eb.fn.countAll().as('total'));
        },
      );
      return Number(counted.rows[0]?.total ?? 0);
    },
    async insert(table, rows) {
      const list = (Array.isArray(rows) ? rows : [rows]) as AnyRow[];
      noteInserted(sql, table.name, list.length);
      for (let from = 0; from < list.length; from += insertPart) {
        const part = list.slice(from, from + insertPart).map((row) => encoded(table, row));
        const columns = Object.keys(part[0]!);
        const write = () => sql.insertInto(table.name).values(part);
        const isAlike = part.every((row) => Object.keys(row).length === columns.length);
        const parameters = part.flatMap((row) => columns.map((column) => row[column]));
        // rows of different columns are one of a kind
        if (isAlike && !parameters.includes(undefined))
          await runStatement(sql, `insert ${table.name} ${part.length} ${columns.join()}`, parameters, write);
        else await write().execute();
      }
    },
    async update(table, where, changes) {
      const asked = conditionsOf(table, where as AnyRow);
      const set = encoded(table, changes as AnyRow);
      const columns = Object.keys(set);
      if (asked === undefined || columns.length === 0) return 0;
      const { numAffectedRows } = await runStatement(
        sql,
        `update ${table.name} ${asked.shape} set ${columns.join()}`,
        [...Object.values(set), ...asked.parameters],
        () => narrowed(sql.updateTable(table.name).set(set), asked.conditions),
      );
      return Number(numAffectedRows ?? 0);
    },
    async remove(table, where) {
      const asked = conditionsOf(table, where as AnyRow);
      if (asked === undefined) return 0;
      const { numAffectedRows } = await runStatement(
        sql,
        `remove ${table.name} ${asked.shape}`,
        asked.parameters,
        () => narrowed(sql.deleteFrom(table.name), asked.conditions),
      );
      return Number(numAffectedRows ?? 0);
    },
  };
}

function encoded(table: Table<unknown>, row: AnyRow): AnyRow {
  const result: AnyRow = {};
  for (const name of Object.keys(row)) {
    const column = table.columns[name];
    if (column === undefined) throw new Error(`Table ${table.name} has no column ${name}`);
    result[name] = encodedValue(column, row[name]);
  }
  return result;
}

type Decode = (rows: AnyRow[], columns?: readonly string[]) => void;
const decoders = new WeakMap<object, Decode>();

/** Makes rows of what the driver gives, in place: only columns of a changing kind are touched. */
function decoderOf(table: Table<unknown>): Decode {
  const known = decoders.get(table);
  if (known !== undefined) return known;
  const columns = Object.entries(table.columns);
  const named = (type: Column['type']) =>
    columns.filter(([, column]) => column.type === type).map(([name]) => name);
  const [texts, truths] = [named('json'), named('bool')];
  const decoder: Decode = (rows, only) => {
    const isThere = (name: string) => only === undefined || only.includes(name);
    const [someTexts, someTruths] = [texts.filter(isThere), truths.filter(isThere)];
    for (const row of rows) {
      for (const name of someTexts) row[name] = parsed(row[name] as string | null);
      for (const name of someTruths) {
        const value = row[name];
        if (value !== null) row[name] = value !== 0 && value !== false;
      }
    }
  };
  decoders.set(table, decoder);
  return decoder;
}

/** Most lists and dictionaries are empty. */
function parsed(text: string | null): unknown {
  if (text === null) return null;
  if (text === '[]') return [];
  return text === '{}' ? {} : (JSON.parse(text) as unknown);
}
