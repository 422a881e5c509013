// The five operations and the actions as requests: parse, authorize, count, perform, answer. One file for all resources.
import { badRequest } from '../../lib/errors.ts';
import { itemOf, itemsOf, parseCreate, parseUpdate } from '../../lib/parse-body.ts';
import { policyNameOf, type Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import { authorizeAction, authorizeCreate, authorizeUpdate, checkOwner } from './authorize.ts';
import { findVisible } from './find-visible.ts';
import { listVisible } from './list-rows.ts';
import { createRow, deleteRow, updateRow } from './operations.ts';
import { perform } from './perform.ts';
import { pageLinks, parseQuery, type Edges } from './query.ts';
import { checkQuota } from './quota.ts';
import { showingOf } from './showing.ts';
import { tablesByName } from './tables.ts';
import { selected, viewsOf } from './view.ts';
import type { Env, Item, Work } from './work.ts';

/** A request on one resource. */
export interface Asked {
  env: Env;
  resource: Resource;
  context: RequestContext;
}

/** GET of the collection: the answer as JSON, in parts, so that a long list is never whole in memory twice. */
export async function listRequest({ env, resource, context }: Asked, url: URL): Promise<Buffer[]> {
  const rules = env.rules[resource.name]!;
  const query = parseQuery(resource, url.searchParams, Object.keys(rules.filters ?? {}));
  const { allow_sorting, allow_pagination } = env.settings;
  if (!allow_sorting) query.sort = [];
  if (!allow_pagination) delete query.limit;
  const maximum = env.settings.pagination_max_limit;
  if (maximum > 0) query.limit = Math.min(query.limit ?? maximum, maximum);
  if (rules.beforeList !== undefined) await perform(env, context, (work) => rules.beforeList!(work));
  const table = tablesByName[resource.name]!;
  const parts = [Buffer.from(`{${JSON.stringify(resource.plural)}: [`)];
  const edges: Edges = { count: 0 };
  const compared = [...Object.keys(query.filters), ...query.sort.map(({ key }) => key)];
  const showing = showingOf(env, resource, context, { fields: query.fields, compared });
  const idOf = (shown: Item) => ({ id: showing.valueOf(shown, 'id') });
  for await (const some of listVisible(env, env.store.read, { resource, table, query, context, showing })) {
    if (some.length === 0) continue;
    const items = showing.textOf(some);
    parts.push(Buffer.from(edges.count === 0 ? items : `, ${items}`));
    edges.count += some.length;
    edges.first ??= idOf(some[0]!);
    edges.last = idOf(some.at(-1)!);
  }
  const links = pageLinks(url, query, edges);
  const tail =
    links.length === 0 ? '' : `, ${JSON.stringify({ [`${resource.plural}_links`]: links }).slice(1, -1)}`;
  parts.push(Buffer.from(`]${tail}}`));
  return parts;
}

/** GET of one. */
export async function showRequest({ env, resource, context }: Asked, id: string, url: URL): Promise<Item> {
  const table = tablesByName[resource.name]!;
  const { view } = await findVisible(env, env.store.read, { resource, table, id, context });
  return { [resource.name]: selected(view, url.searchParams.getAll('fields').filter(Boolean)) };
}

/** POST: one, or several that are all made or none. */
export async function createRequest({ env, resource, context }: Asked, body: unknown): Promise<Item> {
  const { items, isBulk } = itemsOf(resource, body);
  if (isBulk && !env.settings.allow_bulk) throw badRequest('Bulk operation not supported');
  const bodies = items.map((item) => parseCreate(resource, item) as Item);
  for (const parsed of bodies) checkOwner(context, parsed);
  env.messages.notify(`${resource.name}.create.start`, body, context);
  const views = await perform(env, context, async (work) => {
    for (const parsed of bodies) await authorizeCreate(env, work.rows, { resource, body: parsed, context });
    await checkQuotas(work, resource, bodies);
    const made: Item[] = [];
    for (const parsed of bodies)
      made.push(await createRow(work, resource, tablesByName[resource.name]!, parsed));
    return answers(work, resource, made);
  });
  const answer = isBulk ? { [resource.plural]: views } : { [resource.name]: views[0] };
  env.messages.notify(`${resource.name}.create.end`, answer, context);
  return answer;
}

async function checkQuotas(work: Work, resource: Resource, bodies: readonly Item[]): Promise<void> {
  const owners = Map.groupBy(
    bodies,
    ({ tenant_id }) => (tenant_id as string | undefined) ?? work.context.project_id,
  );
  for (const [owner, own] of owners) await checkQuota(work, resource.name, owner, own.length);
}

/** Rows made or changed by the caller, as they are at the end of the work (rules may have moved them on). */
async function answers(work: Work, resource: Resource, rows: readonly Item[]): Promise<Item[]> {
  const table = tablesByName[resource.name]!;
  const current = await work.rows.all(table, { id: rows.map(({ id }) => id) });
  const byId = new Map(current.map((row) => [row.id, row]));
  const ordered = rows.map((row) => byId.get(row.id) ?? row);
  const viewed = await viewsOf(work.env, work.rows, resource, ordered, work.context, { isOwnAnswer: true });
  return viewed.map(({ view }) => view);
}

/** PUT of one. */
export async function updateRequest(
  { env, resource, context }: Asked,
  id: string,
  body: unknown,
): Promise<Item> {
  const changes = parseUpdate(resource, itemOf(resource, body)) as Item;
  const table = tablesByName[resource.name]!;
  env.messages.notify(`${resource.name}.update.start`, { id, ...(body as Item) }, context);
  const view = await perform(env, context, async (work) => {
    const { row, target } = await findVisible(env, work.rows, { resource, table, id, context });
    authorizeUpdate(env, { resource, target, changes, context });
    const updated = await updateRow(work, resource, table, row, changes);
    return (await answers(work, resource, [updated]))[0];
  });
  env.messages.notify(`${resource.name}.update.end`, { [resource.name]: view }, context);
  return { [resource.name]: view };
}

/** DELETE of one. */
export async function deleteRequest({ env, resource, context }: Asked, id: string): Promise<void> {
  const table = tablesByName[resource.name]!;
  env.messages.notify(`${resource.name}.delete.start`, { [`${resource.name}_id`]: id }, context);
  const view = await perform(env, context, async (work) => {
    const found = await findVisible(env, work.rows, { resource, table, id, context });
    authorizeAction(env, {
      action: `delete_${policyNameOf(resource)}`,
      target: found.target,
      context,
    });
    await deleteRow(work, resource, table, found.row);
    return found.view;
  });
  const payload = { [`${resource.name}_id`]: id, [resource.name]: view };
  env.messages.notify(`${resource.name}.delete.end`, payload, context);
}

/** PUT of a named action on one. */
export async function actionRequest(
  asked: Asked,
  id: string,
  action: string,
  body: unknown,
): Promise<unknown> {
  const { env, resource, context } = asked;
  const table = tablesByName[resource.name]!;
  const answer = await perform(env, context, async (work) => {
    const { row, target } = await findVisible(env, work.rows, { resource, table, id, context });
    authorizeAction(env, { action, target, context });
    return env.rules[resource.name]!.actions![action]!(work, row, (body ?? {}) as Item);
  });
  return answer;
}
