// Proves one step: its checks fail before, each mistake trips exactly its check, they pass after, and look twice.
import type { Lab, Mistake, Step } from '../catalog/types.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { CheckGround, CheckOutcome } from '../checks/run-checks.ts';
import type { Failure, Performer } from './perform.ts';
import type { Assertion, Phase } from './report.ts';

export interface StepProof {
  lab: Lab;
  ground: CheckGround;
  performer: Performer;
  /** Also mistakes, looking twice and the later steps. */
  isWhole: boolean;
  /** Records an assertion and tells whoever watches. */
  record: (assertion: Assertion) => void;
  /** Throws when the proof was interrupted. */
  checkpoint: () => void;
}

/** How long a check that should fail may take to prove it does not come round. */
const tripWithinMs = 1_000;

/** Proves `step`; false when it makes no sense to go on with the next one. */
export async function proveStep(proof: StepProof, step: Step): Promise<boolean> {
  const { lab, ground, performer, isWhole, record, checkpoint } = proof;
  checkpoint();
  const before = await runChecks(ground, step.checks, { patience: 'once' });
  for (const outcome of before) record(judgeBefore(step, outcome));
  for (const mistake of isWhole ? lab.mistakes.filter((one) => one.step === step.number) : []) {
    checkpoint();
    if (!(await proveMistake(proof, step, mistake))) return false;
  }
  checkpoint();
  const started = performance.now();
  const failure = await performer.perform(step.solution);
  // a solution that fails in a lab that is broken proves nothing against the solution
  const fault = failure === undefined ? undefined : await ground.diagnose();
  record(judgePerformed('solution', step, { failure, fault }, performance.now() - started));
  if (failure !== undefined) return false;
  const after = await runChecks(ground, step.checks, { patience: 'settle', onOutcome: checkpoint });
  for (const outcome of after) record(judgeAfter('after', step, outcome));
  if (!isWhole) return after.every(({ result }) => result?.verdict === 'passed');
  const again = await runChecks(ground, step.checks, { patience: 'once' });
  for (const outcome of again) record(judgeAfter('again', step, outcome));
  await proveLaterStepsFail(proof, step);
  return after.every(({ result }) => result?.verdict === 'passed');
}

async function proveMistake(proof: StepProof, step: Step, mistake: Mistake): Promise<boolean> {
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
  const isBroken = outcomes.some(({ result }) => result?.verdict === 'broken');
  const undone = await performer.perform(mistake.undo);
  const undoDetail = undone === undefined ? '' : `undo: ${describeFailure(undone)}`;
  const details = [detail, undoDetail].filter(Boolean).join('\n');
  record({
    ...{ phase: 'mistake', step: step.number, name: mistake.title, detail: details },
    outcome: details === '' ? 'proven' : isBroken ? 'broken' : 'failed',
    milliseconds: Math.round(performance.now() - started),
  });
  return undone === undefined;
}

/** Empty when exactly the named check failed; checks that wait for it say nothing. */
export function faultOfMistake(mistake: Mistake, outcomes: CheckOutcome[]): string {
  const tripped = outcomes.filter(({ result }) => result !== undefined && result.verdict !== 'passed');
  const others = tripped.filter(({ check }) => check.name !== mistake.trips);
  if (tripped.length === others.length)
    return [`'${mistake.trips}' does not notice it`, ...others.map(describeOutcome)].join('\n');
  return others.length === 0 ? '' : ['it also trips', ...others.map(describeOutcome)].join('\n');
}

async function proveLaterStepsFail(
  { lab, ground, record, checkpoint }: StepProof,
  step: Step,
): Promise<void> {
  // one look at the lab's health is enough for all of them: nothing changes here
  let diagnosis: Promise<string | undefined> | undefined;
  const same = { ...ground, diagnose: () => (diagnosis ??= ground.diagnose()) };
  for (const later of lab.steps.slice(step.number)) {
    checkpoint();
    const started = performance.now();
    const goals = later.checks.filter(({ isGuard }) => !isGuard).map((check) => ({ ...check, needs: [] }));
    const outcomes = await runChecks(same, goals, { patience: 'once', stopAtFirst: true });
    const last = outcomes.at(-1);
    const verdict = last?.result?.verdict ?? 'passed';
    record({
      ...{ phase: 'later', step: step.number, name: `step ${later.number}` },
      outcome: verdict === 'failed' ? 'proven' : verdict === 'broken' ? 'broken' : 'failed',
      detail: verdict === 'failed' ? '' : verdict === 'broken' ? describeOutcome(last!) : 'it already passes',
      milliseconds: Math.round(performance.now() - started),
    });
  }
}

function judgeBefore(step: Step, outcome: CheckOutcome): Assertion {
  const { check, result, milliseconds } = outcome;
  const wanted = check.isGuard ? ['passed'] : ['failed'];
  // a check that waits for one that failed has not passed either
  const isProven = result === undefined ? true : wanted.includes(result.verdict);
  return {
    ...{ phase: 'before', step: step.number, milliseconds },
    name: check.isGuard ? `${check.name} (guard, holds)` : check.name,
    outcome: isProven ? 'proven' : result?.verdict === 'broken' ? 'broken' : 'failed',
    detail: isProven
      ? ''
      : result?.verdict === 'passed'
        ? `it passes already: ${result.observed}`
        : describeOutcome(outcome),
  };
}

function judgeAfter(phase: Phase, step: Step, outcome: CheckOutcome): Assertion {
  const verdict = outcome.result?.verdict ?? 'failed';
  return {
    ...{ phase, step: step.number, name: outcome.check.name, milliseconds: outcome.milliseconds },
    outcome: verdict === 'passed' ? 'proven' : verdict,
    detail: verdict === 'passed' ? '' : describeOutcome(outcome),
  };
}

/** The four parts of a verdict, one a line. */
export function describeOutcome({ check, result, waitsFor }: CheckOutcome): string {
  if (result === undefined) return `${check.name}: waits for '${waitsFor}'`;
  return [
    `${check.name} (${check.file}:${check.line})`,
    `observed: ${result.observed}`,
    `expected: ${result.expected}`,
    `look at: ${result.where}`,
    `command: ${result.command.place}# ${result.command.text}`,
  ].join('\n');
}

function judgePerformed(
  phase: Phase,
  step: Step,
  { failure, fault }: { failure: Failure | undefined; fault: string | undefined },
  elapsedMs: number,
): Assertion {
  const details = [failure && describeFailure(failure), fault && `the lab is broken: ${fault}`];
  return {
    ...{ phase, step: step.number, name: '', milliseconds: Math.round(elapsedMs) },
    outcome: failure === undefined ? 'proven' : fault === undefined ? 'failed' : 'broken',
    detail: details.filter(Boolean).join('\n'),
  };
}

function describeFailure({ command, code, output }: Failure): string {
  const ending = code === undefined ? 'did not end' : `ended with exit code ${code}`;
  return `${command.place}# ${command.text}\n${ending}:\n${output.split('\n').slice(-8).join('\n')}`;
}
