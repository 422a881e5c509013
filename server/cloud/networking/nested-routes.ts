// Resources that are part of another, /qos/policies/ID/bandwidth_limit_rules: the path says of which one.
import type { Request, RequestHandler } from 'express';
import { badRequest } from '../../lib/errors.ts';
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import { contextOf } from './context.ts';
import { findVisible } from './find-visible.ts';
import { tablesByName } from './tables.ts';
import type { Env, Item } from './work.ts';

/** Goes on when the parent is there for the caller, and has the one named; a body is completed by the parent's id. */
export function withinParent(env: Env, resource: Resource): RequestHandler {
  const { field } = resource.parent!;
  return async (req, res, next) => {
    const id = String(req.params.parent);
    await findParent(env, resource, id, contextOf(env, res));
    const one = req.params.id;
    if (one !== undefined) {
      const where = { id: String(one), [field]: id };
      const found = await env.store.read.find(tablesByName[resource.name]!, where);
      if (found === undefined) throw env.rules[resource.name]!.notFound(String(one), id);
    }
    if (req.method === 'POST') completed(req, resource, { [field]: id });
    next();
  };
}

/** Throws where the parent is not there for the caller. */
export async function findParent(
  env: Env,
  { parent }: Resource,
  id: string,
  context: RequestContext,
): Promise<void> {
  const { name } = parent!;
  const resource = env.resources.find((other) => other.name === name)!;
  await findVisible(env, env.store.read, { resource, table: tablesByName[name]!, id, context });
}

function completed(req: Request, resource: Resource, parent: Item): void {
  const item: unknown = (req.body as Item | null | undefined)?.[resource.name];
  if (typeof item !== 'object' || item === null || Array.isArray(item)) return;
  const [field] = Object.keys(parent) as [string];
  if (Object.hasOwn(item, field)) throw badRequest(`Unrecognized attribute(s) '${field}'`);
  req.body = { [resource.name]: { ...item, ...parent } };
}

/** The list's query, narrowed to the parent. */
export function narrowedToParent(url: URL, resource: Resource, req: Request): URL {
  if (resource.parent !== undefined) url.searchParams.set(resource.parent.field, String(req.params.parent));
  return url;
}
