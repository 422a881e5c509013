// A service's database: opened by connection URL, migrated to the declared tables, used through rows and transactions.
import { migrate, type Schema } from './migrate.ts';
import { rowsOf, type AnyTables, type Handle, type Rows } from './rows.ts';
import { openSqlite } from './sqlite.ts';

export interface Store {
  /** Rows outside any transaction; each statement stands alone. */
  read: Rows;
  /**
   * Runs `work` in one transaction: all of it is kept, or, when it throws, nothing. A unique key taken by somebody
   * else meanwhile comes out as UniqueConflict. Inside, use the given rows only: there is one connection.
   */
  transaction<T>(work: (rows: Rows) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A unique key was already there; `table` owns it. */
export class UniqueConflict extends Error {
  readonly table: string;

  constructor(table: string, cause: unknown) {
    super(`A unique key of ${table} is taken`, { cause });
    this.table = table;
  }
}

const dialects: Record<string, (url: string) => Handle> = {
  sqlite: (url) => openSqlite<AnyTables>(url),
};

/** Opens the database of a connection URL (the scheme picks the kind) and brings it to the schema. */
export async function openStore(url: string, schema: Schema): Promise<Store> {
  const open = dialects[/^[a-z]+/.exec(url)?.[0] ?? ''];
  if (open === undefined)
    throw new Error(
      `Unknown kind of database in [database] connection; known: ${Object.keys(dialects).join(', ')}`,
    );
  const handle = open(url);
  try {
    await migrate(handle, schema, url);
  } catch (error) {
    await handle.destroy();
    throw error;
  }
  return {
    read: rowsOf(handle),
    transaction: (work) =>
      handle
        .transaction()
        .execute((transaction) => work(rowsOf(transaction)))
        .catch((error: unknown) => {
          throw conflictOf(error) ?? error;
        }),
    close: () => handle.destroy(),
  };
}

/** SQLite names the columns: `UNIQUE constraint failed: ports.network_id, ports.mac_address`. */
function conflictOf(error: unknown): UniqueConflict | undefined {
  const taken = error instanceof Error && /UNIQUE constraint failed: ([^.]+)\./.exec(error.message);
  return taken ? new UniqueConflict(taken[1]!, error) : undefined;
}
