// The database of a server under test: SQLite in memory, or one of its own on the MariaDB that PATCHBAY_TEST_DATABASE names
// (`mysql://user:password@host:port/`, without a database).
import { createDatabase, emptyTables } from './mariadb-client.ts';

export interface TestDatabase {
  url: string;
  /** To be called when nobody uses it any more. */
  release(): Promise<void>;
}

/** Databases that have their tables and no rows, by service. */
const free = new Map<string, string[]>();

/** An empty database for one of the services. */
export async function testDatabase(
  service: 'networking' | 'compute' | 'identity' | 'image',
): Promise<TestDatabase> {
  const server = process.env.PATCHBAY_TEST_DATABASE;
  if (server === undefined) return { url: 'sqlite://', release: async () => undefined };
  const waiting = free.get(service) ?? [];
  free.set(service, waiting);
  const url = waiting.pop() ?? (await createDatabase(server, service));
  return {
    url,
    // making tables anew would take most of a test's time
    async release() {
      await emptyTables(url);
      waiting.push(url);
    },
  };
}
