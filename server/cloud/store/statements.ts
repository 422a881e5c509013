// SQL said before is not written again: the statements of one database by what they ask, with new values each time.
import type { Compilable, CompiledQuery, QueryResult } from 'kysely';
import type { Handle } from './rows.ts';

type AnyRow = Record<string, unknown>;

/** Shapes of statements are few; should they ever be many, all are written anew. */
const mostKept = 2000;

/** By the dialect's adapter, which a database shares with its transactions. */
const kept = new WeakMap<object, Map<string, CompiledQuery>>();

function statementsOf(sql: Handle): Map<string, CompiledQuery> {
  const { adapter } = sql.getExecutor();
  let own = kept.get(adapter);
  if (own === undefined) kept.set(adapter, (own = new Map()));
  return own;
}

/**
 * Runs the statement that `shape` names with these parameters. `write` writes it, with the same values in the same order, when
 * it was not said before; whatever differs between two statements beside the values must be part of `shape`.
 */
export function runStatement(
  sql: Handle,
  shape: string,
  parameters: readonly unknown[],
  write: () => Compilable,
): Promise<QueryResult<AnyRow>> {
  const statements = statementsOf(sql);
  let statement = statements.get(shape);
  if (statement === undefined) {
    statement = write().compile();
    const written = statement.parameters;
    if (written.length !== parameters.length || written.some((value, at) => value !== parameters[at]))
      throw new Error(`The values of '${shape}' are not those of its statement: ${statement.sql}`);
    if (statements.size >= mostKept) statements.clear();
    statements.set(shape, statement);
  }
  return sql.executeQuery<AnyRow>({ ...(statement as CompiledQuery<AnyRow>), parameters });
}

const growth = new WeakMap<object, Map<string, number>>();

function growthOf(sql: Handle): Map<string, number> {
  const { adapter } = sql.getExecutor();
  let own = growth.get(adapter);
  if (own === undefined) growth.set(adapter, (own = new Map()));
  return own;
}

/** How many rows this process has put into a table so far, those of transactions that were given up included. */
export const insertedInto = (sql: Handle, table: string): number => growthOf(sql).get(table) ?? 0;

/** To be called for every insert. */
export function noteInserted(sql: Handle, table: string, count: number): void {
  growthOf(sql).set(table, insertedInto(sql, table) + count);
}
