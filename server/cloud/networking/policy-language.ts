// The language of policy rules: `rule:admin_or_owner or role:reader`, compiled to functions. Pure.
import type { RequestContext } from '../model/context.ts';

/** What a rule is asked about: attributes of the resource, as it is or as it shall be. */
export type Target = Record<string, unknown>;

export interface Question {
  context: RequestContext;
  target: Target;
  /** Evaluates another rule by name. */
  rule: (name: string) => boolean;
}

/** A condition may hold parentheses of its own, `tenant_id:%(tenant_id)s`; all others group. */
const token = /[^\s()%]*%\([^)]*\)s[^\s()]*|[()]|[^\s()]+/g;

export type Check = (question: Question) => boolean;

/** Compiles a rule: text, or the older lists (a list of alternatives, each a list of conditions). Throws on bad syntax. */
export function compileRule(rule: unknown): Check {
  const names: Named = { attributes: new Set(), rules: new Set() };
  const compiled = compile(rule, names);
  const check: Check = (question) => compiled(question);
  named.set(check, names);
  return check;
}

function compile(rule: unknown, names: Named): Check {
  if (Array.isArray(rule)) return compileLists(rule, names);
  if (typeof rule !== 'string') throw new Error(`a rule is text, not ${JSON.stringify(rule)}`);
  const tokens = rule.match(token) ?? [];
  if (tokens.length === 0) return () => true;
  const reader = { tokens, at: 0, names };
  const check = readOr(reader);
  if (reader.at < reader.tokens.length)
    throw new Error(`unexpected '${reader.tokens[reader.at]}' in '${rule}'`);
  return check;
}

/** What a rule may look at. */
export interface Named {
  /** Attributes of the target. */
  attributes: Set<string>;
  rules: Set<string>;
}

const named = new WeakMap<Check, Named>();

/** The attributes and other rules that a compiled rule may look at. */
export const namedIn = (check: Check): Named => named.get(check)!;

interface Reader {
  tokens: string[];
  at: number;
  names: Named;
}

function compileLists(alternatives: readonly unknown[], names: Named): Check {
  if (alternatives.length === 0) return () => true;
  const compiled = alternatives.map((conditions) =>
    (Array.isArray(conditions) ? conditions : [conditions]).map((condition) =>
      atom(String(condition), names),
    ),
  );
  return (question) => compiled.some((conditions) => conditions.every((check) => check(question)));
}

function readOr(reader: Reader): Check {
  const parts = [readAnd(reader)];
  while (word(reader) === 'or') {
    reader.at++;
    parts.push(readAnd(reader));
  }
  return parts.length === 1 ? parts[0]! : (question) => parts.some((part) => part(question));
}

function readAnd(reader: Reader): Check {
  const parts = [readNot(reader)];
  while (word(reader) === 'and') {
    reader.at++;
    parts.push(readNot(reader));
  }
  return parts.length === 1 ? parts[0]! : (question) => parts.every((part) => part(question));
}

function readNot(reader: Reader): Check {
  const token = reader.tokens[reader.at++];
  if (token === undefined) throw new Error('the rule ends too early');
  if (token.toLowerCase() === 'not') {
    const check = readNot(reader);
    return (question) => !check(question);
  }
  if (token !== '(') return atom(token, reader.names);
  const check = readOr(reader);
  if (reader.tokens[reader.at++] !== ')') throw new Error("a ')' is missing");
  return check;
}

const word = (reader: Reader) => reader.tokens[reader.at]?.toLowerCase();

function atom(text: string, names: Named): Check {
  if (text === '@' || text === '') return () => true;
  if (text === '!') return () => false;
  const colon = text.indexOf(':');
  if (colon < 0) throw new Error(`'${text}' is no condition (expected kind:match)`);
  const kind = text.slice(0, colon);
  const match = text.slice(colon + 1);
  if (kind === 'rule') {
    names.rules.add(match);
    return (question) => question.rule(match);
  }
  if (kind === 'role')
    return ({ context }) => context.roles.some((role) => role.toLowerCase() === match.toLowerCase());
  if (kind === 'field') return fieldCheck(match, names);
  return attributeCheck(kind, match, names);
}

/**
 * `field:networks:shared=True`: an attribute of the target has this value; `~` begins a regular expression for its start.
 * The resource named says what the attribute is of; a target without the attribute never matches.
 */
function fieldCheck(match: string, { attributes }: Named): Check {
  const parts = /^([^:]+):([^=]+)=(.*)$/.exec(match);
  if (parts === null) throw new Error(`'field:${match}' is not field:<resources>:<attribute>=<value>`);
  const [, , attribute, value] = parts as unknown as [string, string, string, string];
  attributes.add(attribute);
  const pattern = value.startsWith('~') ? new RegExp(`^(?:${value.slice(1)})`) : undefined;
  return ({ target }) => {
    const found = target[attribute];
    if (found === undefined || found === null) return false;
    return pattern === undefined ? spelled(found) === value.toLowerCase() : pattern.test(String(found));
  };
}

const spelled = (value: unknown) => String(value ?? 'None').toLowerCase();

/** Left of the colon stands an attribute of the caller, or a constant: `True`, `'text'`. */
const constant = /^(?:(true|false)|'(.*)'|"(.*)")$/i;

/** `tenant_id:%(tenant_id)s`: an attribute of the caller equals one of the target, or a constant. */
function attributeCheck(kind: string, match: string, { attributes }: Named): Check {
  const word = /^%\((.*)\)s$/.exec(match)?.[1];
  const theirName = word === 'project_id' ? 'tenant_id' : word;
  if (theirName !== undefined) attributes.add(theirName);
  const attribute = kind === 'tenant_id' ? 'project_id' : kind;
  const given = constant.exec(kind);
  return ({ context, target }) => {
    const mine =
      given === null
        ? (context as unknown as Record<string, unknown>)[attribute]
        : (given[1] ?? given[2] ?? given[3]);
    const theirs = theirName === undefined ? match : target[theirName];
    return mine !== undefined && theirs !== undefined && spelled(mine) === spelled(theirs);
  };
}
