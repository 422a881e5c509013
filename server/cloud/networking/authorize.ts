// Policy before a request does anything: the action itself, then every attribute it sets that has a rule of its own.
import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../../lib/errors.ts';
import { policyNameOf, type Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows } from '../store/rows.ts';
import { refuse } from './policy.ts';
import type { Env, Item } from './work.ts';

/** Another owner than the caller's project may be named by an administrator only. */
export function checkOwner(context: RequestContext, body: Item): void {
  if (body.tenant_id === undefined || context.is_admin || body.tenant_id === context.project_id) return;
  throw badRequest(
    "Specifying 'tenant_id' other than the authenticated tenant in request requires admin privileges",
  );
}

/** May the caller make this? Attributes given with their default value need no permission. Throws 403. */
export async function authorizeCreate(
  env: Env,
  rows: Rows,
  { resource, body, context }: { resource: Resource; body: Item; context: RequestContext },
): Promise<void> {
  const further = await env.rules[resource.name]!.policyTarget?.(rows, body);
  const target = { tenant_id: context.project_id, ...body, ...further };
  const given = Object.entries(body).filter(
    ([name, value]) => value !== undefined && !isDeepStrictEqual(value, resource.fields[name]?.default),
  );
  authorize(env, { verb: 'create', resource, target, given, context });
}

/** May the caller change these attributes of the row? The policy is asked about the row as it shall be. Throws 403. */
export function authorizeUpdate(
  env: Env,
  {
    resource,
    target,
    changes,
    context,
  }: { resource: Resource; target: Item; changes: Item; context: RequestContext },
): void {
  const given = Object.entries(changes);
  authorize(env, { verb: 'update', resource, target: { ...target, ...changes }, given, context });
}

function authorize(
  env: Env,
  asked: {
    verb: 'create' | 'update';
    resource: Resource;
    target: Item;
    given: [name: string, value: unknown][];
    context: RequestContext;
  },
): void {
  const { verb, resource, target, given, context } = asked;
  const action = `${verb}_${policyNameOf(resource)}`;
  if (!env.policy.allows(action, context, target)) refuse(action);
  for (const [name, value] of given) {
    const attribute = `${action}:${name}`;
    for (const rule of [attribute, ...partsOf(value).map((part) => `${attribute}:${part}`)])
      if (env.policy.has(rule) && !env.policy.allows(rule, context, target)) refuse(action, rule);
  }
}

/** Names within an attribute that may have rules of their own: keys of a dict, or of the dicts of a list. */
function partsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return [...new Set(value.flatMap(partsOf))];
  return Object.keys(value);
}

/** May the caller do this named action (delete_network, add_router_interface) to the row? Throws 403. */
export function authorizeAction(
  env: Env,
  { action, target, context }: { action: string; target: Item; context: RequestContext },
): void {
  if (!env.policy.allows(action, context, target)) refuse(action);
}
