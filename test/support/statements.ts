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

/** How SQLite would take a statement, step by step: `SEARCH ports USING INDEX ix_ports_name (name=?)`. */
function plansOf(url: string, statements: readonly string[]): { statement: string; steps: string[] }[] {
  const database = new DatabaseSync(sqlitePath(url), { readOnly: true });
  try {
    return [...new Set(statements)]
      .filter((statement) => /^\s*(select|insert|update|delete)/i.test(statement))
      .map((statement) => ({
        statement,
        steps: database
          .prepare(`explain query plan ${statement}`)
          .all()
          .map(({ detail }) => String(detail)),
      }));
  } finally {
    database.close();
  }
}

/** How SQLite would go through a whole table for a statement: `SCAN ports`; none when an index leads it. */
export const scansOf = (
  url: string,
  statements: readonly string[],
): { statement: string; scans: string[] }[] =>
  plansOf(url, statements)
    .map(({ statement, steps }) => ({
      statement,
      scans: steps.filter((step) => isTable(statement, /^SCAN (\S+)/.exec(step)?.[1])),
    }))
    .filter(({ scans }) => scans.length > 0);

/** How the statements find rows of a table through its indexes: `ix_ports_tenant_id_id (tenant_id=? AND id>?)`. */
export const searchesOf = (url: string, statements: readonly string[], table: string): string[] =>
  plansOf(url, statements).flatMap(({ steps }) =>
    steps.flatMap((step) => {
      const found = /^SEARCH (\S+) USING (?:COVERING )?INDEX (.*)$/.exec(step);
      return found?.[1] === table ? [found[2]!] : [];
    }),
  );

/** Rows of a subquery (`from (select ...) as "counted"`) are gone through as they are found. */
const isTable = (statement: string, name: string | undefined) =>
  name !== undefined && name !== 'CONSTANT' && !statement.includes(`) as "${name}"`);
