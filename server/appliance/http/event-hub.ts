// Pushes the state of all labs to every browser: a snapshot first, then numbered changes. Told only *which* lab changed,
// it reads the state itself, so that a missed or doubled notice does no harm.
import { labChanges } from './lab-delta.ts';
import type { ConsoleEvent, LabState } from './types.ts';

/** Changes closer together than this become one push. */
const gatherMs = 40;

export interface EventHub {
  changed(lab: string): void;
  /** Sends the snapshot at once and every change after it; returns how to stop. */
  attach(send: (event: ConsoleEvent) => void): () => void;
  close(): void;
}

export function createEventHub(read: () => LabState[]): EventHub {
  const listeners = new Set<(event: ConsoleEvent) => void>();
  const pending = new Set<string>();
  let known = new Map<string, LabState>();
  let sequence = 0;
  let timer: NodeJS.Timeout | undefined;

  const push = () => {
    timer = undefined;
    const now = new Map(read().map((lab) => [lab.id, structuredClone(lab)]));
    for (const id of pending)
      for (const change of labChanges(id, known.get(id), now.get(id))) {
        const event: ConsoleEvent = { sequence: ++sequence, type: 'changed', change };
        for (const listener of listeners) listener(event);
      }
    pending.clear();
    known = now;
  };

  return {
    changed(lab) {
      pending.add(lab);
      timer ??= setTimeout(push, gatherMs);
    },
    attach(send) {
      // What is pending goes out first, so that the snapshot and the numbers that follow it agree.
      if (timer !== undefined) clearTimeout(timer);
      for (const { id } of read()) pending.add(id);
      push();
      send({ sequence, type: 'snapshot', state: { labs: [...known.values()] } });
      listeners.add(send);
      return () => listeners.delete(send);
    },
    close() {
      if (timer !== undefined) clearTimeout(timer);
      listeners.clear();
    },
  };
}
