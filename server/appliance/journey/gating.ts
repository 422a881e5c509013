// Which steps are shut because the one before them has not passed. Pure.
import type { Gating } from '../http/types.ts';
import type { StepJourney } from './journey.ts';

/** The step that must pass before `number` opens, or undefined when it is open. */
export function shutBy(gating: Gating, steps: StepJourney[], number: number): StepJourney | undefined {
  if (gating === 'free') return undefined;
  const step = steps.find((one) => one.number === number);
  const before = steps.find((one) => one.number === number - 1);
  if (before === undefined || before.passedAt !== undefined) return undefined;
  // one that passed, or was opened before its turn, is not shut again
  if (step?.passedAt !== undefined || (gating === 'soft' && step?.isOpened === true)) return undefined;
  return before;
}

/** The last step that a lab may be brought to the end of: under hard gating nobody gets past a step by a replay. */
export function lastReachable(gating: Gating, steps: StepJourney[]): number {
  if (gating !== 'hard') return steps.length;
  const open = steps.findIndex(({ passedAt }) => passedAt === undefined);
  return open === -1 ? steps.length : open;
}
