// All journeys, each in a file of its own. What `find` tells is on the disk: a change counts once it is written.
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { jsonFile, type JsonFile } from '../../lib/json-file.ts';
import { journeySchema, type Journey } from './journey.ts';

export interface Journeys {
  all(): Journey[];
  find(lab: string): Journey | undefined;
  /** Whether it has a file; a lab that another program started has none before something is done in it here. */
  isKept(lab: string): boolean;
  /** Keeps a new one; resolves once it is written. */
  begin(journey: Journey): Promise<void>;
  /** Knows one without keeping it. */
  meet(journey: Journey): void;
  /** Changes and writes it, one change after the other; undefined when there is none. */
  change(lab: string, how: (journey: Journey) => Journey): Promise<Journey | undefined>;
  remove(lab: string): Promise<void>;
  /** Calls back with a lab's id after each change; returns how to stop. */
  onChange(listener: (lab: string) => void): () => void;
}

/** Reads the journeys of the folder `labs` in the state folder; a damaged one is set aside and told. */
export async function openJourneys({
  stateFolder,
  log,
}: {
  stateFolder: string;
  log: { error(message: string): void };
}): Promise<Journeys> {
  const folder = join(stateFolder, 'labs');
  const known = new Map<string, Journey>();
  const files = new Map<string, JsonFile<Journey>>();
  const turns = new Map<string, Promise<unknown>>();
  const listeners = new Set<(lab: string) => void>();

  const fileOf = (lab: string) => {
    const path = join(folder, `${lab}.json`);
    const onDamaged = (message: string) => log.error(message);
    return jsonFile({ path, parse: (value) => journeySchema.parse(value), onDamaged });
  };
  const set = (lab: string, journey: Journey | undefined) => {
    if (journey === undefined) known.delete(lab);
    else known.set(lab, journey);
    for (const listener of listeners) listener(lab);
  };
  const write = async (journey: Journey) => {
    const file = files.get(journey.id) ?? fileOf(journey.id);
    await file.write(journey);
    files.set(journey.id, file);
    set(journey.id, journey);
  };
  /** What is done to one lab happens in the order it was asked for. */
  const inTurn = <T>(lab: string, act: () => Promise<T>): Promise<T> => {
    const done = (turns.get(lab) ?? Promise.resolve()).then(act);
    const settled = done
      .catch(() => undefined)
      .then(() => {
        if (turns.get(lab) === settled) turns.delete(lab);
      });
    turns.set(lab, settled);
    return done;
  };

  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const name of (await readdir(folder)).filter((one) => one.endsWith('.json'))) {
    const lab = name.slice(0, -'.json'.length);
    const file = fileOf(lab);
    const journey = await file.read();
    if (journey === undefined) continue;
    known.set(lab, { ...journey, id: lab });
    files.set(lab, file);
  }

  return {
    all: () => [...known.values()],
    find: (lab) => known.get(lab),
    isKept: (lab) => files.has(lab),
    begin: (journey) => inTurn(journey.id, () => write(journey)),
    meet(journey) {
      if (!known.has(journey.id)) set(journey.id, journey);
    },
    change: (lab, how) =>
      inTurn(lab, async () => {
        const journey = known.get(lab);
        if (journey === undefined) return undefined;
        const next = how(journey);
        if (next !== journey) await write(next);
        return next;
      }),
    remove: (lab) =>
      inTurn(lab, async () => {
        await files.get(lab)?.remove();
        files.delete(lab);
        set(lab, undefined);
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
