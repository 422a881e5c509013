// What the page shows of each lab, and who wants to know of a change.
import type { RunningLab } from '../http/deps.ts';

export interface LabTable {
  all(): RunningLab[];
  get(id: string): RunningLab | undefined;
  /** Shows a lab as it is now; undefined takes it off the page. */
  set(id: string, lab: RunningLab | undefined): void;
  /** Calls back with a lab's id whenever it was set; returns how to stop. */
  onChange(listener: (id: string) => void): () => void;
}

export function createLabTable(): LabTable {
  const labs = new Map<string, RunningLab>();
  const listeners = new Set<(id: string) => void>();
  return {
    all: () => [...labs.values()],
    get: (id) => labs.get(id),
    set(id, lab) {
      if (lab === undefined) labs.delete(id);
      else labs.set(id, lab);
      for (const listener of listeners) listener(id);
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
