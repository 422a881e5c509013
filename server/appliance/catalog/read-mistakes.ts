// One mistakes/<slug>.yaml: a plausible wrong answer, the step it belongs to, the one check it must trip.
import { basename } from 'node:path';
import { parseCommands } from './command-text.ts';
import { mistakeSchema } from './schemas.ts';
import type { Mistake, Problem, Step } from './types.ts';
import { parseYamlFile, problemAt, unknownWord, validate } from './yaml-file.ts';

/** Reads one mistake against the lab's steps. */
export function readMistake(
  file: string,
  text: string,
  steps: Step[],
): { mistake?: Mistake; problems: Problem[] } {
  const yaml = parseYamlFile(file, text);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const { value, problems } = validate(yaml, mistakeSchema);
  if (value === undefined) return { problems };
  const step = steps.find(({ slug }) => slug === value.step);
  if (step === undefined) {
    const slugs = steps.map(({ slug }) => slug);
    return { problems: [problemAt(yaml, ['step'], unknownWord('step', value.step, slugs))] };
  }
  const names = step.checks.map(({ name }) => name);
  if (!names.includes(value.trips))
    problems.push(
      problemAt(yaml, ['trips'], unknownWord(`check of step '${step.slug}'`, value.trips, names)),
    );
  const commandsOf = (field: 'instead' | 'undo') => {
    const parsed = parseCommands(value[field], { file, firstLine: yaml.lineOf([field]) + 1 });
    problems.push(...parsed.problems.map((problem) => ({ ...problem, field })));
    return parsed.commands;
  };
  const mistake: Mistake = {
    ...{ slug: basename(file, '.yaml'), title: value.title, step: step.number, trips: value.trips },
    ...{ instead: commandsOf('instead'), undo: commandsOf('undo'), file },
  };
  return { mistake, problems };
}
