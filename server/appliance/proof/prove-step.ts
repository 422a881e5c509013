// Proves one step: its checks fail before, each mistake trips exactly its check, they pass after, change nothing, fail again
// after each fault.
import type { Check, Lab, Step } from '../catalog/types.ts';
import { runChecks } from '../checks/run-checks.ts';
import type { CheckGround } from '../checks/run-checks.ts';
import { differencesOf, takeFingerprint } from './fingerprint.ts';
import { describeOutcome, judgeAfter, judgeBefore, judgePerformed } from './judge.ts';
import type { Performer } from './perform.ts';
import { proveFault, proveMistake } from './prove-trials.ts';
import type { Assertion, Phase } from './report.ts';

export interface StepProof {
  lab: Lab;
  ground: CheckGround;
  performer: Performer;
  /** Also mistakes, faults, looking twice and the later steps. */
  isWhole: boolean;
  /** Records an assertion and tells whoever watches. */
  record: (assertion: Assertion) => void;
  /** Counts the time that `work` takes to a phase. */
  spend: <T>(phase: Phase, work: () => Promise<T>) => Promise<T>;
  /** Throws when the proof was interrupted. */
  checkpoint: () => void;
}

/** Proves `step`; false when it makes no sense to go on with the next one. */
export async function proveStep(proof: StepProof, step: Step): Promise<boolean> {
  const { lab, ground, isWhole, record, checkpoint, spend } = proof;
  checkpoint();
  // nothing changes while this is looked at: the lab's health is asked once
  const still = withOneDiagnosis(ground);
  // a guard holds already, but what the step before did may still be on its way to where it is looked at
  const shortMs = ({ isGuard }: Check) => (isGuard ? undefined : 0);
  const before = await spend('before', () => runChecks(still, step.checks, { patience: 'settle', shortMs }));
  for (const outcome of before) record(judgeBefore(step, outcome));
  for (const mistake of isWhole ? lab.mistakes.filter((one) => one.step === step.number) : []) {
    checkpoint();
    if (!(await spend('mistake', () => proveMistake(proof, step, mistake)))) return false;
  }
  checkpoint();
  if (!(await spend('solution', () => performSolution(proof, step)))) return false;
  const after = await spend('after', () =>
    runChecks(ground, step.checks, { patience: 'settle', onOutcome: checkpoint }),
  );
  for (const outcome of after) record(judgeAfter('after', step, outcome));
  const isDone = after.every(({ result }) => result?.verdict === 'passed');
  if (!isWhole) return isDone;
  await spend('again', () => proveNothingChanges(proof, step));
  for (const one of isDone ? lab.faults.filter((known) => known.step === step.number) : []) {
    checkpoint();
    if (!(await spend('fault', () => proveFault(proof, step, one)))) return false;
  }
  await spend('later', () => proveLaterStepsFail(proof, step));
  return isDone;
}

/** Types a step's solution and waits until its checks hold, proving nothing; false when they do not. */
export async function passBy(proof: StepProof, step: Step): Promise<boolean> {
  if (!(await proof.spend('solution', () => performSolution(proof, step)))) return false;
  const outcomes = await runChecks(proof.ground, step.checks, { patience: 'settle' });
  const ill = outcomes.filter(({ result }) => result?.verdict !== 'passed');
  for (const outcome of ill) proof.record(judgeAfter('after', step, outcome));
  return ill.length === 0;
}

/** Types a step's solution; false when it does not succeed. */
async function performSolution({ ground, performer, record }: StepProof, step: Step): Promise<boolean> {
  const started = performance.now();
  const failure = await performer.perform(step.solution);
  // a solution that fails in a lab that is broken proves nothing against the solution
  const fault = failure === undefined ? undefined : await ground.diagnose();
  record(judgePerformed('solution', step, { failure, fault }, performance.now() - started));
  return failure === undefined;
}

/** Looks once more between two fingerprints; what still converges is given a second chance. */
async function proveNothingChanges(
  { lab, ground, record, checkpoint }: StepProof,
  step: Step,
): Promise<void> {
  const started = performance.now();
  const still = withOneDiagnosis(ground);
  for (let attempt = 1; ; attempt++) {
    checkpoint();
    const before = await takeFingerprint(ground, lab.nodeNames);
    const again = await runChecks(still, step.checks, { patience: 'once' });
    const changes = differencesOf(before, await takeFingerprint(ground, lab.nodeNames));
    if (changes.length > 0 && attempt < 3) continue;
    for (const outcome of again) record(judgeAfter('again', step, outcome));
    record({
      ...{ phase: 'unchanged', step: step.number, name: '', detail: changes.join('\n') },
      outcome: changes.length === 0 ? 'proven' : 'failed',
      milliseconds: Math.round(performance.now() - started),
    });
    return;
  }
}

async function proveLaterStepsFail(
  { lab, ground, record, checkpoint }: StepProof,
  step: Step,
): Promise<void> {
  const still = withOneDiagnosis(ground);
  // the next step is looked at whole before anything else happens
  const later = lab.steps.slice(step.number + 1);
  const looks = later.map(async ({ number, checks }) => {
    const started = performance.now();
    const goals = checks.filter(({ isGuard }) => !isGuard).map((check) => ({ ...check, needs: [] }));
    const outcomes = await runChecks(still, goals, { patience: 'once', stopAtFirst: true });
    const last = outcomes.at(-1);
    const verdict = last?.result?.verdict ?? 'passed';
    record({
      ...{ phase: 'later', step: step.number, name: `step ${number}` },
      outcome: verdict === 'failed' ? 'proven' : verdict === 'broken' ? 'broken' : 'failed',
      detail: verdict === 'failed' ? '' : verdict === 'broken' ? describeOutcome(last!) : 'it already passes',
      milliseconds: Math.round(performance.now() - started),
    });
  });
  await Promise.all(looks);
  checkpoint();
}

/** The same ground, on which the lab's health is asked at most once. */
function withOneDiagnosis(ground: CheckGround): CheckGround {
  let diagnosis: Promise<string | undefined> | undefined;
  return { ...ground, diagnose: () => (diagnosis ??= ground.diagnose()) };
}
