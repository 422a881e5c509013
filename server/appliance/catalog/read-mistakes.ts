// One mistakes/<slug>.yaml (a plausible wrong answer) or faults/<slug>.yaml (what breaks a right one): the step it belongs
// to and the check that must notice.
import { basename } from 'node:path';
import { parseCommands } from './command-text.ts';
import { faultSchema, mistakeSchema } from './schemas.ts';
import type { Fault, LabCommand, Mistake, Problem, Step } from './types.ts';
import { parseYamlFile, problemAt, unknownWord, validate } from './yaml-file.ts';
import type { YamlFile } from './yaml-file.ts';

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
  const step = findStep(yaml, value, steps, problems);
  if (step === undefined) return { problems };
  const mistake: Mistake = {
    ...{ slug: basename(file, '.yaml'), title: value.title, step: step.number, trips: value.trips },
    instead: commandsOf(yaml, 'instead', value.instead, problems),
    undo: commandsOf(yaml, 'undo', value.undo, problems),
    file,
  };
  return { mistake, problems };
}

/** Reads one fault against the lab's steps. */
export function readFault(file: string, text: string, steps: Step[]): { fault?: Fault; problems: Problem[] } {
  const yaml = parseYamlFile(file, text);
  if (yaml.problems.length > 0) return { problems: yaml.problems };
  const { value, problems } = validate(yaml, faultSchema);
  if (value === undefined) return { problems };
  const step = findStep(yaml, value, steps, problems);
  if (step === undefined) return { problems };
  const { title, trips, symptom, cause } = value;
  const fault: Fault = {
    ...{ slug: basename(file, '.yaml'), title, step: step.number, trips, symptom, cause },
    inject: commandsOf(yaml, 'inject', value.inject, problems),
    fix: commandsOf(yaml, 'fix', value.fix, problems),
    file,
  };
  return { fault, problems };
}

/** The step by its slug; adds a problem for a step or a check of it that is not there. */
function findStep(
  yaml: YamlFile,
  { step: slug, trips }: { step: string; trips: string },
  steps: Step[],
  problems: Problem[],
): Step | undefined {
  const step = steps.find((one) => one.slug === slug);
  if (step === undefined) {
    const slugs = steps.map((one) => one.slug);
    problems.push(problemAt(yaml, ['step'], unknownWord('step', slug, slugs)));
    return undefined;
  }
  const names = step.checks.map(({ name }) => name);
  if (!names.includes(trips))
    problems.push(problemAt(yaml, ['trips'], unknownWord(`check of step '${slug}'`, trips, names)));
  return step;
}

function commandsOf(yaml: YamlFile, field: string, text: string, problems: Problem[]): LabCommand[] {
  const parsed = parseCommands(text, { file: yaml.file, firstLine: yaml.lineOf([field]) + 1 });
  problems.push(...parsed.problems.map((problem) => ({ ...problem, field })));
  if (parsed.commands.length === 0 && parsed.problems.length === 0)
    problems.push(problemAt(yaml, [field], 'holds no command'));
  return parsed.commands;
}
