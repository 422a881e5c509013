// Rows as a caller sees them: computed fields added, hidden ones left out, in the order of the declaration.
import { policyNameOf, type Resource } from '../../lib/resource.ts';
import type { RequestContext } from '../model/context.ts';
import type { Rows } from '../store/rows.ts';
import { answerOf, type RowCheck } from './policy-answers.ts';
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

/** An attribute that a caller may see. */
export interface Column {
  name: string;
  /** Asked for each row; none where the answer is always yes. */
  isSeen?: RowCheck;
}

/** The attributes that a caller may see of some row; what no row may show is not among them. */
export function columnsOf({ policy }: Env, resource: Resource, context: RequestContext): Column[] {
  return shownOf(resource).flatMap(({ name, rule }) => {
    if (!policy.has(rule)) return [{ name }];
    const answer = answerOf(policy, rule, context);
    if (typeof answer === 'function') return [{ name, isSeen: answer }];
    return answer ? [{ name }] : [];
  });
}

/** Of no row. */
const never: RowCheck = Object.assign(() => false, { attributes: new Set<string>() });

/** Whether policy shows a row to the caller; undefined where it shows every row. */
export function rowCheckOf(
  { policy }: Env,
  resource: Resource,
  context: RequestContext,
): RowCheck | undefined {
  const answer = answerOf(policy, `get_${policyNameOf(resource)}`, context);
  if (typeof answer === 'function') return answer;
  return answer ? undefined : never;
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
  const computed = await env.rules[resource.name]!.decorate?.(rows, list, env, context);
  const isSeen = isOwnAnswer ? undefined : rowCheckOf(env, resource, context);
  const columns = columnsOf(env, resource, context);
  const result: Viewed[] = [];
  for (const [index, row] of list.entries()) {
    const target = computed === undefined ? row : { ...row, ...computed[index] };
    if (isSeen?.(target) === false) continue;
    const view: Item = {};
    for (const { name, isSeen } of columns) {
      if (isSeen?.(target) === false) continue;
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
