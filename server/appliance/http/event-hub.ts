// Pushes the state of a learner's labs to each of their browsers: a snapshot first, then numbered changes. Told only *which*
// lab changed, it reads the state itself, so that a missed or doubled notice does no harm.
import { labChanges } from './lab-delta.ts';
import type { ConsoleEvent, LabState } from './types.ts';

/** Changes closer together than this become one push. */
const gatherMs = 40;

export interface EventHub {
  changed(lab: string): void;
  /** How many labs are ready at once has changed. */
  catalogChanged(): void;
  /** Sends a learner's snapshot at once and every change after it; returns how to stop. */
  attach(learner: string, send: (event: ConsoleEvent) => void): () => void;
  close(): void;
}

/** One learner's browsers and what they were told. */
interface View {
  listeners: Set<(event: ConsoleEvent) => void>;
  known: Map<string, LabState>;
  sequence: number;
}

/**
 * @param read the labs that a learner may see
 * @param readWarm how many labs are ready at once, by entry
 */
export function createEventHub(
  read: (learner: string) => LabState[],
  readWarm: () => Record<string, number> = () => ({}),
): EventHub {
  const views = new Map<string, View>();
  const pending = new Set<string>();
  let timer: NodeJS.Timeout | undefined;

  const tell = (learner: string, view: View) => {
    const now = new Map(read(learner).map((lab) => [lab.id, copyOf(lab)]));
    for (const id of pending)
      for (const change of labChanges(id, view.known.get(id), now.get(id))) {
        const event: ConsoleEvent = { sequence: ++view.sequence, type: 'changed', change };
        for (const listener of view.listeners) listener(event);
      }
    view.known = now;
  };
  const push = () => {
    clearTimeout(timer);
    timer = undefined;
    for (const [learner, view] of views) tell(learner, view);
    pending.clear();
  };

  return {
    changed(lab) {
      pending.add(lab);
      timer ??= setTimeout(push, gatherMs);
    },
    catalogChanged() {
      // What is pending has lower numbers.
      push();
      for (const view of views.values()) {
        const event: ConsoleEvent = { sequence: ++view.sequence, type: 'catalog', warm: readWarm() };
        for (const listener of view.listeners) listener(event);
      }
    },
    attach(learner, send) {
      const view = views.get(learner) ?? { listeners: new Set(), known: new Map(), sequence: 0 };
      views.set(learner, view);
      // What is pending goes out first, so that the snapshot and the numbers that follow it agree.
      for (const { id } of read(learner)) pending.add(id);
      push();
      const { sequence, known } = view;
      send({ sequence, type: 'snapshot', state: { learner, labs: [...known.values()], warm: readWarm() } });
      view.listeners.add(send);
      return () => {
        view.listeners.delete(send);
        if (view.listeners.size === 0 && views.get(learner) === view) views.delete(learner);
      };
    },
    close() {
      clearTimeout(timer);
      views.clear();
    },
  };
}

/** Plumbing is large and never changed in place: it is shared. */
function copyOf({ plumbing, ...lab }: LabState): LabState {
  return { ...structuredClone(lab), ...(plumbing === undefined ? {} : { plumbing }) };
}
