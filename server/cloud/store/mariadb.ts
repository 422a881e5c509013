// MariaDB for Kysely over the npm package mysql2: a bounded pool, bounded statements, errors with a meaning.
import { HandleEmptyInListsPlugin, Kysely, MysqlDialect, replaceWithNoncontingentExpression } from 'kysely';
import type { MysqlPool, MysqlPoolConnection } from 'kysely';
import { createPool, type Pool, type PoolConnection, type QueryError } from 'mysql2';
import { meaningOf, refusalAtStart } from './mariadb-errors.ts';
import type { MariadbAddress } from './mariadb-url.ts';

export interface Bounds {
  connections: number;
  /** The server ends a statement that runs longer. */
  statementSeconds: number;
}

const connectMs = 5000;
/** The server's own bound comes first; this one is for a server that says nothing any more. */
const patienceSeconds = 10;

/**
 * Opens a pool and proves with a first connection that the database can be used; throws ConfigError with the reason when
 * not. A connection that broke is replaced when the next is asked for, so a database that comes back is used again.
 */
export async function openMariadb<Tables>(address: MariadbAddress, bounds: Bounds): Promise<Kysely<Tables>> {
  const pool = createPool({
    user: address.user,
    password: address.password,
    database: address.database,
    ...(address.socketPath === undefined
      ? { host: address.host, port: address.port }
      : { socketPath: address.socketPath }),
    charset: 'utf8mb4',
    connectionLimit: bounds.connections,
    maxIdle: bounds.connections,
    idleTimeout: 60_000,
    connectTimeout: connectMs,
    enableKeepAlive: true,
    supportBigNumbers: true,
    // an object among the parameters is text, never a piece of SQL
    stringifyObjects: true,
  });
  // asked first on a new connection, so in force for whatever is asked next
  pool.on('connection', (connection) => {
    connection.query(sessionSettings(bounds), (error: QueryError | null) => {
      if (error !== null) connection.destroy();
    });
  });
  try {
    await proveUsable(pool, bounds);
  } catch (error) {
    pool.end(() => undefined);
    throw refusalAtStart(error as QueryError, address);
  }
  return new Kysely<Tables>({
    dialect: new MysqlDialect({ pool: adapt(pool, bounds) }),
    // MariaDB does not take `in ()`
    plugins: [new HandleEmptyInListsPlugin({ strategy: replaceWithNoncontingentExpression })],
  });
}

/**
 * READ COMMITTED: what a transaction of ours reads cannot change under it, as all that write wait for each other
 * (mariadb-database.ts); other statements must not wait for gaps between keys.
 */
const sessionSettings = ({ statementSeconds }: Bounds): string =>
  `set session sql_mode = 'STRICT_ALL_TABLES', tx_isolation = 'READ-COMMITTED', innodb_lock_wait_timeout = 10,
    max_statement_time = ${statementSeconds}, idle_transaction_timeout = 60`;

function proveUsable(pool: Pool, bounds: Bounds): Promise<void> {
  return new Promise((resolve, reject) => {
    pool.getConnection((error: NodeJS.ErrnoException | null, connection) => {
      if (error !== null) return reject(error);
      connection.query(sessionSettings(bounds), (refused: QueryError | null) => {
        connection.release();
        if (refused === null) resolve();
        else reject(refused);
      });
    });
  });
}

/** Gives the pool the few methods that Kysely's driver calls. */
function adapt(pool: Pool, bounds: Bounds): MysqlPool {
  return {
    getConnection(callback) {
      pool.getConnection((error: NodeJS.ErrnoException | null, connection) => {
        if (error !== null) callback(meaningOf(error, ''), undefined as never);
        else callback(undefined, adaptConnection(connection, bounds));
      });
    },
    end: (callback) => pool.end(callback),
  };
}

function adaptConnection(connection: PoolConnection, { statementSeconds }: Bounds): MysqlPoolConnection {
  const timeout = (statementSeconds + patienceSeconds) * 1000;
  const query = (sql: string, values: unknown[], callback: (error: unknown, result: unknown) => void) => {
    connection.query({ sql, values, timeout }, (error: QueryError | null, result: unknown) => {
      if (error === null) return callback(undefined, result);
      // the answer may still come: nothing else may be asked on this connection
      if (error.code === 'PROTOCOL_SEQUENCE_TIMEOUT') connection.destroy();
      callback(meaningOf(error, sql), undefined);
    });
  };
  return { query: query as MysqlPoolConnection['query'], release: () => connection.release() };
}
