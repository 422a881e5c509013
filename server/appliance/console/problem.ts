// An error of a lab's life as the page shows it.
import type { LabProblem } from '../http/types.ts';
import { LabLeftBehind, LabStartFailed } from '../labs/failures.ts';
import { problemFrom } from './lab-view.ts';

export function problemOf(error: unknown): LabProblem {
  const text = error instanceof Error ? error.message : String(error);
  const problem = problemFrom(text, error instanceof LabStartFailed ? error.node : undefined);
  return error instanceof LabLeftBehind ? { ...problem, remedy: error.remedy } : problem;
}
