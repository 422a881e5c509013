// What a caller may know of, and one row of it by its id.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import { anyOf } from '../store/conditions.ts';
import type { Condition, Rows, Selection } from '../store/rows.ts';
import type { Table } from '../store/table.ts';
import { ownedBy } from './sharing.ts';
import { viewsOf, type Viewed } from './view.ts';
import type { Env, Item } from './work.ts';

/** Ways to be what the caller may know of; undefined where that is everything. */
export function scopeOf(env: Env, resource: Resource, context: RequestContext): Condition[] | undefined {
  if (context.is_admin) return undefined;
  const { scope } = env.rules[resource.name]!;
  if (scope !== undefined) return scope(context);
  return 'tenant_id' in resource.fields ? [ownedBy(context.project_id)] : undefined;
}

/** Narrows a selection to rows that meet the condition. */
export const whose = (condition: Condition) => (selection: Selection) => selection.where(condition);

/** A row as a request names it, and who asks. */
interface Named {
  resource: Resource;
  table: Table<Item>;
  id: string;
  context: RequestContext;
}

/** One row by id with its view, or the resource's 404. */
export async function findVisible(
  env: Env,
  rows: Rows,
  { resource, table, id, context }: Named,
): Promise<{ row: Item } & Viewed> {
  const row = await findInScope(env, rows, { resource, table, id, context });
  const [viewed] = row === undefined ? [] : await viewsOf(env, rows, resource, [row], context);
  if (row === undefined || viewed === undefined) throw env.rules[resource.name]!.notFound(id);
  return { row, ...viewed };
}

/** What belongs to the caller's project is always in scope; of all else the database is asked once more. */
async function findInScope(
  env: Env,
  rows: Rows,
  { resource, table, id, context }: Named,
): Promise<Item | undefined> {
  const row = await rows.find(table, { id });
  const ways = scopeOf(env, resource, context);
  if (row === undefined || ways === undefined || row.tenant_id === context.project_id) return row;
  const narrow = whose(anyOf(ways));
  return (await rows.all(table, { id }, { narrow, limit: 1 }))[0];
}
