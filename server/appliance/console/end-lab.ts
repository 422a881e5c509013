// Takes a lab's nodes down: for good when its owner ends it, for a while when its time has run out.
import type { Engine } from '../engine/engine.ts';
import type { Journey } from '../journey/journey.ts';
import type { Journeys } from '../journey/journeys.ts';
import { destroyLab } from '../labs/destroy.ts';
import type { LabTable } from './lab-table.ts';
import { lostLab } from './lab-view.ts';
import { problemOf } from './problem.ts';

export interface EndParts {
  engine: Engine;
  table: LabTable;
  journeys: Journeys;
  /** Told before the nodes are removed. */
  onReplaced: (id: string, reason: string) => void;
}

/** Removes the nodes and all that is remembered of the lab. */
export async function endLab(parts: EndParts, id: string): Promise<void> {
  const { table, journeys } = parts;
  const isGone = await remove(parts, id, 'Removing the nodes');
  if (!isGone) return;
  await journeys.remove(id);
  table.set(id, undefined);
}

/** Removes the nodes of a lab whose time is over; what its learner has done stays. */
export async function runOut(parts: EndParts, id: string): Promise<void> {
  const { table, journeys, onReplaced } = parts;
  onReplaced(id, 'The time of this lab is over.');
  const isGone = await remove(parts, id, 'Its time is over: removing the nodes');
  if (!isGone) return;
  const journey = await journeys.change(id, afterRunningOut);
  if (journey !== undefined) table.set(id, lostLab(table.get(id), journey));
}

function afterRunningOut(journey: Journey): Journey {
  const { underway, ...rest } = journey;
  // its owner may have ended it meanwhile
  return underway?.kind === 'run-out' ? { ...rest, endedAt: new Date().toISOString() } : journey;
}

/** False when the engine refused; then the page says so. */
async function remove({ engine, table }: EndParts, id: string, doing: string): Promise<boolean> {
  const known = table.get(id);
  if (known !== undefined) {
    const { problem: _problem, replay: _replay, ...lab } = known;
    table.set(id, { ...lab, phase: 'stopping', doing });
  }
  try {
    await destroyLab(engine, id);
    return true;
  } catch (error) {
    const remedy = "Try again, or run './patchbay down' in a terminal.";
    if (known !== undefined) {
      const { doing: _doing, replay: _replay, ...lab } = known;
      table.set(id, { ...lab, phase: 'broken', problem: { ...problemOf(error), remedy } });
    }
    return false;
  }
}
