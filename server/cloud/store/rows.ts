// Reading and writing rows of declared tables, inside or outside a transaction. Values go in and come out typed.
import type { Kysely, SelectQueryBuilder } from 'kysely';
import { noteInserted, runStatement } from './statements.ts';
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
  /** Further conditions, in Kysely's words. Without it the statement need not be written anew. */
  narrow?: ((query: Selection) => Selection) | undefined;
}

/** The rows of one connection or transaction. */
export interface Rows {
  /** For statements that the functions below cannot say. */
  sql: Handle;
  find<Row>(table: Table<Row>, where: Where<Row>): Promise<Row | undefined>;
  all<Row>(table: Table<Row>, where?: Where<Row>, choice?: Choice): Promise<Row[]>;
  /** The ids alone of what `all` would give. */
  ids<Row>(table: Table<Row>, where: Where<Row>, choice: Choice): Promise<string[]>;
  /** How many there are; with `upTo` no more than that are looked at. */
  count<Row>(table: Table<Row>, where?: Where<Row>, upTo?: number): Promise<number>;
  insert<Row>(table: Table<Row>, rows: Row | readonly Row[]): Promise<void>;
  /** How many rows changed. */
  update<Row>(table: Table<Row>, where: Where<Row>, changes: Partial<Row>): Promise<number>;
  /** How many rows went. */
  remove<Row>(table: Table<Row>, where: Where<Row>): Promise<number>;
}

type AnyRow = Record<string, unknown>;

/** Parameters of one statement are bounded; longer lists of ids are asked for in parts. */
const listPart = 5000;
const insertPart = 200;

/** The functions over a Kysely handle (the database, or one transaction). */
export function rowsOf(sql: Handle): Rows {
  async function select(
    table: Table<unknown>,
    columns: readonly string[],
    where: AnyRow,
    { narrow, limit, orderBy = [] }: Choice,
  ): Promise<AnyRow[]> {
    const asked = conditionsOf(table, where);
    if (asked === undefined) return [];
    const write = () => {
      let query: Selection = sql.selectFrom(table.name).select([...columns]);
      query = narrowed(query, asked.conditions);
      if (narrow !== undefined) query = narrow(query);
      for (const { column, descending } of orderBy)
        query = query.orderBy(sql.dynamic.ref(column), descending ? 'desc' : 'asc');
      return limit === undefined ? query : query.limit(limit);
    };
    if (narrow !== undefined) return (await sql.executeQuery<AnyRow>(write().compile())).rows;
    const parameters = limit === undefined ? asked.parameters : [...asked.parameters, limit];
    const order = orderBy.map(({ column, descending }) => `${descending ? '-' : '+'}${column}`).join();
    const what = columns.length === 1 ? columns[0]! : 'all';
    const shape = `${what} ${table.name} ${asked.shape} ${order} ${limit === undefined ? '' : 'limit'}`;
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
    const rows = await select(table, Object.keys(table.columns), where as AnyRow, choice);
    decoderOf(table)(rows);
    return rows as Row[];
  }
  return {
    sql,
    all,
    ids: async (table, where, choice) =>
      (await select(table, ['id'], where as AnyRow, choice)).map(({ id }) => id as string),
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

/** `column = value`, `column in (...)` or `column is null`, with encoded values. */
interface Condition {
  column: string;
  operator: '=' | 'in' | 'is';
  value: unknown;
}

interface Conditions {
  conditions: Condition[];
  /** The same whenever only values differ. */
  shape: string;
  /** Values in the order of the conditions. */
  parameters: unknown[];
}

/** What `where` asks for; undefined when a list is empty, so that nothing can match. */
function conditionsOf(table: Table<unknown>, where: AnyRow): Conditions | undefined {
  const conditions: Condition[] = [];
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

/** Repeats the last value up to a power of two, so that lists of all lengths make few statements. */
function padded(values: unknown[]): unknown[] {
  const length = Math.min(2 ** Math.ceil(Math.log2(values.length)), listPart);
  const last = values.at(-1);
  while (values.length < length) values.push(last);
  return values;
}

function narrowed<Q>(query: Q, conditions: readonly Condition[]): Q {
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

function encoded(table: Table<unknown>, row: AnyRow): AnyRow {
  const result: AnyRow = {};
  for (const name of Object.keys(row)) {
    const column = table.columns[name];
    if (column === undefined) throw new Error(`Table ${table.name} has no column ${name}`);
    result[name] = encodedValue(column, row[name]);
  }
  return result;
}

type Decode = (rows: AnyRow[]) => void;
const decoders = new WeakMap<object, Decode>();

/** Makes rows of what the driver gives, in place: only columns of a changing kind are touched. */
function decoderOf(table: Table<unknown>): Decode {
  const known = decoders.get(table);
  if (known !== undefined) return known;
  const columns = Object.entries(table.columns);
  const named = (type: Column['type']) =>
    columns.filter(([, column]) => column.type === type).map(([name]) => name);
  const [texts, truths] = [named('json'), named('bool')];
  const decoder: Decode = (rows) => {
    for (const row of rows) {
      for (const name of texts) row[name] = parsed(row[name] as string | null);
      for (const name of truths) {
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
