// Is it the lab that is broken? Asked when a check fails, and when one passes because something is absent.
import { findFaults, type Patient } from './faults/find-faults.ts';

/** Answers with the reason why the lab cannot work as built, or undefined when nothing is wrong with it. */
export const createDiagnosis = (patient: Patient) => async (): Promise<string | undefined> =>
  (await findFaults(patient))[0]?.text;

/** States by service from `sv status`: run, down, finish, fail. */
export function parseServices(stdout: string): Map<string, string> {
  const lines = [...stdout.matchAll(/^(\w+): (?:\/etc\/service\/)?([^:\s]+):/gm)];
  return new Map(lines.map(([, state, name]) => [name!, state!]));
}
