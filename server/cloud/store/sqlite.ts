// SQLite for Kysely over Node's own `node:sqlite`: one connection, write-ahead log, statements prepared once.
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { Kysely, SqliteDialect, type SqliteDatabase, type SqliteStatement } from 'kysely';

const cachedStatements = 400;

/**
 * Path of a connection URL as SQLAlchemy writes it: `sqlite:////abs/file`, `sqlite:///relative`,
 * `sqlite://` or `sqlite:///:memory:` for a database in memory.
 */
export function sqlitePath(url: string): string {
  const match = /^sqlite:\/\/(?:\/(.*))?$/.exec(url);
  if (match === null)
    throw new Error(`Not a SQLite connection URL: '${url}' (expected sqlite:////path/file)`);
  return match[1] === undefined || match[1] === '' ? ':memory:' : match[1];
}

/**
 * Opens (and makes, with its folder) the database of a `sqlite:` URL. Foreign keys are enforced. What was committed
 * survives a killed process: with the write-ahead log and `synchronous = NORMAL` only a power cut can lose the newest.
 * One connection, so transactions run one after the other; inside one, use its own handle only.
 */
export function openSqlite<Tables>(url: string): Kysely<Tables> {
  const path = sqlitePath(url);
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true });
  const database = new DatabaseSync(path, { timeout: 5000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
  return new Kysely<Tables>({ dialect: new SqliteDialect({ database: adapt(database) }) });
}

/** Gives a `DatabaseSync` the few methods that Kysely's SQLite driver calls. */
function adapt(database: DatabaseSync): SqliteDatabase {
  const cache = new Map<string, SqliteStatement>();
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = cache.get(sql);
      if (known !== undefined) return known;
      if (cache.size >= cachedStatements) cache.clear();
      const made = statement(database.prepare(sql));
      cache.set(sql, made);
      return made;
    },
  };
}

function statement(prepared: StatementSync): SqliteStatement {
  const names = prepared.columns().map(({ name }) => name);
  // rows as arrays, made into objects of one shape here: several times faster than the driver's own objects
  prepared.setReturnArrays(true);
  const toRow = rowsNamed(names);
  return {
    reader: names.length > 0,
    all: (parameters) => prepared.all(...parameters.map(bindable)).map(toRow),
    run: (parameters) => prepared.run(...parameters.map(bindable)),
    *iterate(parameters) {
      for (const values of prepared.iterate(...parameters.map(bindable))) yield toRow(values);
    },
  };
}

/** Makes rows with these columns. What JSON.parse makes has room for all of them, and so have its copies. */
function rowsNamed(names: readonly string[]): (values: unknown) => Record<string, unknown> {
  const empty = JSON.parse(JSON.stringify(Object.fromEntries(names.map((name) => [name, null])))) as object;
  return (values) => {
    const row: Record<string, unknown> = { ...empty };
    for (let index = 0; index < names.length; index++) row[names[index]!] = (values as unknown[])[index];
    return row;
  };
}

/** SQLite knows neither booleans nor undefined. */
function bindable(value: unknown): SQLInputValue {
  if (typeof value === 'boolean') return value ? 1 : 0;
  return value === undefined ? null : (value as SQLInputValue);
}
