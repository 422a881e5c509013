// Policy before a request does anything: the action itself, then every attribute it sets that has a rule of its own.
import { isDeepStrictEqual } from 'node:util';
import { badRequest } from '../../lib/errors.ts';
import type { Resource } from '../../lib/resource.ts';
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
  const named = Object.keys(body).filter(
    (name) => body[name] !== undefined && !isDeepStrictEqual(body[name], resource.fields[name]?.default),
  );
  authorize(env, { verb: 'create', resource, target, named, context });
}

/** May the caller change these attributes of the row? Throws 403. */
export function authorizeUpdate(
  env: Env,
  {
    resource,
    target,
    changes,
    context,
  }: { resource: Resource; target: Item; changes: Item; context: RequestContext },
): void {
  authorize(env, { verb: 'update', resource, target, named: Object.keys(changes), context });
}

function authorize(
  env: Env,
  asked: {
    verb: 'create' | 'update';
    resource: Resource;
    target: Item;
    named: string[];
    context: RequestContext;
  },
): void {
  const { verb, resource, target, named, context } = asked;
  const action = `${verb}_${resource.name}`;
  if (!env.policy.allows(action, context, resource.plural, target)) refuse(action);
  for (const name of named) {
    const rule = `${action}:${name}`;
    if (env.policy.has(rule) && !env.policy.allows(rule, context, resource.plural, target))
      refuse(action, rule);
  }
}

/** May the caller do this named action (delete_network, add_router_interface) to the row? Throws 403. */
export function authorizeAction(
  env: Env,
  {
    action,
    resource,
    target,
    context,
  }: { action: string; resource: Resource; target: Item; context: RequestContext },
): void {
  if (!env.policy.allows(action, context, resource.plural, target)) refuse(action);
}
