// Who may do what: the default rules, overridden by policy.json, which is read again when it has changed on disk.
import { readFileSync, statSync } from 'node:fs';
import type { Logger } from '../../lib/log.ts';
import type { RequestContext } from '../model/context.ts';
import { neutronError } from '../model/errors.ts';
import { compileRule, type Check, type Target } from './policy-language.ts';

export interface Policy {
  /** Whether the caller may do `action` to the target; an action without a rule falls to `default`. */
  allows(action: string, context: RequestContext, plural: string, target: Target): boolean;
  /** Whether a rule of that name is there: `create_network:shared`. */
  has(action: string): boolean;
  /** The context with `is_admin` as the policy sees it. */
  identified(context: RequestContext): RequestContext;
}

/** Throws PolicyNotAuthorized (403) naming the rules that were asked. */
export function refuse(...actions: string[]): never {
  const asked = actions.map((action) => `rule:${action}`).join(' and ');
  throw neutronError('PolicyNotAuthorized', { action: actions.length > 1 ? `(${asked})` : asked });
}

/**
 * The policy of the default rules and, if a path is given, the file's. A file that cannot be read as JSON, or a rule
 * that cannot be compiled, refuses every request at start and keeps the rules of before later; either is logged.
 */
export function createPolicy(
  defaults: Readonly<Record<string, string>>,
  { path, log }: { path?: string; log: Logger },
): Policy {
  let compiled = compileAll(defaults);
  let readAt = '';

  function rules(): Map<string, Check> {
    if (path === undefined) return compiled;
    const stamp = stampOf(path);
    if (stamp === readAt) return compiled;
    readAt = stamp;
    if (stamp === '') {
      compiled = compileAll(defaults);
      return compiled;
    }
    try {
      const file = JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>;
      compiled = compileAll({ ...defaults, ...file });
      log.info(`Policy read from ${path}`);
    } catch (error) {
      log.error(`Policy file ${path} is not usable, the rules of before stay: ${(error as Error).message}`);
    }
    return compiled;
  }

  const evaluate = (
    all: Map<string, Check>,
    name: string,
    context: RequestContext,
    plural: string,
    target: Target,
  ) => {
    const ask = (rule: string, depth: number): boolean => {
      const check = all.get(rule) ?? all.get('default');
      // a rule that refers to itself denies
      if (check === undefined || depth > 20) return false;
      return check({ context, target, plural, rule: (other) => ask(other, depth + 1) });
    };
    return ask(name, 0);
  };

  return {
    allows: (action, context, plural, target) => evaluate(rules(), action, context, plural, target),
    has: (action) => rules().has(action),
    identified: (context) => ({
      ...context,
      is_admin: evaluate(rules(), 'context_is_admin', context, '', {}),
    }),
  };
}

function compileAll(rules: Readonly<Record<string, unknown>>): Map<string, Check> {
  return new Map(
    Object.entries(rules).map(([name, rule]) => {
      try {
        return [name, compileRule(rule)];
      } catch (error) {
        throw new Error(`rule '${name}': ${(error as Error).message}`, { cause: error });
      }
    }),
  );
}

/** Changes when the file does; empty when there is none. */
function stampOf(path: string): string {
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats === undefined ? '' : `${stats.mtimeMs}:${stats.size}:${stats.ino}`;
}
