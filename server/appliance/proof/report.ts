// What a proof found: one assertion after the other, and what they amount to.

export type Phase =
  'start' | 'before' | 'mistake' | 'solution' | 'after' | 'again' | 'fault' | 'fixed' | 'later' | 'destroy';

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
  /** Share of the mistakes and faults that were noticed by the check they name; null when none was tried. */
  mutationScore: number | null;
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

export function mutationScoreOf(assertions: Assertion[]): number | null {
  const tried = assertions.filter(({ phase }) => phase === 'mistake' || phase === 'fault');
  if (tried.length === 0) return null;
  return tried.filter(({ outcome }) => outcome === 'proven').length / tried.length;
}
