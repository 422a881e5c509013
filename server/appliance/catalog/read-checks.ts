// One checks/NN.yaml: a list of named assertions, each with exactly one kind.
import { z } from 'zod';
import { kinds } from '../checks/kinds.ts';
import type { CheckKind } from '../checks/types.ts';
import { placeholderKinds, unknownPlaceholders } from '../checks/resolve.ts';
import { checkFields } from './schemas.ts';
import type { Check, Problem } from './types.ts';
import { parseYamlFile, problemAt, unknownWord, validate } from './yaml-file.ts';
import type { YamlFile } from './yaml-file.ts';

const fieldNames = Object.keys(checkFields);
const commonFields = z.looseObject(checkFields);

/** Reads the checks of one step. */
export function readChecks(file: string, text: string): { checks: Check[]; problems: Problem[] } {
  const yaml = parseYamlFile(file, text);
  if (yaml.problems.length > 0) return { checks: [], problems: yaml.problems };
  const whole = validate(
    yaml,
    z.strictObject({ checks: z.array(z.unknown()).min(1, 'a step has at least one check') }),
  );
  if (whole.value === undefined) return { checks: [], problems: whole.problems };
  const checks: Check[] = [];
  const problems: Problem[] = [];
  for (const index of whole.value.checks.keys()) {
    const read = readCheck(yaml, index, checks);
    problems.push(...read.problems);
    if (read.check !== undefined) checks.push(read.check);
  }
  return { checks, problems };
}

function readCheck(yaml: YamlFile, index: number, earlier: Check[]): { check?: Check; problems: Problem[] } {
  const base = ['checks', index];
  const common = validate(yaml, commonFields, { base });
  if (common.value === undefined) return { problems: common.problems };
  const { name, guard, needs, within, where, hints, ...rest } = common.value;
  const isNegated = 'not' in rest;
  const at = isNegated ? [...base, 'not'] : base;
  const inner = isNegated ? rest['not'] : rest;
  if (isNegated && Object.keys(rest).length > 1)
    return {
      problems: [problemAt(yaml, base, `'not' stands alone; put ${Object.keys(rest).join(', ')} below it`)],
    };
  const found = findKind(yaml, at, inner, isNegated);
  if (found.kind === undefined) return { problems: found.problems };
  const kind = kinds.get(found.kind)!;
  const args = validate(yaml, kind.schema, { base: [...at, kind.name] });
  const problems = [...args.problems];
  for (const word of unknownPlaceholders(args.value))
    problems.push(problemAt(yaml, [...at, kind.name], unknownWord('placeholder', word, placeholderKinds)));
  if (earlier.some((check) => check.name === name))
    problems.push(problemAt(yaml, [...base, 'name'], `'${name}' is used twice in this step`));
  const known = earlier.map((check) => check.name);
  for (const [position, need] of needs.entries())
    if (!known.includes(need))
      problems.push(problemAt(yaml, [...base, 'needs', position], unknownWord('earlier check', need, known)));
  const check: Check = {
    ...{ name, kind: kind.name, args: args.value, isNegated, isGuard: guard, needs },
    ...{
      hints,
      withinSeconds: within ?? withinOf(kind, args.value),
      file: yaml.file,
      line: yaml.lineOf(base),
    },
    ...(where === undefined ? {} : { where }),
  };
  return { check, problems };
}

/** How long the cloud may take where the author does not say. */
function withinOf(kind: CheckKind<unknown>, args: unknown): number {
  return args === undefined ? 10 : (kind.within?.(args) ?? 10);
}

function findKind(
  yaml: YamlFile,
  at: (string | number)[],
  inner: unknown,
  isNegated: boolean,
): { kind?: string; problems: Problem[] } {
  const keys = inner !== null && typeof inner === 'object' && !Array.isArray(inner) ? Object.keys(inner) : [];
  const unknown = keys.find((key) => !kinds.has(key));
  const allowed = [...kinds.keys(), ...(isNegated ? [] : [...fieldNames, 'not'])];
  if (unknown !== undefined)
    return {
      problems: [problemAt(yaml, [...at, unknown], unknownWord('field or kind of check', unknown, allowed))],
    };
  if (keys.length !== 1) {
    const words =
      keys.length === 0 ? 'no kind of check' : `${keys.length} kinds of check (${keys.join(', ')})`;
    return {
      problems: [problemAt(yaml, at, `${words}; exactly one of ${[...kinds.keys()].join(', ')} is needed`)],
    };
  }
  return { kind: keys[0]!, problems: [] };
}
