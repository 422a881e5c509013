// Steps whose need the kernel does not show once others of their pass are done: who fails before them owes them to the next pass.
import type { RouterStep } from './plan.ts';

export type OwedStep = Extract<RouterStep, { kind: 'announce' | 'forget-connections' }>;

export interface Owed {
  /** `steps`, and what earlier passes over `key` failed before, as far as it `isDue` still. */
  join(key: string, steps: RouterStep[], isDue: (step: OwedStep) => boolean): RouterStep[];
  /** Does the `work` of a pass; what of its steps waits for others is owed until it ends well. */
  during(key: string, steps: readonly RouterStep[], work: () => Promise<void>): Promise<void>;
}

export function createOwed(): Owed {
  const owed = new Map<string, OwedStep[]>();
  return {
    join(key, steps, isDue) {
      const isNew = (step: OwedStep) =>
        !steps.some((other) => isOwed(other) && nameOf(other) === nameOf(step));
      return [...steps, ...(owed.get(key) ?? []).filter((step) => isDue(step) && isNew(step))];
    },
    async during(key, steps, work) {
      const due = steps.filter(isOwed);
      if (due.length > 0) owed.set(key, due);
      await work();
      owed.delete(key);
    },
  };
}

const isOwed = (step: RouterStep): step is OwedStep =>
  step.kind === 'announce' || step.kind === 'forget-connections';

const nameOf = (step: OwedStep) =>
  [step.kind, step.ns, step.address, step.kind === 'announce' ? step.device : ''].join(' ');

/** Whether a step announces one of these; an address that has gone meanwhile must not be. */
export const announcesOneOf = (
  step: OwedStep,
  announced: readonly { device: string; address: string }[],
): boolean =>
  step.kind === 'announce' &&
  announced.some(({ device, address }) => step.device === device && step.address === address);
