// Reads one YAML file against a zod schema and says for every fault which line, which field, what is allowed.
import { LineCounter, isMap, isNode, isPair, isScalar, parseDocument } from 'yaml';
import type { Document } from 'yaml';
import type { z } from 'zod';
import { nearest } from '../../lib/nearest.ts';
import type { Problem } from './types.ts';

type Path = (string | number)[];

/** A parsed file: its plain data and where each part of it stands. */
export interface YamlFile {
  file: string;
  data: unknown;
  /** Syntax faults; `data` is undefined when there are any. */
  problems: Problem[];
  /** Line of the node at a path, or of its nearest parent. */
  lineOf: (path: Path) => number;
}

/** Parses `text`; never throws. `file` is only quoted in problems. */
export function parseYamlFile(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const problems = document.errors.map((error) => ({
    file,
    line: lines.linePos(error.pos[0]).line,
    field: '',
    message: `not valid YAML: ${(error.message.split('\n')[0] ?? '').replace(/ at line \d+, column \d+:?$/, '')}`,
  }));
  const lineAt = (offset: number | undefined) => (offset === undefined ? 1 : lines.linePos(offset).line);
  return {
    file,
    data: problems.length > 0 ? undefined : document.toJS(),
    problems,
    lineOf: (path) => lineAt(offsetOf(document, path)),
  };
}

/** Validates `yaml.data` (or the part at `base`) and returns the value or the problems. */
export function validate<T>(
  yaml: YamlFile,
  schema: z.ZodType<T>,
  { base = [], allowedKeys = [] }: { base?: Path; allowedKeys?: string[] } = {},
): { value?: T; problems: Problem[] } {
  const data = base.reduce<unknown>((value, key) => (value as Record<string, unknown>)?.[key], yaml.data);
  const parsed = schema.safeParse(data, { error: wording });
  if (parsed.success) return { value: parsed.data, problems: [] };
  // a misspelt field is also a missing one: the misspelling says more, so it comes first
  const issues = parsed.error.issues.toSorted((a, b) => rank(a.code) - rank(b.code));
  const problems = issues.flatMap((issue) => {
    const path = [...base, ...(issue.path as Path)];
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => {
        const known = [...keysAt(schema, issue.path as Path), ...allowedKeys];
        return problemAt(yaml, [...path, key], unknownWord('field', key, known));
      });
    const value = base.concat(issue.path as Path).reduce<unknown>((at, key) => {
      return at === null || typeof at !== 'object' ? undefined : (at as Record<string, unknown>)[key];
    }, yaml.data);
    if (issue.code === 'invalid_value')
      return [problemAt(yaml, path, unknownWord('value', String(value), issue.values.map(String)))];
    return [problemAt(yaml, path, issue.message)];
  });
  return { problems };
}

const rank = (code: string | undefined) => (code === 'unrecognized_keys' ? 0 : 1);

export function problemAt(yaml: YamlFile, path: Path, message: string): Problem {
  return { file: yaml.file, line: yaml.lineOf(path), field: path.join('.'), message };
}

/** `unknown field 'levle'; allowed: level, title. Did you mean 'level'?` */
export function unknownWord(what: string, word: string, allowed: string[]): string {
  const suggestion = nearest(word, allowed);
  const hint = suggestion === undefined ? '' : `. Did you mean '${suggestion}'?`;
  return `unknown ${what} '${word}'; allowed: ${allowed.join(', ')}${hint}`;
}

function wording(issue: { code?: string; input?: unknown; expected?: unknown }): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  const words: Record<string, string> = {
    string: 'text',
    number: 'a number',
    int: 'a whole number',
    boolean: 'true or false',
    array: 'a list',
    object: 'fields',
    record: 'fields',
  };
  const expected = words[String(issue.expected)] ?? String(issue.expected);
  if (issue.input === undefined) return `missing; ${expected} is needed here`;
  return `must be ${expected}, not ${describe(issue.input)}`;
}

function describe(value: unknown): string {
  if (value === null) return 'empty';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'fields' : JSON.stringify(value);
}

/** Keys of the object schema found by following `path` through objects, arrays and optional wrappers. */
function keysAt(schema: z.ZodType, path: Path): string[] {
  let at: unknown = schema;
  for (const key of [...path, undefined]) {
    at = unwrap(at);
    const definition = at as { shape?: Record<string, unknown>; element?: unknown };
    if (key === undefined) return Object.keys(definition?.shape ?? {});
    at = typeof key === 'number' ? definition?.element : definition?.shape?.[key];
  }
  return [];
}

function unwrap(schema: unknown): unknown {
  let at = schema as { unwrap?: () => unknown; element?: unknown; def?: { innerType?: unknown } };
  while (at?.def?.innerType !== undefined) at = at.def.innerType as typeof at;
  return at;
}

function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length > 0; length--) {
    const parent = length === 1 ? document.contents : document.getIn(path.slice(0, length - 1), true);
    const key = path[length - 1];
    if (isMap(parent)) {
      const pair = parent.items.find((item) => isPair(item) && isScalar(item.key) && item.key.value === key);
      if (pair !== undefined && isScalar(pair.key)) return pair.key.range?.[0];
    }
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node)) return node.range?.[0];
  }
  return isNode(document.contents) ? document.contents.range?.[0] : undefined;
}
