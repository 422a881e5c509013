// Rows as a caller sees them: computed fields added, hidden ones left out, in the order of the declaration.
import type { Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows } from '../store/rows.ts';
import type { Env, Item } from './work.ts';

export interface Viewed {
  /** What policy is asked about: the row, its computed fields and what the rules add. */
  target: Item;
  view: Item;
}

interface Shown {
  name: string;
  /** The policy rule of the attribute, if it has one. */
  rule: string;
}
const shownFields = new WeakMap<Resource, Shown[]>();

function shownOf(resource: Resource): Shown[] {
  let shown = shownFields.get(resource);
  if (shown === undefined) {
    shown = Object.entries(resource.fields)
      .filter(([, field]) => !field.hidden)
      .map(([name]) => ({ name, rule: `get_${resource.name}:${name}` }));
    shownFields.set(resource, shown);
  }
  return shown;
}

/**
 * The answers for rows, all fields the caller may see; rows that policy hides are left out, but not from the answer to
 * the request that made or changed them (`isOwnAnswer`).
 */
export async function viewsOf(
  env: Env,
  rows: Rows,
  resource: Resource,
  list: readonly Item[],
  context: RequestContext,
  { isOwnAnswer = false }: { isOwnAnswer?: boolean } = {},
): Promise<Viewed[]> {
  if (list.length === 0) return [];
  const { policy } = env;
  const { plural } = resource;
  const computed = await env.rules[resource.name]!.decorate?.(rows, list, env);
  const shown = shownOf(resource).map(({ name, rule }) => ({ name, rule: policy.has(rule) ? rule : '' }));
  const result: Viewed[] = [];
  for (const [index, row] of list.entries()) {
    const target = computed === undefined ? row : { ...row, ...computed[index] };
    if (!isOwnAnswer && !policy.allows(`get_${resource.name}`, context, plural, target)) continue;
    const view: Item = {};
    for (const { name, rule } of shown) {
      if (rule !== '' && !policy.allows(rule, context, plural, target)) continue;
      view[name] = target[name];
      if (name === 'tenant_id') view.project_id = target[name];
    }
    result.push({ target, view });
  }
  return result;
}

/** Only the fields asked for; all of them when none is. */
export function selected(view: Item, fields: readonly string[]): Item {
  if (fields.length === 0) return view;
  return Object.fromEntries(fields.filter((name) => name in view).map((name) => [name, view[name]]));
}
