// What policy says of many rows: once for all where no row decides, else once for all rows that are alike to the rule.
import type { RequestContext } from '../model/context.ts';
import type { Policy } from './policy.ts';
import type { Item } from './work.ts';

/** What a rule says of one target after the other. */
export interface RowCheck {
  (target: Item): boolean;
  /** All that it may look at in a target. */
  attributes: ReadonlySet<string>;
}

/**
 * What a rule says of every target, or what it says of each where the target decides. A rule decides by the attributes it looks
 * at, so its last answer holds for the next target when it is the same in those.
 */
export function answerOf(policy: Policy, action: string, context: RequestContext): boolean | RowCheck {
  const rule = policy.ruleOf(action);
  let answer = false;
  let looked: [string, unknown][] = [];
  const ask = (target: Item) => {
    looked = [];
    const look = (of: Item, name: string) => {
      looked.push([name, of[name]]);
      return of[name];
    };
    answer = rule.allows(context, new Proxy<Item>(target, { get: look }));
    return answer;
  };
  ask({});
  if (looked.length === 0) return answer;
  const check = (target: Item) =>
    looked.every(([name, value]) => target[name] === value) ? answer : ask(target);
  return Object.assign(check, { attributes: rule.attributes });
}
