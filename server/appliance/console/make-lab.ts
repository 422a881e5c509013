// Makes a lab's nodes, for the first time or anew under the same id, and replays solutions up to where it shall stand.
import { readLab } from '../catalog/read-lab.ts';
import type { Engine } from '../engine/engine.ts';
import type { RunningLab } from '../http/deps.ts';
import type { QueuePlace, Remedy } from '../http/types.ts';
import { startedClock } from '../journey/clock.ts';
import { afterReplay, lastPassed, withSteps, type Journey } from '../journey/journey.ts';
import type { Journeys } from '../journey/journeys.ts';
import { replay, ReplayFailed } from '../journey/replay.ts';
import { destroyLab } from '../labs/destroy.ts';
import type { LabEvent } from '../labs/events.ts';
import { listLabs } from '../labs/list.ts';
import { attachLab } from '../proof/attach-lab.ts';
import { createGround } from '../proof/ground.ts';
import type { EngineLook } from './engine-look.ts';
import type { LabTable } from './lab-table.ts';
import { afterEvent, afterFailure, afterQueue, startingLab } from './lab-view.ts';
import { problemOf } from './problem.ts';
import { specOf, type Supply } from './supply.ts';

export interface MakeParts {
  engine: Engine;
  labsFolder: string;
  supply: Supply;
  table: LabTable;
  journeys: Journeys;
  look: EngineLook;
  /** Minutes on the clock of a lab instead of the usual; 0 for no clock. */
  labMinutes?: number;
  /** Told before nodes that stand are removed. */
  onReplaced: (id: string) => void;
}

/** Makes the nodes of the lab's journey and brings them to the end of step `until`; tells its failure on the page. */
export async function makeLab(
  parts: MakeParts,
  id: string,
  until: number,
  signal: AbortSignal,
): Promise<void> {
  const { engine, labsFolder, supply, table, journeys, look } = parts;
  const show = (change: Partial<RunningLab>) => {
    const lab = table.get(id);
    if (lab !== undefined && !signal.aborted) table.set(id, { ...lab, ...change });
  };
  const onEvent = (event: LabEvent) => {
    const lab = table.get(id);
    // whether it is ready is told here: it may have to be brought further
    const isTold = event.kind === 'node' || event.phase !== 'ready';
    if (lab !== undefined && isTold && !signal.aborted) table.set(id, afterEvent(lab, event));
  };
  const journey = journeys.find(id);
  if (journey === undefined) return;
  /** Whatever was asked for meanwhile has the last word. */
  const change = (how: (known: Journey) => Journey) =>
    journeys.change(id, (known) =>
      known.underway?.kind === 'make' && known.generation === journey.generation ? how(known) : known,
    );
  let isMade = false;
  try {
    const lab = await readLab(labsFolder, journey.entry);
    table.set(id, startingLab(specOf(lab, id), journey));
    const isAnew = !supply.isClaimed(id) && (await listLabs(engine, id)).length > 0;
    if (isAnew) {
      show({ doing: 'Removing the nodes there were' });
      parts.onReplaced(id);
      await destroyLab(engine, id);
    }
    signal.throwIfAborted();
    const onPlace = (place: QueuePlace | undefined) => {
      const waiting = table.get(id);
      if (waiting !== undefined && !signal.aborted) table.set(id, afterQueue(waiting, place));
    };
    await supply.take({ lab, name: id, isAnew, signal, onEvent, onPlace });
    signal.throwIfAborted();
    isMade = true;
    await change((known) => withSteps(known, lab.steps));
    if (until > 0) {
      const running = await attachLab(engine, id);
      await replay({
        ...{ lab, until, signal, openTerminal: running.openTerminal, ground: createGround(running) },
        onProgress: ({ step, command, commandsDone, commandsTotal }) =>
          show({
            phase: 'replaying',
            doing:
              command === undefined
                ? `Looking at step ${step.number}, '${step.title}'`
                : `Typing step ${step.number}, '${step.title}'`,
            replay: {
              ...{ step: step.number, until, commandsDone, commandsTotal },
              ...(command === undefined ? {} : { command: { place: command.place, text: command.text } }),
            },
          }),
        onLooked: async (step, checks) => {
          await change((known) => afterReplay(known, step.number, checks, new Date()));
        },
      });
    }
    await change((known) => made(known, startedClock(new Date(), lab.minutes, parts.labMinutes)));
    await look.now(id);
  } catch (error) {
    if (signal.aborted) return;
    const known = await change((now) => (isMade ? stuckBy(now, error) : withoutTask(now)));
    if (isMade) return look.now(id);
    const lab = table.get(id);
    if (lab === undefined || known === undefined) return;
    const remedies: Remedy[] = lastPassed(known) > 0 ? ['resume', 'reset'] : ['reset'];
    table.set(id, afterFailure(lab, { ...problemOf(error), remedies }));
  }
}

const withoutTask = ({ underway: _underway, ...journey }: Journey): Journey => journey;

const made = (journey: Journey, clock: Journey['clock']): Journey => ({
  ...withoutTask(journey),
  readyAt: new Date().toISOString(),
  ...(clock === undefined ? {} : { clock }),
});

/** The nodes stand, but not where they were to be brought. */
function stuckBy(journey: Journey, error: unknown): Journey {
  const message = error instanceof Error ? error.message : String(error);
  const stuck =
    error instanceof ReplayFailed
      ? { message, logTail: error.logTail }
      : { message: `The solutions could not be replayed: ${message}`, logTail: [] };
  return { ...made(journey, undefined), stuck };
}
