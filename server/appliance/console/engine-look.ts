// Looks at what the engine has of each lab, when the engine tells that something changed or after it was away.
import { readLab } from '../catalog/read-lab.ts';
import type { Engine } from '../engine/engine.ts';
import type { ContainerEvent } from '../engine/types.ts';
import type { LabProblem } from '../http/types.ts';
import type { Journeys } from '../journey/journeys.ts';
import { listLabs } from '../labs/list.ts';
import { labLabel } from '../labs/names.ts';
import type { LabTable } from './lab-table.ts';
import { afterLook, lostLab, withFault } from './lab-view.ts';

export interface LookParts {
  engine: Engine;
  labsFolder: string;
  table: LabTable;
  journeys: Journeys;
  /** A lab that something is being done to tells more itself than the engine does. */
  isBusy(id: string): boolean;
  /** What a diagnosis found in a lab whose nodes all run. */
  faultOf(id: string): LabProblem | undefined;
  log: { error(message: string): void };
}

export interface EngineLook {
  /** Shows the lab as the engine has it, also while it is busy. */
  now(id: string): Promise<void>;
  /** Looks once it is not busy; what is told during a look makes one more, and a look that failed is repeated. */
  soon(id: string): void;
  /** Looks at every lab that is known or found, and from then on when the engine tells; returns how to stop. */
  follow(): Promise<() => void>;
}

/** What the engine told is told once: a look that failed is repeated until one succeeds. */
const firstWaitMs = 500;
const longestWaitMs = 15_000;
/** What ended just before it was followed may have been listed as running still. */
const lookAgainMs = 3_000;

export function createEngineLook({
  engine,
  labsFolder,
  table,
  journeys,
  isBusy,
  faultOf,
  log,
}: LookParts): EngineLook {
  const titleOf = (entry: string): Promise<string> =>
    readLab(labsFolder, entry).then(
      ({ title }) => title,
      () => entry,
    );

  const show = async (id: string, mayShow: () => boolean) => {
    const [status] = await listLabs(engine, id);
    const known = table.get(id);
    const title = journeys.find(id)?.title ?? known?.title ?? (await titleOf(status?.entry ?? id));
    if (!mayShow() || status?.isWarm === true) return;
    const journey = journeys.find(id);
    if (status !== undefined && status.nodes.length > 0)
      return table.set(id, withFault(afterLook(known, status, { ...journey, title }), faultOf(id)));
    // What failed to start is gone from the engine, but its reason is still to be read.
    if (known?.phase === 'broken' && known.readyAt === undefined) return;
    const isKept = journey !== undefined && journeys.isKept(id);
    if (isKept) return table.set(id, lostLab(known, journey));
    if (known === undefined) return;
    table.set(id, undefined);
    await journeys.remove(id);
  };

  const looks = new Map<string, { isStale: boolean }>();
  const lookWhenIdle = async (id: string) => {
    const running = looks.get(id);
    if (running !== undefined) {
      running.isStale = true;
      return;
    }
    const mine = { isStale: true };
    looks.set(id, mine);
    try {
      while (mine.isStale) {
        mine.isStale = false;
        if (!isBusy(id)) await show(id, () => !isBusy(id));
      }
    } finally {
      looks.delete(id);
    }
  };

  let isStopped = false;
  const untilDone = (what: string, act: () => Promise<void>, waitMs = firstWaitMs) =>
    void act().catch((error: unknown) => {
      if (isStopped) return;
      log.error(`${what}: ${String(error)}`);
      setTimeout(() => untilDone(what, act, Math.min(waitMs * 2, longestWaitMs)), waitMs).unref();
    });
  const soon = (id: string) => untilDone(`Lab ${id} cannot be looked at`, () => lookWhenIdle(id));
  const idsToSee = async () => {
    const found = (await listLabs(engine)).filter(({ isWarm }) => !isWarm).map(({ name }) => name);
    return new Set([...table.all(), ...journeys.all()].map(({ id }) => id).concat(found));
  };
  /** After an engine that was away: whatever it did meanwhile was not told. */
  const lookAtAll = () =>
    untilDone('The labs cannot be listed', async () => (await idsToSee()).forEach(soon));
  const onEngineEvent = ({ action, labels }: ContainerEvent) => {
    const id = labels[labLabel];
    // Every command in a node is an event too; only these change what there is.
    if (id === undefined || !/^(start|die|destroy|pause|unpause)$/.test(action)) return;
    soon(id);
  };

  return {
    now: (id) => show(id, () => true),
    soon,
    async follow() {
      const stop = await engine.followEvents(labLabel, onEngineEvent, lookAtAll);
      for (const id of await idsToSee()) await lookWhenIdle(id);
      const timer = setTimeout(lookAtAll, lookAgainMs).unref();
      return () => {
        isStopped = true;
        clearTimeout(timer);
        stop();
      };
    },
  };
}
