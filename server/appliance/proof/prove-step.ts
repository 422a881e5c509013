// Proves one step: its checks fail before, each mistake trips exactly its check, they pass after, change nothing, fail again
// after each fault.
import type { Lab, Step } from '../catalog/types.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { CheckGround } from '../checks/run-checks.ts';
import { describeOutcome, judgeAfter, judgeBefore, judgePerformed } from './judge.ts';
import type { Performer } from './perform.ts';
import { proveFault, proveMistake } from './prove-trials.ts';
import type { Assertion } from './report.ts';

export interface StepProof {
  lab: Lab;
  ground: CheckGround;
  performer: Performer;
  /** Also mistakes, faults, looking twice and the later steps. */
  isWhole: boolean;
  /** Records an assertion and tells whoever watches. */
  record: (assertion: Assertion) => void;
  /** Throws when the proof was interrupted. */
  checkpoint: () => void;
}

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
  const isDone = after.every(({ result }) => result?.verdict === 'passed');
  if (!isWhole) return isDone;
  const again = await runChecks(ground, step.checks, { patience: 'once' });
  for (const outcome of again) record(judgeAfter('again', step, outcome));
  for (const one of isDone ? lab.faults.filter((known) => known.step === step.number) : []) {
    checkpoint();
    if (!(await proveFault(proof, step, one))) return false;
  }
  await proveLaterStepsFail(proof, step);
  return isDone;
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
