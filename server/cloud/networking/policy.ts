// Who may do what: the default rules, overridden by policy.json, which is read again when it has changed on disk.
import { readFileSync, statSync } from 'node:fs';
import type { Logger } from '../../lib/log.ts';
import type { RequestContext } from '../model/context.ts';
import { neutronError } from '../model/errors.ts';
import { parsePolicy } from './policy-file.ts';
import { compileRule, namedIn, type Check, type Target } from './policy-language.ts';

export interface Rule {
  allows(context: RequestContext, target: Target): boolean;
  /** All that it may look at in a target. */
  attributes: ReadonlySet<string>;
}

export interface Policy {
  /** Whether the caller may do `action` to the target; an action without a rule falls to `default`. */
  allows(action: string, context: RequestContext, target: Target): boolean;
  /** Whether a rule of that name is there: `create_network:shared`. */
  has(action: string): boolean;
  /** The rule for `action` as it is now, whatever becomes of the file meanwhile. */
  ruleOf(action: string): Rule;
  /** The context with `is_admin` as the policy sees it; takes up the file, if that has changed. */
  identified(context: RequestContext): RequestContext;
}

/** Throws PolicyNotAuthorized (403) naming the rules that were asked. */
export function refuse(...actions: string[]): never {
  const asked = actions.map((action) => `rule:${action}`).join(' and ');
  throw neutronError('PolicyNotAuthorized', { action: actions.length > 1 ? `(${asked})` : asked });
}

/**
 * The policy of the default rules and, if a path is given, the file's. A file that cannot be used is logged with its line,
 * and the rules of before stay (the default ones, at start). The file is looked at once a request, by `identified`.
 */
export function createPolicy(
  defaults: Readonly<Record<string, string>>,
  { path, log }: { path?: string; log: Logger },
): Policy {
  const ours = compileAll(defaults);
  let rules = ours;
  let readAt = '';

  function refresh(): void {
    if (path === undefined) return;
    const stamp = stampOf(path);
    if (stamp === readAt) return;
    readAt = stamp;
    if (stamp === '') {
      rules = ours;
      log.info(`Policy file ${path} is not there, the default rules apply`);
      return;
    }
    try {
      rules = new Map([...ours, ...parsePolicy(readFileSync(path, 'utf8'))]);
      log.info(`Policy read from ${path}`);
    } catch (error) {
      log.error(`Policy file ${path} is not usable, the rules of before stay: ${(error as Error).message}`);
    }
  }

  const evaluate = (name: string, context: RequestContext, target: Target) =>
    answerTo(name, { rules, context, target });

  return {
    allows: (action, context, target) => evaluate(action, context, target),
    ruleOf(action) {
      const now = rules;
      return {
        allows: (context, target) => answerTo(action, { rules: now, context, target }),
        attributes: attributesOf(action, now),
      };
    },
    has: (action) => rules.has(action),
    identified: (context) => {
      refresh();
      return { ...context, is_admin: evaluate('context_is_admin', context, {}) };
    },
  };
}

type Rules = ReadonlyMap<string, Check>;

const checkOf = (rules: Rules, name: string) => rules.get(name) ?? rules.get('default');

function answerTo(
  name: string,
  { rules, context, target }: { rules: Rules; context: RequestContext; target: Target },
): boolean {
  const ask = (rule: string, depth: number): boolean => {
    const check = checkOf(rules, rule);
    // a rule that refers to itself denies
    if (check === undefined || depth > 20) return false;
    return check({ context, target, rule: (other) => ask(other, depth + 1) });
  };
  return ask(name, 0);
}

function attributesOf(name: string, rules: Rules): Set<string> {
  const attributes = new Set<string>();
  // a set that grows is walked to its end
  const asked = new Set([name]);
  for (const rule of asked) {
    const check = checkOf(rules, rule);
    if (check === undefined) continue;
    const named = namedIn(check);
    for (const other of named.rules) asked.add(other);
    for (const attribute of named.attributes) attributes.add(attribute);
  }
  return attributes;
}

const compileAll = (rules: Readonly<Record<string, string>>): Map<string, Check> =>
  new Map(Object.entries(rules).map(([name, rule]) => [name, compileRule(rule)]));

/** Changes when the file does; empty when there is none. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false, bigint: true });
  return stats === undefined ? '' : `${stats.mtimeNs}:${stats.size}:${stats.ino}`;
}
