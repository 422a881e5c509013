// What the page says of a lab's steps. Pure.
import type { StepState } from '../../../server/appliance/http/types.ts';
import type { JackState } from '../parts/jack-state.ts';

/** A step that passed once stays passed, whatever a later attempt says. */
export const isPassed = ({ passedAt, verdict }: StepState) => passedAt !== undefined || verdict === 'passed';

/** Gating keeps its check, hints and solution shut; its text can be read. */
export const isShutNow = (step: StepState) => step.isShut === true && !isPassed(step);

export const passedCount = (steps: StepState[]) => steps.filter(isPassed).length;

export const isAllPassed = (steps: StepState[]) => steps.length > 0 && steps.every(isPassed);

/** The first step before `number` that has not passed: the one that keeps it shut. */
export const firstBefore = (steps: StepState[], number: number) =>
  steps.find((step) => step.number < number && !isPassed(step));

/** A step as a jack, with words for those who do not see it. */
export function jackOfStep(step: StepState | undefined): { state: JackState; label: string } {
  if (step === undefined) return { state: 'open', label: '' };
  if (step.isChecking) return { state: 'busy', label: 'being checked' };
  if (isPassed(step)) {
    const later = step.verdict === undefined || step.verdict === 'passed' ? '' : ', not at the last attempt';
    return step.isReplayed === true
      ? { state: 'replayed', label: `replayed${later}` }
      : { state: 'passed', label: `passed${later}` };
  }
  if (step.isShut === true) return { state: 'shut', label: 'shut' };
  if (step.verdict === undefined) return { state: 'open', label: 'not checked' };
  return { state: step.verdict, label: step.verdict === 'broken' ? 'lab broken' : step.verdict };
}
