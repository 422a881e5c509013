// Rows as a caller sees them: computed fields added, hidden ones left out, in the order of the declaration.
import { policyNameOf, type Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows } from '../store/rows.ts';
import type { Policy } from './policy.ts';
import type { Env, Item } from './work.ts';

export interface Viewed {
  /** What policy is asked about: the row, its computed fields and what the rules add. */
  target: Item;
  view: Item;
}

interface Shown {
  name: string;
  /** Name of the policy rule that the attribute may have. */
  rule: string;
}
const shownFields = new WeakMap<Resource, Shown[]>();

function shownOf(resource: Resource): Shown[] {
  let shown = shownFields.get(resource);
  if (shown === undefined) {
    shown = Object.entries(resource.fields)
      .filter(([, field]) => !field.hidden)
      .map(([name]) => ({ name, rule: `get_${policyNameOf(resource)}:${name}` }));
    shownFields.set(resource, shown);
  }
  return shown;
}

/** What a rule says of every target; undefined where the target decides. */
function answerForAll(policy: Policy, rule: string, context: RequestContext): boolean | undefined {
  let isLookedAt = false;
  const look = () => {
    isLookedAt = true;
    return undefined;
  };
  const traps = { get: look, has: () => look() === true, getOwnPropertyDescriptor: look };
  const answer = policy.allows(rule, context, new Proxy<Item>({}, traps));
  return isLookedAt ? undefined : answer;
}

interface Column {
  name: string;
  /** The rule to ask for each row; none where the answer is always yes. */
  rule?: string;
}

/** The attributes that a caller may see of some row; what no row may show is not among them. */
function columnsOf({ policy }: Env, resource: Resource, context: RequestContext): Column[] {
  return shownOf(resource).flatMap(({ name, rule }) => {
    if (!policy.has(rule)) return [{ name }];
    const answer = answerForAll(policy, rule, context);
    if (answer === undefined) return [{ name, rule }];
    return answer ? [{ name }] : [];
  });
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
  const computed = await env.rules[resource.name]!.decorate?.(rows, list, env, context);
  const get = `get_${policyNameOf(resource)}`;
  const isEachAsked = !isOwnAnswer && answerForAll(policy, get, context) !== true;
  const columns = columnsOf(env, resource, context);
  const result: Viewed[] = [];
  for (const [index, row] of list.entries()) {
    const target = computed === undefined ? row : { ...row, ...computed[index] };
    if (isEachAsked && !policy.allows(get, context, target)) continue;
    const view: Item = {};
    for (const { name, rule } of columns) {
      if (rule !== undefined && !policy.allows(rule, context, target)) continue;
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
