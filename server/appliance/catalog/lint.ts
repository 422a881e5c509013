// What a valid lab can still do badly. Errors keep a lab out of the build, warnings ask for a better lab.
import { nearest } from '../../lib/nearest.ts';
import { kinds } from '../checks/kinds.ts';
import { nodeOfPlace, normalizeCommand } from './command-text.ts';
import { parseStepText } from './step-text.ts';
import type { Lab, LabCommand, Problem, Step } from './types.ts';
import { unknownWord } from './yaml-file.ts';

export interface Finding extends Problem {
  severity: 'error' | 'warning';
}

export const wordsPerStep = 120;
export const commandsPerStep = 3;

/** Looks at a lab that `readLab` accepted. */
export function lintLab(lab: Lab): Finding[] {
  const findings = lab.steps.flatMap((step) => [
    ...lintText(step),
    ...lintCommands(lab, step),
    ...lintChecks(lab, step),
    ...lintHints(step),
    ...lintAbsences(step),
  ]);
  const numbers = lab.steps
    .map(({ number, slug }) => `${String(number).padStart(2, '0')} ${slug}`)
    .join(', ');
  for (const stray of lab.strays)
    findings.push(error(`${lab.id}/${stray}`, 1, `belongs to no step of lab.yaml; its steps: ${numbers}`));
  const places = [
    ...lab.mistakes.flatMap(({ file, instead, undo }) => lintPlaces(lab, file, [...instead, ...undo])),
    ...lab.faults.flatMap(({ file, inject, fix }) => lintPlaces(lab, file, [...inject, ...fix])),
  ];
  if (lab.mistakes.length > 0) return [...findings, ...places];
  const file = `${lab.id}/lab.yaml`;
  return [
    ...findings,
    { severity: 'error', file, line: 1, field: '', message: 'the lab has no mistakes/*.yaml' },
  ];
}

function lintText(step: Step): Finding[] {
  const { wordCount } = parseStepText(step.file, step.markdown);
  const findings: Finding[] = [];
  if (wordCount > wordsPerStep)
    findings.push(error(step.file, 1, `${wordCount} words; a step has at most ${wordsPerStep}, split it`));
  if (step.shown.length > commandsPerStep)
    findings.push(
      error(step.file, 1, `${step.shown.length} commands; a step shows at most ${commandsPerStep}, split it`),
    );
  return findings;
}

function lintCommands(lab: Lab, step: Step): Finding[] {
  const key = ({ place, text }: LabCommand) => `${place} ${normalizeCommand(text)}`;
  const solved = new Set(step.solution.map(key));
  const unsolved = step.shown
    .filter((command) => !solved.has(key(command)))
    .map(({ place, text, line }) => {
      const there = step.solution
        .filter((one) => one.place === place)
        .map((one) => normalizeCommand(one.text));
      const close = nearest(normalizeCommand(text), there);
      const hint = close === undefined ? '' : `. It runs '${close}'`;
      return error(step.file, line, `the solution does not run '${text}' on ${place}${hint}`);
    });
  const solutionFile = step.file.replace(/\/(\d\d)-[^/]*$/, '/solution/$1');
  const empty =
    step.solution.length === 0
      ? [error(solutionFile, 1, 'the solution has no command, so nothing can be proven')]
      : [];
  return [
    ...unsolved,
    ...empty,
    ...lintPlaces(lab, step.file, step.shown),
    ...lintPlaces(lab, solutionFile, step.solution),
  ];
}

function lintChecks(lab: Lab, step: Step): Finding[] {
  const trials = [...lab.mistakes, ...lab.faults].filter((one) => one.step === step.number);
  const tripped = new Set(trials.map(({ trips }) => trips));
  const goals = step.checks.filter(({ isGuard }) => !isGuard);
  const first = step.checks[0];
  const findings: Finding[] = [];
  if (goals.length === 0)
    findings.push(
      error(first?.file ?? step.file, 1, 'every check is a guard; one must fail before the step is done'),
    );
  const untried = goals.filter(({ name }) => !tripped.has(name)).map(({ name }) => `'${name}'`);
  if (untried.length > 0 && first !== undefined)
    findings.push(warning(first.file, 1, '', `no mistake or fault names ${untried.join(', ')}`));
  for (const check of step.checks) {
    const places = kinds.get(check.kind)?.places?.(check.args) ?? [];
    for (const place of places)
      findings.push(...lintPlaces(lab, check.file, [{ place, text: '', line: check.line }]));
  }
  return findings;
}

/** A hint that holds a command of the solution leaves nothing to find. */
function lintHints(step: Step): Finding[] {
  const commands = step.solution
    .map(({ text }) => normalizeCommand(text))
    .filter((text) => text.includes(' ') && !step.shown.some((one) => normalizeCommand(one.text) === text));
  return step.checks.flatMap(({ file, line, hints }) =>
    hints.flatMap((hint, index) => {
      const given = commands.find((command) => normalizeCommand(hint).includes(command));
      return given === undefined
        ? []
        : [warning(file, line, `hints.${index}`, `gives the solution away: '${given}'`)];
    }),
  );
}

const probing = ['ping', 'tcp', 'http', 'dns'];

/** Silence proves something only where somebody was heard. */
function lintAbsences(step: Step): Finding[] {
  const absences = step.checks.filter(({ isNegated }) => isNegated);
  return absences.flatMap((check) => {
    const { kind, args, file, line, needs } = check;
    if (kind === 'capture' && (args as { baseline?: unknown }).baseline === undefined)
      return [
        error(file, line, "'not: capture' needs 'baseline: { on, device }', where the probes are seen"),
      ];
    const isBacked = step.checks.some(({ name, isNegated }) => needs.includes(name) && !isNegated);
    if (!probing.includes(kind) || isBacked) return [];
    const { from } = args as { from: string };
    const words = `nothing shows that ${from} reaches anything; let it need a check of this step that does`;
    return [warning(file, line, 'needs', words)];
  });
}

function lintPlaces(lab: Lab, file: string, commands: LabCommand[]): Finding[] {
  return commands.flatMap(({ place, line }) => {
    const node = nodeOfPlace(place);
    if (node === undefined || node.includes('{') || lab.nodeNames.includes(node)) return [];
    return [error(file, line, unknownWord('node', node, [...lab.nodeNames, 'vm:<instance>']))];
  });
}

function warning(file: string, line: number, field: string, message: string): Finding {
  return { severity: 'warning', file, line, field, message };
}

function error(file: string, line: number, message: string): Finding {
  return { severity: 'error', file, line, field: '', message };
}
