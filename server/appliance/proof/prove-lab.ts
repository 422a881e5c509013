// Proves one lab from start to end: starts it, goes through its steps, takes it down whatever happened.
import type { Lab } from '../catalog/types.ts';
import { LabExists } from '../labs/failures.ts';
import type { ProofLab, ProofPlatform } from './deps.ts';
import { describeAssertion } from './format-report.ts';
import { createGround } from './ground.ts';
import { createPerformer } from './perform.ts';
import { passBy, proveStep } from './prove-step.ts';
import type { StepProof } from './prove-step.ts';
import { mutationScoreOf, outcomeOf, untriedOf } from './report.ts';
import type { Assertion, LabReport, Phase } from './report.ts';

export interface ProveOptions {
  platform: ProofPlatform;
  /** Also mistakes, looking twice and the later steps. */
  isWhole: boolean;
  /** Leaves the lab standing. */
  isKept: boolean;
  /** Only this step; the solutions of the ones before it are typed, nothing more. */
  onlyStep?: number;
  signal: AbortSignal;
  onProgress: (text: string) => void;
  /** Told of each assertion as it is made. */
  onAssertion?: (assertion: Assertion) => void;
  /** Called with the finished lab before it is taken down. */
  onFinished?: (lab: ProofLab) => Promise<void>;
}

/** Performs each step's solution with its checks before and after; never throws for what the lab does. */
export async function proveLab(lab: Lab, options: ProveOptions): Promise<LabReport> {
  const { platform, isWhole, isKept, signal, onProgress } = options;
  const began = performance.now();
  const assertions: Assertion[] = [];
  let startMilliseconds = 0;
  let running: ProofLab | undefined;
  let note: string | undefined;
  let isRefused = false;
  const phases: Partial<Record<Phase, number>> = {};
  const spend = async <T>(phase: Phase, work: () => Promise<T>): Promise<T> => {
    const started = performance.now();
    try {
      return await work();
    } finally {
      phases[phase] = Math.round((phases[phase] ?? 0) + performance.now() - started);
    }
  };
  const record = (assertion: Assertion) => {
    assertions.push(assertion);
    options.onAssertion?.(assertion);
    const sign = assertion.outcome === 'proven' ? 'ok' : assertion.outcome;
    onProgress(`${sign} ${describeAssertion(assertion)} (${(assertion.milliseconds / 1000).toFixed(1)} s)`);
    if (assertion.detail !== '') onProgress(assertion.detail);
  };
  try {
    running = await spend('start', () => platform.start(lab, { signal, onProgress }));
    startMilliseconds = Math.round(performance.now() - began);
    onProgress(`ready after ${(startMilliseconds / 1000).toFixed(1)} s`);
    const performer = createPerformer(running.openTerminal);
    const checkpoint = () => signal.throwIfAborted();
    const ground = createGround(running);
    const proof: StepProof = { lab, ground, performer, isWhole, record, spend, checkpoint };
    try {
      for (const step of lab.steps.slice(0, options.onlyStep)) {
        onProgress(`step ${step.number} of ${lab.steps.length}: ${step.title}`);
        const isOnTheWay = options.onlyStep !== undefined && step.number < options.onlyStep;
        const work = () => (isOnTheWay ? passBy(proof, step) : proveStep(proof, step));
        if (!(await work())) break;
      }
    } finally {
      performer.close();
    }
    if (isWhole && options.onlyStep === undefined)
      for (const { step, check } of untriedOf(lab, assertions))
        record({
          ...{ phase: 'tried', step, name: check, outcome: 'failed', milliseconds: 0 },
          detail: 'no mistake and no fault trips it: who knows whether it can fail for a reason',
        });
    await options.onFinished?.(running);
  } catch (error) {
    note = signal.aborted ? 'interrupted' : messageOf(error);
    isRefused = error instanceof LabExists;
    const isStarted = running !== undefined;
    if (isStarted && !signal.aborted)
      record({
        phase: 'after',
        step: 0,
        name: 'the proof runs',
        outcome: 'broken',
        detail: note,
        milliseconds: 0,
      });
  }
  if (running !== undefined && isKept && !signal.aborted) note = `lab ${running.id} is left standing`;
  else if (running !== undefined) await spend('destroy', () => takeDown(running!, record));
  const untried = isWhole ? untriedOf(lab, assertions) : [];
  return {
    ...{ lab: lab.id, title: lab.title, steps: lab.steps.map(({ number, title }) => ({ number, title })) },
    outcome:
      signal.aborted || isRefused
        ? 'nothing'
        : note !== undefined && running === undefined
          ? 'broken'
          : outcomeOf(assertions),
    ...{
      assertions,
      mutationScore: mutationScoreOf(assertions, untried),
      untried,
      startMilliseconds,
      phases,
    },
    milliseconds: Math.round(performance.now() - began),
    ...(note === undefined ? {} : { note }),
  };
}

async function takeDown(running: ProofLab, record: (assertion: Assertion) => void): Promise<void> {
  const began = performance.now();
  const error = await running.destroy().then(
    () => undefined,
    (reason: unknown) => messageOf(reason),
  );
  record({
    ...{ phase: 'destroy', step: 0, name: '', detail: error ?? '' },
    outcome: error === undefined ? 'proven' : 'broken',
    milliseconds: Math.round(performance.now() - began),
  });
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
