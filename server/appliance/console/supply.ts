// Where a lab's nodes come from: ready ones, or new ones as soon as the machine has room for them.
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile } from '../../lib/json-file.ts';
import { listLabs as listFolders, readLab } from '../catalog/read-lab.ts';
import type { Lab } from '../catalog/types.ts';
import type { Engine } from '../engine/engine.ts';
import type { QueuePlace } from '../http/types.ts';
import { createLab } from '../labs/create.ts';
import type { OnLabEvent } from '../labs/events.ts';
import { createFileKeeper, type FileKeeper } from '../labs/kept-files.ts';
import { listLabs } from '../labs/list.ts';
import { roomOf } from '../labs/machine-room.ts';
import { needsOf, reasonToWait } from '../labs/needs.ts';
import { defaultSpec, type LabSpec, type LabImages } from '../labs/spec.ts';
import { createLine } from './line.ts';
import { createWarmPool } from './warm-pool.ts';
import { mostRemembered } from './warm-shapes.ts';

export interface TakeRequest {
  lab: Lab;
  name: string;
  /** It had nodes until now, whose room it keeps. */
  isAnew: boolean;
  signal: AbortSignal;
  onEvent: OnLabEvent;
  /** Told its place while it waits for room, and undefined once it may start. */
  onPlace(place: QueuePlace | undefined): void;
}

export interface Supply {
  /** Gives a ready lab for the folder away; its id, or undefined where there is none. */
  claim(lab: Lab): Promise<string | undefined>;
  /** A lab that was claimed stands already; nothing is to be removed before it is taken. */
  isClaimed(id: string): boolean;
  /**
   * Nodes for a lab under `name`, wired and with a cloud that answers. Throws as `createLab` does; what fails or is
   * aborted leaves nothing behind, and leaves the queue.
   */
  take(request: TakeRequest): Promise<void>;
  /** Labs that are ready at once, by id of the folder. */
  warm(): Record<string, number>;
  /** Calls back when `warm` has changed; returns how to stop. */
  onWarm(listener: () => void): () => void;
  files: FileKeeper;
  close(): Promise<void>;
}

export const specOf = (lab: Lab, name: string): LabSpec => defaultSpec(name, { entry: lab.id, ...lab.cloud });

export interface SupplyParts {
  engine: Engine;
  images: LabImages;
  /** The repository's `images` folder. */
  imagesFolder: string;
  labsFolder: string;
  /** Where the appliance keeps what outlives it. */
  stateFolder: string;
  /** Labs to have ready before anybody asks. */
  warm?: number | undefined;
  /** No more labs than these at once. */
  mostLabs?: number | undefined;
  log: { error(message: string): void };
}

export async function createSupply(parts: SupplyParts): Promise<Supply> {
  const { engine, images, imagesFolder, labsFolder, stateFolder, log } = parts;
  const readRoom = await roomOf(engine);
  const files = createFileKeeper(join(stateFolder, 'nodes'), log);
  const recentFile = jsonFile({
    path: join(stateFolder, 'recent.json'),
    parse: (value) => z.array(z.string()).parse(value),
    onDamaged: (message) => log.error(message),
  });
  let recent = (await recentFile.read()) ?? [];
  let catalog: Lab[] = [];
  const startingNames = new Set<string>();
  const claimed = new Set<string>();
  const listeners = new Set<() => void>();

  const readCatalog = async (): Promise<Lab[]> => {
    const ids = await listFolders(labsFolder);
    const read = await Promise.all(ids.map((id) => readLab(labsFolder, id).catch(() => undefined)));
    return (catalog = read.filter((lab) => lab !== undefined));
  };
  const readLoad = async () => {
    const others = (await listLabs(engine)).filter(({ name, isWarm }) => !isWarm && !startingNames.has(name));
    const running = others.map(({ nodes }) => needsOf(nodes));
    return { room: await readRoom(running), running };
  };
  const line = createLine(
    {
      ...{ readLoad, limits: { mostLabs: parts.mostLabs }, log },
      giveBack: async () => (await pool?.giveBack()) ?? false,
    },
    () => pool?.refill(),
  );

  const make = (spec: LabSpec, more: { signal: AbortSignal; onEvent: OnLabEvent; warmOf?: string }) =>
    createLab(engine, spec, {
      ...{ images, imagesFolder, isCloudAwaited: true, ...more },
      onFiles: (made) => files.keep(spec.name, made),
    });
  const owner = await readOwner(stateFolder, log);
  const wantsNone = parts.warm === undefined || parts.warm === 0;
  const pool = await createWarmPool({
    ...{ engine, owner, log, images: Object.values(images), count: parts.warm ?? 0 },
    readCatalog,
    recent: () => recent,
    make: async ({ lab, name, signal }) => {
      await make(specOf(lab, name), { signal, onEvent: () => undefined, warmOf: owner });
    },
    async mayMake(lab) {
      if (wantsNone || !line.isQuiet()) return false;
      const { room, running } = await readLoad();
      // Room for it and for one that somebody asks for meanwhile: else it would be given back at once.
      const { memoryBytes, cores } = needsOf(specOf(lab, lab.id).nodes);
      const both = { memoryBytes: 2 * memoryBytes, cores: 2 * cores };
      return line.isQuiet() && reasonToWait(both, room, { running, starting: [] }) === undefined;
    },
    onChange: () => listeners.forEach((listener) => listener()),
  });
  await files.sweep((await listLabs(engine)).map(({ name }) => name));

  const remember = async (entry: string) => {
    recent = [...recent, entry].slice(-mostRemembered);
    await recentFile.write(recent).catch((error: unknown) => log.error(String(error)));
    pool.refill();
  };

  return {
    async claim(lab) {
      // Where labs are counted, one that is given away counts, too.
      const isFull =
        parts.mostLabs !== undefined &&
        (await readLoad()).running.length + startingNames.size >= parts.mostLabs;
      const id = isFull ? undefined : await pool.claim(lab);
      if (id !== undefined) claimed.add(id);
      await remember(lab.id);
      return id;
    },
    isClaimed: (id) => claimed.has(id),
    async take({ lab, name, isAnew, signal, onEvent, onPlace }) {
      if (claimed.delete(name)) return;
      const spec = specOf(lab, name);
      pool.yieldNow();
      const leave = await line.enter({ needs: needsOf(spec.nodes), isFirst: isAnew, signal, onPlace });
      startingNames.add(name);
      try {
        await make(spec, { signal, onEvent });
      } finally {
        startingNames.delete(name);
        leave();
      }
    },
    warm: () => Object.fromEntries(catalog.map((lab) => [lab.id, pool.readyFor(lab)])),
    onWarm(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    files,
    async close() {
      listeners.clear();
      line.close();
      await pool.close();
    },
  };
}

/** The appliance's own id: what it keeps ready on an engine that others use too bears it. */
async function readOwner(stateFolder: string, log: SupplyParts['log']): Promise<string> {
  const file = jsonFile({
    path: join(stateFolder, 'appliance.json'),
    parse: (value) => z.object({ id: z.string().min(8) }).parse(value),
    onDamaged: (message) => log.error(message),
  });
  const known = await file.read();
  if (known !== undefined) return known.id;
  const id = randomUUID();
  await file.write({ id });
  return id;
}
