// What a proof found: one assertion after the other, and what they amount to.
import type { Lab } from '../catalog/types.ts';

export type Phase =
  | 'start'
  | 'before'
  | 'mistake'
  | 'solution'
  | 'after'
  | 'again'
  | 'unchanged'
  | 'fault'
  | 'fixed'
  | 'later'
  | 'tried'
  | 'destroy';

/** One thing that was asserted about the lab. */
export interface Assertion {
  phase: Phase;
  /** Number of the step, 0 for the lab as a whole. */
  step: number;
  name: string;
  outcome: 'proven' | 'failed' | 'broken';
  /** Why it was not proven; empty when it was. */
  detail: string;
  milliseconds: number;
  /** Of a mistake or a fault: names of the checks that were seen failing for it. */
  noticedBy?: string[];
}

export interface LabReport {
  lab: string;
  title: string;
  /** 'nothing': the lab did not get as far as its first assertion. */
  outcome: 'proven' | 'failed' | 'broken' | 'nothing';
  steps: { number: number; title: string }[];
  assertions: Assertion[];
  /**
   * Share of the mistakes and faults that were noticed by the check they name, where each check of `untried` counts as one
   * that was not; null when none was tried.
   */
  mutationScore: number | null;
  /** Checks that nothing was ever seen to trip: who knows whether they can fail for a reason. */
  untried: { step: number; check: string }[];
  /** Milliseconds spent in each phase. */
  phases: Partial<Record<Phase, number>>;
  startMilliseconds: number;
  milliseconds: number;
  /** Why nothing could be proven, or why the lab was left standing. */
  note?: string;
}

/** Exit code over all reports: 0 all proven, 1 a check failed, 2 nothing ran, 3 a lab is broken. */
export function exitCodeOf(reports: LabReport[]): 0 | 1 | 2 | 3 {
  const outcomes = reports.map(({ outcome }) => outcome);
  if (outcomes.includes('broken')) return 3;
  if (outcomes.includes('failed')) return 1;
  return outcomes.includes('nothing') || outcomes.length === 0 ? 2 : 0;
}

/** What the assertions amount to. */
export function outcomeOf(assertions: Assertion[]): LabReport['outcome'] {
  const outcomes = assertions.filter(({ phase }) => phase !== 'start' && phase !== 'destroy');
  if (assertions.some(({ outcome }) => outcome === 'broken')) return 'broken';
  if (assertions.some(({ outcome }) => outcome === 'failed')) return 'failed';
  return outcomes.length === 0 ? 'nothing' : 'proven';
}

export function mutationScoreOf(assertions: Assertion[], untried: LabReport['untried']): number | null {
  const tried = trialsOf(assertions);
  if (tried.length === 0) return null;
  const noticed = tried.filter(({ outcome }) => outcome === 'proven').length;
  return noticed / (tried.length + untried.length);
}

/** Mistakes and faults. */
export function trialsOf(assertions: Assertion[]): Assertion[] {
  return assertions.filter(({ phase }) => phase === 'mistake' || phase === 'fault');
}

/** Checks of the steps that were proven which no mistake and no fault tripped; guards hold before their step and are left out. */
export function untriedOf(lab: Lab, assertions: Assertion[]): LabReport['untried'] {
  const trials = trialsOf(assertions);
  const noticed = new Set(
    trials.flatMap(({ step, noticedBy = [] }) => noticedBy.map((name) => `${step} ${name}`)),
  );
  const reached = new Set(assertions.filter(({ phase }) => phase === 'after').map(({ step }) => step));
  return lab.steps
    .filter(({ number }) => reached.has(number))
    .flatMap(({ number, checks }) =>
      checks
        .filter(({ isGuard, name }) => !isGuard && !noticed.has(`${number} ${name}`))
        .map(({ name }) => ({ step: number, check: name })),
    );
}
