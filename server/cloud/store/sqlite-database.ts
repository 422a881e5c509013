// SQLite as the store uses it: one connection, so transactions of this process follow each other.
import { rowsOf, type AnyTables } from './rows.ts';
import { TransientConflict, UniqueConflict } from './conflicts.ts';
import type { Database } from './database.ts';
import { openSqlite } from './sqlite.ts';

/** Opens the database of a `sqlite:` URL. */
export function sqliteDatabase(url: string): Database {
  const handle = openSqlite<AnyTables>(url);
  const rows = rowsOf(handle);
  return {
    name: url,
    isShared: false,
    read: {
      ...rows,
      insert: (...words) => rows.insert(...words).catch(withMeaning),
      update: (...words) => rows.update(...words).catch(withMeaning),
    },
    transaction: (work) =>
      handle
        .transaction()
        .execute((transaction) => work(rowsOf(transaction)))
        .catch(withMeaning),
    async migrating(work) {
      await handle.schema
        .createTable('schema_version')
        .ifNotExists()
        .addColumn('version', 'integer')
        .execute();
      return handle.transaction().execute(async (transaction) => {
        // a transaction that begins with writing waits for another process's; one that begins with reading would fail
        await transaction
          .updateTable('schema_version')
          .set(({ ref }) => ({ version: ref('version') }))
          .execute();
        return work(transaction);
      });
    },
    types: { text: 'text', json: 'text', int: 'bigint', bool: 'boolean', serial: 'integer' },
    async indexNames(handle) {
      const found = await handle
        .selectFrom('sqlite_master')
        .select('name')
        .where('type', '=', 'index')
        .execute();
      return new Set(found.map(({ name }) => String(name)));
    },
    close: () => handle.destroy(),
  };
}

const busy = 5;

function withMeaning(error: unknown): never {
  throw meaningOf(error);
}

/** SQLite names the columns: `UNIQUE constraint failed: ports.network_id, ports.mac_address`. */
function meaningOf(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const taken = /UNIQUE constraint failed: ([^.]+)\./.exec(error.message);
  if (taken !== null) return new UniqueConflict(taken[1]!, error);
  const { errcode } = error as { errcode?: number };
  return errcode !== undefined && (errcode & 0xff) === busy ? new TransientConflict(error) : error;
}
