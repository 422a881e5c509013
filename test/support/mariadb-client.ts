// Statements to a MariaDB of the tests, past the code under test.
import { randomUUID } from 'node:crypto';
import { createConnection, type Connection } from 'mysql2/promise';

/** Makes an empty database, whose name begins with `prefix`, and gives its URL. */
export async function createDatabase(serverUrl: string, prefix: string): Promise<string> {
  const name = `${prefix}_${randomUUID().slice(0, 8)}`;
  await query(serverUrl, `create database \`${name}\``);
  return `${serverUrl}${name}?charset=utf8`;
}

/** A connection that knows nothing of the store. */
export const connectTo = (url: string): Promise<Connection> => createConnection(url.replace(/\?.*/, ''));

/** Asks the server with a connection of its own. */
export async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await connectTo(url);
  try {
    const [rows] = await connection.query(sql);
    return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
  } finally {
    await connection.end();
  }
}

/** Removes all rows; the tables and the version of their schema stay. */
export async function emptyTables(url: string): Promise<void> {
  const connection = await connectTo(url);
  try {
    const [rows] = await connection.query(
      "select table_name as name from information_schema.tables where table_schema = database() and table_rows is not null and table_name <> 'schema_version'",
    );
    await connection.query('set foreign_key_checks = 0');
    for (const { name } of rows as { name: string }[]) await connection.query(`delete from \`${name}\``);
  } finally {
    await connection.end();
  }
}

/** Runs the statements of a dump. */
export async function runScript(url: string, script: string): Promise<void> {
  const connection = await createConnection({ uri: url.replace(/\?.*/, ''), multipleStatements: true });
  try {
    await connection.query('set foreign_key_checks = 0');
    await connection.query(script);
  } finally {
    await connection.end();
  }
}
