// Keeps the instances of every lab that is ready up to date on the page.
import type { Engine } from '../engine/engine.ts';
import type { RunningLab } from '../http/deps.ts';
import type { LabTable } from './lab-table.ts';
import { watchInstances } from './watch-instances.ts';

/** Follows the labs of `table`; returns how to stop. */
export function followInstances(
  engine: Engine,
  table: LabTable,
  log: { error(message: string): void },
): () => void {
  const watches = new Map<string, () => void>();
  const follow = (id: string) => {
    const isReady = table.get(id)?.phase === 'ready';
    if (isReady === watches.has(id)) return;
    if (!isReady) {
      watches.get(id)!();
      watches.delete(id);
      return;
    }
    const onInstances = (instances: RunningLab['instances']) => {
      const lab = table.get(id);
      if (lab !== undefined && watches.has(id)) table.set(id, { ...lab, instances });
    };
    watches.set(id, watchInstances({ engine, lab: id, onInstances, log }));
  };
  const stopListening = table.onChange(follow);
  return () => {
    stopListening();
    for (const stop of watches.values()) stop();
  };
}
