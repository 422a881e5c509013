// A service's database: opened by connection URL, migrated to the declared tables, used through rows and transactions.
import { ConfigError } from '../../lib/config.ts';
import { TransientConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { migrate, type Schema } from './migrate.ts';
import type { Rows } from './rows.ts';
import { sqliteDatabase } from './sqlite-database.ts';

export { StoreUnavailable, TransientConflict, UniqueConflict } from './conflicts.ts';

export interface Store {
  /** Rows outside any transaction; each statement stands alone. */
  read: Rows;
  /**
   * Runs `work` in one transaction: all of it is kept, or, when it throws, nothing. A unique key taken by somebody
   * else meanwhile comes out as UniqueConflict. Inside, use the given rows only: there is one connection. `work` runs
   * again when the database broke it off (TransientConflict), so it may change nothing but rows.
   */
  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T>;
  /** Other servers may write to the same database: what was read in one transaction need not hold in the next. */
  isShared: boolean;
  close(): Promise<void>;
}

const attempts = 5;

// a service that keeps its rows in SQLite never loads the other
const mariadb = async (url: string) => (await import('./mariadb-database.ts')).mariadbDatabase(url);

const kinds: Record<string, (url: string) => Database | Promise<Database>> = {
  sqlite: sqliteDatabase,
  mysql: mariadb,
  mariadb,
};

/** Opens the database of a connection URL (the scheme picks the kind) and brings it to the schema. */
export async function openStore(url: string, schema: Schema): Promise<Store> {
  const open = kinds[/^[a-z]+/.exec(url)?.[0] ?? ''];
  if (open === undefined)
    throw new ConfigError(
      `Unknown kind of database in [database] connection; known: ${Object.keys(kinds).join(', ')}`,
    );
  const database = await open(url);
  try {
    await migrate(database, schema);
  } catch (error) {
    await database.close();
    throw error;
  }
  return {
    read: database.read,
    isShared: database.isShared,
    async transaction(work) {
      for (let attempt = 1; ; attempt++) {
        try {
          return await database.transaction(work);
        } catch (error) {
          if (!(error instanceof TransientConflict) || attempt >= attempts) throw error;
        }
      }
    },
    close: () => database.close(),
  };
}
