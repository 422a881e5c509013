// Mistakes and faults of one step: each must be noticed by the check it names.
import { setTimeout as delay } from 'node:timers/promises';
import type { Fault, Mistake, Step } from '../catalog/types.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { CheckOutcome } from '../checks/run-checks.ts';
import { describeFailure, describeOutcome } from './judge.ts';
import type { StepProof } from './prove-step.ts';
import type { Assertion } from './report.ts';

/** How long a check that should fail may take to prove it does not come round. */
const tripWithinMs = 1_000;

/** Types a mistake instead of the solution, looks, and undoes it; false when the lab is not as it was. */
export async function proveMistake(proof: StepProof, step: Step, mistake: Mistake): Promise<boolean> {
  const { ground, performer, record } = proof;
  const started = performance.now();
  const failure = await performer.perform(mistake.instead);
  const outcomes =
    failure === undefined
      ? await runChecks(ground, step.checks, {
          patience: 'settle',
          shortMs: ({ name, withinSeconds }) =>
            name === mistake.trips ? Math.min(tripWithinMs, withinSeconds * 1000) : undefined,
        })
      : [];
  const detail = failure === undefined ? faultOfMistake(mistake, outcomes) : describeFailure(failure);
  const undone = await performer.perform(mistake.undo);
  const undoDetail = undone === undefined ? '' : `undo: ${describeFailure(undone)}`;
  const details = [detail, undoDetail].filter(Boolean).join('\n');
  record({
    ...{ phase: 'mistake', step: step.number, name: mistake.title, detail: details },
    outcome: outcomeOf(details, outcomes),
    noticedBy: noticing(details, outcomes),
    milliseconds: Math.round(performance.now() - started),
  });
  return undone === undefined;
}

/** Empty when exactly the named check failed; checks that wait for it say nothing. */
export function faultOfMistake(mistake: Pick<Mistake, 'trips'>, outcomes: CheckOutcome[]): string {
  const tripped = outcomes.filter(({ result }) => result !== undefined && result.verdict !== 'passed');
  const broken = tripped.filter(({ result }) => result?.verdict === 'broken');
  if (broken.length > 0)
    return ['the lab itself counts as broken meanwhile', ...broken.map(describeOutcome)].join('\n');
  const others = tripped.filter(({ check }) => check.name !== mistake.trips);
  if (tripped.length === others.length)
    return [`'${mistake.trips}' does not notice it`, ...others.map(describeOutcome)].join('\n');
  return others.length === 0 ? '' : ['it also trips', ...others.map(describeOutcome)].join('\n');
}

/** Breaks a finished step, looks, mends it and looks again; false when it did not mend. */
export async function proveFault(proof: StepProof, step: Step, fault: Fault): Promise<boolean> {
  const { ground, performer, record } = proof;
  const started = performance.now();
  const failure = await performer.perform(fault.inject);
  const outcomes = failure === undefined ? await lookAtFault(proof, step, fault) : [];
  const detail = failure === undefined ? whyUnnoticed(fault, outcomes) : describeFailure(failure);
  record({
    ...{ phase: 'fault', step: step.number, name: fault.title, detail },
    outcome: outcomeOf(detail, outcomes),
    noticedBy: noticing(detail, outcomes),
    milliseconds: Math.round(performance.now() - started),
  });
  const began = performance.now();
  const unfixed = await performer.perform(fault.fix);
  const mended = unfixed === undefined ? await runChecks(ground, step.checks, { patience: 'settle' }) : [];
  const ill = mended.filter(({ result }) => result?.verdict !== 'passed');
  const details = unfixed === undefined ? ill.map(describeOutcome).join('\n') : describeFailure(unfixed);
  record({
    ...{ phase: 'fixed', step: step.number, name: fault.title, detail: details },
    outcome: outcomeOf(details, mended),
    milliseconds: Math.round(performance.now() - began),
  });
  return details === '';
}

/** Waits until the named check fails, then looks at all of them: none has to converge, all held before. */
async function lookAtFault(
  { ground, checkpoint }: StepProof,
  step: Step,
  { trips }: Fault,
): Promise<CheckOutcome[]> {
  const named = step.checks.filter(({ name }) => name === trips).map((check) => ({ ...check, needs: [] }));
  const deadline = performance.now() + (named[0]?.withinSeconds ?? 0) * 1000;
  for (;;) {
    checkpoint();
    const [look] = await runChecks(ground, named, { patience: 'once' });
    if (look?.result?.verdict !== 'passed' || performance.now() > deadline) break;
    await delay(250);
  }
  return runChecks(ground, step.checks, { patience: 'settle', shortMs: () => tripWithinMs });
}

/** Empty when the named check is the first that does not hold, so that it is what a learner reads. */
export function whyUnnoticed({ trips }: Pick<Fault, 'trips'>, outcomes: CheckOutcome[]): string {
  const first = outcomes.find(({ result }) => result !== undefined && result.verdict !== 'passed');
  if (first === undefined) return `'${trips}' does not notice it, or the cloud mends it by itself`;
  if (first.check.name !== trips)
    return [`the first check that notices it is not '${trips}'`, describeOutcome(first)].join('\n');
  if (first.result?.verdict === 'failed') return '';
  return ['it breaks the lab itself; a fault leaves nodes and daemons running', describeOutcome(first)].join(
    '\n',
  );
}

function outcomeOf(detail: string, outcomes: CheckOutcome[]): Assertion['outcome'] {
  if (detail === '') return 'proven';
  return outcomes.some(({ result }) => result?.verdict === 'broken') ? 'broken' : 'failed';
}

/** Checks that were seen failing for it; none when the trial itself went wrong. */
function noticing(detail: string, outcomes: CheckOutcome[]): string[] {
  if (detail !== '') return [];
  return outcomes.filter(({ result }) => result?.verdict === 'failed').map(({ check }) => check.name);
}
