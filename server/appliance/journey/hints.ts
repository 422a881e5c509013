// A step's hints: those of the check that a learner is stuck at, opened one after the other. Pure.
import type { StepJourney } from './journey.ts';

/** A check as far as hints go. */
export interface HintedCheck {
  name: string;
  hints: string[];
  /** Holds before the step too. */
  isGuard: boolean;
}

/** The check whose hints count: the first that failed, and before any attempt the step's first goal that has some. */
function stuckAt(step: StepJourney, checks: HintedCheck[]): HintedCheck | undefined {
  if (step.verdict === 'passed') return undefined;
  const failed = checks.find(({ name }) => name === step.stuckAt);
  return failed ?? checks.find(({ isGuard, hints }) => !isGuard && hints.length > 0);
}

/** Hints opened so far, the vaguest first, and how many are left. */
export function hintsOf(step: StepJourney, checks: HintedCheck[]): { hints: string[]; hintsLeft: number } {
  const check = stuckAt(step, checks);
  if (check === undefined) return { hints: [], hintsLeft: 0 };
  const hints = check.hints.slice(0, step.tries[check.name]?.opened ?? 0);
  return { hints, hintsLeft: check.hints.length - hints.length };
}

/** The step with one more hint open, or undefined when none is left. */
export function withNextHint(step: StepJourney, checks: HintedCheck[]): StepJourney | undefined {
  const check = stuckAt(step, checks);
  if (check === undefined || hintsOf(step, checks).hintsLeft === 0) return undefined;
  const { failures, opened } = step.tries[check.name] ?? { failures: 0, opened: 0 };
  return { ...step, tries: { ...step.tries, [check.name]: { failures, opened: opened + 1 } } };
}
