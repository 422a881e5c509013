// Labs for the console: starts and destroys them on the engine and keeps what the page shows of each up to date, from
// what their start tells, from the engine's events and from the clouds' own.
import { LabInvalid, LabUnknown } from '../catalog/lab-invalid.ts';
import { listLabs as listFolders, readLab } from '../catalog/read-lab.ts';
import type { Lab } from '../catalog/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { ContainerEvent } from '../engine/types.ts';
import type { LabService, LabSource, RunningLab } from '../http/deps.ts';
import { createLab } from '../labs/create.ts';
import { destroyLab } from '../labs/destroy.ts';
import type { LabEvent } from '../labs/events.ts';
import { LabLeftBehind, LabStartFailed } from '../labs/failures.ts';
import { listLabs } from '../labs/list.ts';
import { labLabel } from '../labs/names.ts';
import { defaultSpec, type NodeKind } from '../labs/spec.ts';
import { entryOf, invalidEntry, sourceOf } from './lab-source.ts';
import { afterEvent, afterFailure, afterLook, problemFrom, startingLab } from './lab-view.ts';
import { createTerminalPlaces } from './terminals/places.ts';
import { watchInstances } from './watch-instances.ts';

export interface LabServiceOptions {
  engine: Engine;
  labsFolder: string;
  imagesFolder: string;
  images: Record<NodeKind, string>;
  log: { error(message: string): void };
}

export interface EngineLabs extends LabService {
  /** Stops following and aborts starts that are under way, which leaves nothing of them; running labs go on. */
  close(): Promise<void>;
}

/** Finds the labs that run already, then follows the engine. */
export async function createLabService(options: LabServiceOptions): Promise<EngineLabs> {
  const { engine, labsFolder, log } = options;
  const labs = new Map<string, RunningLab>();
  const listeners = new Set<(lab: string) => void>();
  const instanceWatches = new Map<string, () => void>();
  /** Labs this service is starting or taking down: their own events tell more than the engine's. */
  const busy = new Map<string, { abort: AbortController; done: Promise<void> }>();
  const ending = new Set<string>();

  const set = (id: string, lab: RunningLab | undefined) => {
    if (lab === undefined) labs.delete(id);
    else labs.set(id, lab);
    followInstances(id, lab?.phase === 'ready');
    for (const listener of listeners) listener(id);
  };
  const followInstances = (id: string, isReady: boolean) => {
    if (isReady === instanceWatches.has(id)) return;
    if (!isReady) {
      instanceWatches.get(id)!();
      instanceWatches.delete(id);
      return;
    }
    const onInstances = (instances: RunningLab['instances']) => {
      const lab = labs.get(id);
      if (lab !== undefined && instanceWatches.has(id)) set(id, { ...lab, instances });
    };
    instanceWatches.set(id, watchInstances({ engine, lab: id, onInstances, log }));
  };
  const onEvent = (event: LabEvent) => {
    const lab = labs.get(event.lab);
    if (lab !== undefined && !ending.has(event.lab)) set(event.lab, afterEvent(lab, event));
  };

  const lookOnce = async (id: string) => {
    if (busy.has(id)) return;
    const [status] = await listLabs(engine, id);
    if (busy.has(id)) return;
    const known = labs.get(id);
    if (status === undefined || status.nodes.length === 0) {
      // What failed to start is gone from the engine, but its reason is still to be read.
      if (known !== undefined && known.readyAt !== undefined) set(id, undefined);
      return;
    }
    set(id, afterLook(known, status, known?.title ?? (await titleOf(labsFolder, status.entry))));
  };

  /** Looks at a lab, one look at a time: what is told during a look makes one more. */
  const looks = new Map<string, { isStale: boolean }>();
  const look = async (id: string) => {
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
        await lookOnce(id);
      }
    } finally {
      looks.delete(id);
    }
  };

  const start = async (lab: Lab, id: string, signal: AbortSignal) => {
    const spec = defaultSpec(id, { entry: lab.id, ...lab.cloud });
    const { images, imagesFolder } = options;
    try {
      await createLab(engine, spec, { images, imagesFolder, onEvent, signal, isCloudAwaited: true });
      busy.delete(id);
      await look(id);
    } catch (error) {
      const known = labs.get(id);
      if (ending.has(id) || known === undefined) return;
      busy.delete(id);
      set(id, afterFailure(known, problemOf(error)));
    }
  };

  const lookSoon = (id: string) =>
    void look(id).catch((error: unknown) => log.error(`Lab ${id} cannot be looked at: ${String(error)}`));
  /** After an engine that was away: whatever it did meanwhile was not told. */
  const lookAtAll = () =>
    void listLabs(engine)
      .then((found) => new Set([...labs.keys(), ...found.map(({ name }) => name)]).forEach(lookSoon))
      .catch((error: unknown) => log.error(`The labs cannot be listed: ${String(error)}`));

  const onEngineEvent = ({ action, labels }: ContainerEvent) => {
    const id = labels[labLabel];
    // Every command in a node is an event too; only these change what there is.
    if (id === undefined || !/^(start|die|destroy|pause|unpause)$/.test(action)) return;
    lookSoon(id);
  };
  const stopFollowing = await engine.followEvents(labLabel, onEngineEvent, lookAtAll);
  for (const { name } of await listLabs(engine)) await look(name);

  return {
    async catalog() {
      const ids = await listFolders(labsFolder);
      return Promise.all(
        ids.map((id) => readLab(labsFolder, id).then(entryOf, (error) => invalidEntry(id, error))),
      );
    },
    source: (entry) => readSource(labsFolder, entry),
    running: () => [...labs.values()],
    async start(entry) {
      const lab = await readLab(labsFolder, entry);
      const taken = (await listLabs(engine)).map(({ name }) => name);
      const id = freeName(entry, [...taken, ...labs.keys()]);
      const abort = new AbortController();
      set(id, startingLab(defaultSpec(id, { entry, ...lab.cloud }), lab.title));
      const done = Promise.resolve().then(() => start(lab, id, abort.signal));
      busy.set(id, { abort, done });
      return id;
    },
    async destroy(id) {
      const known = labs.get(id);
      if (known === undefined || ending.has(id)) return;
      ending.add(id);
      const under = busy.get(id);
      under?.abort.abort(new Error('The lab was taken down while it was starting.'));
      const { problem: _problem, ...lab } = known;
      set(id, { ...lab, phase: 'stopping', doing: 'Removing the nodes' });
      const done = (async () => {
        await under?.done;
        await destroyLab(engine, id);
        set(id, undefined);
      })()
        .catch((error: unknown) => {
          const remedy = "Try again, or run './patchbay down' in a terminal.";
          set(id, { ...known, phase: 'broken', problem: { ...problemOf(error), remedy } });
        })
        .finally(() => {
          busy.delete(id);
          ending.delete(id);
        });
      busy.set(id, { abort: new AbortController(), done });
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    ...createTerminalPlaces(engine),
    async close() {
      stopFollowing();
      for (const stop of instanceWatches.values()) stop();
      listeners.clear();
      for (const id of busy.keys()) ending.add(id);
      for (const { abort } of busy.values()) abort.abort(new Error('The appliance is stopping.'));
      await Promise.all([...busy.values()].map(({ done }) => done));
    },
  };
}

async function readSource(labsFolder: string, entry: string): Promise<LabSource | undefined> {
  try {
    return sourceOf(await readLab(labsFolder, entry));
  } catch (error) {
    if (error instanceof LabUnknown) return undefined;
    if (error instanceof LabInvalid)
      return { entry: invalidEntry(entry, error), introduction: '', steps: [] };
    throw error;
  }
}

async function titleOf(labsFolder: string, entry: string): Promise<string> {
  return readLab(labsFolder, entry).then(
    ({ title }) => title,
    () => entry,
  );
}

/** The lab folder's name, or the first with a number that is not taken. */
export function freeName(entry: string, taken: string[]): string {
  let name = entry.slice(0, 36);
  for (let count = 2; taken.includes(name); count++) name = `${entry.slice(0, 36)}-${count}`;
  return name;
}

function problemOf(error: unknown) {
  const text = error instanceof Error ? error.message : String(error);
  const problem = problemFrom(text, error instanceof LabStartFailed ? error.node : undefined);
  return error instanceof LabLeftBehind ? { ...problem, remedy: error.remedy } : problem;
}
