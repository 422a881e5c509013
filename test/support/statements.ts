// What a piece of work asks of SQLite: every statement that ran, in order, as it was written.
import { DatabaseSync, StatementSync } from 'node:sqlite';
import { sqlitePath } from '../../server/cloud/store/sqlite.ts';

const ways = ['all', 'get', 'run', 'iterate'] as const;

/** Runs `work` and gives the statements that ran meanwhile in this process; begin and commit are among them. */
export async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements: string[] = [];
  const before = ways.map((way) => [way, Reflect.get(StatementSync.prototype, way)] as const);
  for (const [way, original] of before)
    Reflect.set(StatementSync.prototype, way, function (this: StatementSync, ...values: unknown[]) {
      statements.push(this.sourceSQL);
      return Reflect.apply(original as (...given: unknown[]) => unknown, this, values);
    });
  try {
    await work();
  } finally {
    for (const [way, original] of before) Reflect.set(StatementSync.prototype, way, original);
  }
  return statements;
}

/** How SQLite would go through a whole table for a statement: `SCAN ports`; none when an index leads it. */
export function scansOf(
  url: string,
  statements: readonly string[],
): { statement: string; scans: string[] }[] {
  const database = new DatabaseSync(sqlitePath(url), { readOnly: true });
  try {
    return [...new Set(statements)]
      .filter((statement) => /^\s*(select|insert|update|delete)/i.test(statement))
      .map((statement) => ({
        statement,
        scans: database
          .prepare(`explain query plan ${statement}`)
          .all()
          .map(({ detail }) => String(detail))
          .filter((detail) => isTable(statement, /^SCAN (\S+)/.exec(detail)?.[1])),
      }))
      .filter(({ scans }) => scans.length > 0);
  } finally {
    database.close();
  }
}

/** Rows of a subquery (`from (select ...) as "counted"`) are gone through as they are found. */
const isTable = (statement: string, name: string | undefined) =>
  name !== undefined && name !== 'CONSTANT' && !statement.includes(`) as "${name}"`);
