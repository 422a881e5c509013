// MariaDB as the store uses it: one writing transaction at a time, across all processes on the database.
import { sql } from 'kysely';
import { ConfigError } from '../../lib/config.ts';
import { StoreUnavailable, TransientConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { openMariadb } from './mariadb.ts';
import { parseMariadbUrl } from './mariadb-url.ts';
import { rowsOf, type AnyTables, type Handle, type Rows } from './rows.ts';

const connections = 10;
const statementSeconds = 30;
/** Another process's migration may take that long, and ours too. */
const migrationSeconds = 600;
const readAttempts = 5;

/** Opens the database of a `mysql:` URL. Throws ConfigError when it cannot be used. */
export async function mariadbDatabase(url: string): Promise<Database> {
  const address = parseMariadbUrl(url);
  const handle = await openMariadb<AnyTables>(address, { connections, statementSeconds });
  const inTurn = queue();
  return {
    name: address.name,
    isShared: true,
    read: persistent(rowsOf(handle)),
    // in this process they wait in the order they came, without holding a connection
    transaction: (work) => inTurn(() => transaction(handle, work)),
    async migrating(work) {
      const bounds = { connections: 1, statementSeconds: migrationSeconds };
      const own = await openMariadb<AnyTables>(address, bounds);
      try {
        return await own.connection().execute((connection) => alone(connection, () => work(connection)));
      } finally {
        await own.destroy();
      }
    },
    types: { text: sql`longtext`, json: sql`longtext`, int: 'bigint', bool: 'boolean', serial: 'bigint' },
    // names are told apart as SQLite does: byte by byte, spaces at the end too
    tableOptions: sql`engine = InnoDB row_format = dynamic default charset = utf8mb4 collate = utf8mb4_nopad_bin`,
    async indexNames(of) {
      const found = await sql<{ name: string }>`
        select distinct index_name as name from information_schema.statistics
        where table_schema = database()`.execute(of);
      return new Set(found.rows.map(({ name }) => name));
    },
    // what was asked for before is done first
    close: () => inTurn(() => handle.destroy()),
  };
}

/**
 * What a rule reads must be true when it writes: an address is free, a quota has room, a router has no ports. Keys say so for some
 * of it only, so the one row of `schema_version` is locked first and lets one transaction in after the other.
 */
async function transaction<T>(handle: Handle, work: (rows: Rows) => Promise<T>): Promise<T> {
  let isCommitting = false;
  try {
    return await handle.transaction().execute(async (own) => {
      await sql`select version from schema_version for update`.execute(own);
      const result = await work(rowsOf(own));
      isCommitting = true;
      return result;
    });
  } catch (error) {
    // before the commit nothing is kept, so all of it can be tried again
    if (error instanceof StoreUnavailable && error.wasConnected && !isCommitting)
      throw new TransientConflict(error);
    throw error;
  }
}

async function alone<T>(handle: Handle, work: () => Promise<T>): Promise<T> {
  const lock = sql`concat('patchbay-', sha1(database()))`;
  const got = await sql<{ got: number | null }>`
    select get_lock(${lock}, ${migrationSeconds - 10}) as got`.execute(handle);
  if (got.rows[0]?.got !== 1)
    throw new ConfigError('Another program has been changing the tables of this database for 10 minutes');
  try {
    await sql`create table if not exists schema_version (version bigint) engine = InnoDB`.execute(handle);
    return await work();
  } finally {
    await sql`do release_lock(${lock})`.execute(handle);
  }
}

/** Runs one after the other, in the order of the calls. */
function queue(): <T>(run: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (run) => {
    const mine = last.then(run, run);
    last = mine;
    return mine;
  };
}

/** Single statements: tried again after a deadlock, and when they only read also after a lost connection. */
function persistent(rows: Rows): Rows {
  async function again<T>(run: () => Promise<T>, onlyReads: boolean): Promise<T> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await run();
      } catch (error) {
        const isWorthIt =
          error instanceof TransientConflict ||
          (onlyReads && error instanceof StoreUnavailable && error.wasConnected);
        if (!isWorthIt || attempt >= readAttempts) throw error;
      }
    }
  }
  return {
    ...rows,
    find: (...words) => again(() => rows.find(...words), true),
    all: (...words) => again(() => rows.all(...words), true),
    keys: (...words) => again(() => rows.keys(...words), true),
    count: (...words) => again(() => rows.count(...words), true),
    insert: (...words) => again(() => rows.insert(...words), false),
    update: (...words) => again(() => rows.update(...words), false),
    remove: (...words) => again(() => rows.remove(...words), false),
  };
}
