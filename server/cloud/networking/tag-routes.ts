// The tags of one row: below /<collection>/<id>/tags.
import type { Request, Response, Router } from 'express';
import { CloudError } from '../../lib/errors.ts';
import type { Field, Resource } from '../../lib/resource.ts';
import { check } from '../../lib/validate.ts';
import type { RequestContext } from '../model/context.ts';
import { invalidInput, neutronError } from '../model/errors.ts';
import type { Rows } from '../store/rows.ts';
import { UniqueConflict } from '../store/store.ts';
import { taggedResources, tagTables } from '../store/tag-tables.ts';
import { authorizeAction } from './authorize.ts';
import { contextOf } from './context.ts';
import { findVisible } from './find-visible.ts';
import { restamped } from './operations.ts';
import { perform } from './perform.ts';
import { tablesByName } from './tables.ts';
import type { Env, Item, Work } from './work.ts';

const tagField = { type: 'string', maxLength: 255 } as const;
const tagsField = { type: 'list', of: tagField, distinct: true } as const;

/** The routes of the tags of every loaded resource that has some. */
export function tagRoutes(router: Router, env: Env): void {
  const names = new Set(taggedResources.map(({ name }) => name));
  for (const resource of env.resources) if (names.has(resource.name)) routesOf(router, env, resource);
}

function routesOf(router: Router, env: Env, resource: Resource): void {
  const all = `/${resource.path}/:id/tags`;
  const one = `${all}/:tag`;
  const asked = (req: Request, res: Response): Asked => ({
    ...{ env, resource, context: contextOf(env, res) },
    id: String(req.params.id),
  });
  const tagIn = (req: Request) => checked(tagField, String(req.params.tag));

  router.get(all, async (req, res) => void res.json({ tags: await tagsOf(asked(req, res)) }));
  router.get(one, async (req, res) => {
    const tag = tagIn(req);
    if (!(await tagsOf(asked(req, res))).includes(tag)) throw neutronError('TagNotFound', { tag });
    res.status(204).end();
  });
  router.put(all, async (req, res) => {
    const tags = tagsIn(req.body);
    await change(asked(req, res), { event: 'update', verb: 'update', tags }, () => tags);
    res.json({ tags });
  });
  router.post(all, async (req, res) => {
    const tags = tagsIn(req.body);
    await change(asked(req, res), { event: 'create', verb: 'create', tags }, (before) => [
      ...before,
      ...tags,
    ]);
    res.status(201).json({ tags });
  });
  router.put(one, async (req, res) => {
    const tag = tagIn(req);
    await change(asked(req, res), { event: 'create', verb: 'update', tags: [tag] }, (tags) => [...tags, tag]);
    res.status(201).end();
  });
  router.delete(all, async (req, res) => {
    await change(asked(req, res), { event: 'delete_all', verb: 'delete' }, () => []);
    res.status(204).end();
  });
  router.delete(one, async (req, res) => {
    const tag = tagIn(req);
    await change(asked(req, res), { event: 'delete', verb: 'delete', tags: [tag] }, (tags) => {
      if (!tags.includes(tag)) throw neutronError('TagNotFound', { tag });
      return tags.filter((other) => other !== tag);
    });
    res.status(204).end();
  });
}

interface Asked {
  env: Env;
  resource: Resource;
  context: RequestContext;
  id: string;
}

function checked<F extends Field>(field: F, value: unknown): F extends { type: 'list' } ? string[] : string {
  const found = check(field, value);
  if ('value' in found) return found.value as never;
  throw invalidInput(found.reason);
}

function tagsIn(body: unknown): string[] {
  const tags = typeof body === 'object' && body !== null ? (body as Item).tags : undefined;
  if (tags === undefined) throw invalidInput('Invalid tags body');
  return checked(tagsField, tags);
}

/** The row, as far as the caller may see it. */
async function find({ env, resource, context, id }: Asked, rows: Rows) {
  try {
    return await findVisible(env, rows, { resource, table: tablesByName[resource.name]!, id, context });
  } catch (error) {
    if (!(error instanceof CloudError) || error.status !== 404) throw error;
    throw neutronError('TagResourceNotFound', { resource: resource.plural, resource_id: id });
  }
}

const tagsOf = async (asked: Asked): Promise<string[]> =>
  (await find(asked, asked.env.store.read)).row.tags as string[];

/** Gives the row other tags, and tells so. */
async function change(
  asked: Asked,
  { event, verb, tags }: { event: string; verb: 'create' | 'update' | 'delete'; tags?: string[] },
  next: (tags: string[]) => string[],
): Promise<void> {
  const { env, resource, context, id } = asked;
  const payload = { parent_resource: resource.plural, parent_resource_id: id, ...(tags && { tags }) };
  env.messages.notify(`tag.${event}.start`, payload, context);
  await perform(env, context, async (work) => {
    const { row, target } = await find(asked, work.rows);
    authorizeAction(env, { action: `${verb}_${resource.plural}_tags`, target, context });
    await keep(work, resource, row, [...new Set(next(row.tags as string[]))]);
  });
  env.messages.notify(`tag.${event}.end`, payload, context);
}

/** In the row and in the table that lists are chosen by. Throws UniqueConflict when the row was changed meanwhile. */
async function keep(work: Work, resource: Resource, row: Item, tags: string[]): Promise<void> {
  const before = row.tags as string[];
  const lost = before.filter((tag) => !tags.includes(tag));
  const added = tags.filter((tag) => !before.includes(tag));
  if (lost.length === 0 && added.length === 0) return;
  const rows = tablesByName[resource.name]!;
  const { id, revision_number } = row;
  const changed = await work.rows.update(rows, { id, revision_number }, { tags, ...restamped(work, row) });
  if (changed === 0) throw new UniqueConflict(rows.name, new Error(`${resource.name} changed meanwhile`));
  const table = tagTables[resource.name]!;
  const resource_id = id as string;
  await work.rows.remove(table, { resource_id, tag: lost });
  if (added.length > 0)
    await work.rows.insert(
      table,
      added.map((tag) => ({ resource_id, tag })),
    );
}
