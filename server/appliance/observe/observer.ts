// Observes every lab that is there, and says what was seen of each.
import type { RunningLab } from '../http/deps.ts';
import type { LabPhase } from '../http/types.ts';
import { observeLab, type LabObservation, type LabObservationOptions } from './observe-lab.ts';

export interface Observer {
  /** To be told each state of a lab; undefined: it is gone. */
  follow(id: string, lab: RunningLab | undefined): void;
  /** The lab with what was seen of it. */
  withSeen(lab: RunningLab): RunningLab;
  close(): void;
}

/** Phases with nodes that have something to tell. */
const livePhases: LabPhase[] = ['ready', 'broken', 'repairing', 'replaying'];

/** @param onChange called with the id of a lab of which something new was seen */
export function createObserver({
  engine,
  log,
  onChange,
}: Pick<LabObservationOptions, 'engine' | 'log'> & { onChange: (lab: string) => void }): Observer {
  const observations = new Map<string, LabObservation>();

  return {
    follow(id, lab) {
      const isLive = lab?.readyAt !== undefined && livePhases.includes(lab.phase);
      const nodes = isLive ? lab.nodes.filter(({ phase }) => phase === 'ready') : [];
      if (nodes.length === 0) {
        observations.get(id)?.stop();
        observations.delete(id);
        return;
      }
      let observation = observations.get(id);
      if (observation === undefined) {
        observation = observeLab({ engine, lab: id, log, onChange: () => onChange(id) });
        observations.set(id, observation);
      }
      observation.follow(nodes);
    },
    withSeen: (lab) => ({ ...lab, ...observations.get(lab.id)?.seen() }),
    close() {
      for (const observation of observations.values()) observation.stop();
      observations.clear();
    },
  };
}
