// Labs that are ready before anybody asks: made while nothing else starts, looked at before they are given away.
import { randomBytes } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Lab } from '../catalog/types.ts';
import type { Engine } from '../engine/engine.ts';
import { claimLab } from '../labs/claim.ts';
import { destroyLab } from '../labs/destroy.ts';
import { listLabs, type LabStatus } from '../labs/list.ts';
import { labLabel } from '../labs/names.ts';
import { shapeKey, wantedLabs } from './warm-shapes.ts';
import { whatIsDead } from './what-is-dead.ts';

export interface WarmPoolParts {
  engine: Engine;
  /** Whose warm labs these are; those of another appliance on the same engine are not touched. */
  owner: string;
  /** Images a node may run: a warm lab of older ones is not given away. */
  images: readonly string[];
  /** How many labs to have ready. */
  count: number;
  /** Every lab folder that can be started, in the catalog's order. */
  readCatalog(): Promise<Lab[]>;
  /** Ids of labs that were started, the latest last. */
  recent(): readonly string[];
  /** Makes a warm lab. */
  make(request: { lab: Lab; name: string; signal: AbortSignal }): Promise<void>;
  /** Whether one more would leave room enough, and nobody waits or starts. */
  mayMake(lab: Lab): Promise<boolean>;
  /** The number of labs that are ready has changed. */
  onChange(): void;
  log: { error(message: string): void };
}

export interface WarmPool {
  /** Gives a healthy lab away; its id, or undefined where there is none. It is from then on a lab like any other. */
  claim(lab: Lab): Promise<string | undefined>;
  /** Removes a warm lab, so that another can have its room; false when there is none. */
  giveBack(): Promise<boolean>;
  /** Ends the making that is under way: somebody's own lab is to start. */
  yieldNow(): void;
  /** How many are ready for a lab. */
  readyFor(lab: Lab): number;
  /** Makes what is missing as soon as it may. */
  refill(): void;
  close(): Promise<void>;
}

interface Warm {
  id: string;
  entry: string;
  key: string;
}

const lookEveryMs = 30_000;
const retryMs = { first: 15_000, longest: 600_000 };

/** Finds the warm labs that an appliance before this one left, keeps the healthy ones, then makes what is missing. */
export async function createWarmPool(parts: WarmPoolParts): Promise<WarmPool> {
  const { engine, owner, log } = parts;
  const ready = new Map<string, Warm>();
  let making: { abort: AbortController; done: Promise<void> } | undefined;
  let isClosed = false;
  let timer: NodeJS.Timeout | undefined;
  let waitMs = retryMs.first;

  const messageOf = (error: unknown) => (error instanceof Error ? error.message : String(error));
  const drop = async (id: string) => {
    if (ready.delete(id)) parts.onChange();
    await destroyLab(engine, id);
  };
  const dropSoon = (id: string) =>
    void drop(id)
      .catch((error: unknown) => log.error(`Warm lab ${id} cannot be removed: ${messageOf(error)}`))
      .finally(() => refill());
  const isCurrent = (status: LabStatus) => status.nodes.every(({ image }) => parts.images.includes(image));
  const isHealthy = async (status: LabStatus | undefined): Promise<boolean> => {
    if (status === undefined || !status.isWarm || !isCurrent(status)) return false;
    const reason = await whatIsDead(engine, status);
    if (reason !== undefined) log.error(`Warm lab ${status.name} is not given away: ${reason}.`);
    return reason === undefined;
  };

  const fillOnce = async (): Promise<boolean> => {
    const wanted = wantedLabs(await parts.readCatalog(), parts.recent(), parts.count);
    const missing = missingOf(wanted, [...ready.values()]);
    for (const { id } of missing.surplus) dropSoon(id);
    const [lab] = missing.labs;
    if (lab === undefined || isClosed || !(await parts.mayMake(lab))) return false;
    const name = `${lab.id.slice(0, 34)}-${randomBytes(2).toString('hex')}`;
    const abort = new AbortController();
    const done = parts.make({ lab, name, signal: abort.signal }).then(() => {
      ready.set(name, { id: name, entry: lab.id, key: shapeKey(lab) });
      parts.onChange();
    });
    making = { abort, done: done.catch(() => undefined) };
    try {
      await done;
      waitMs = retryMs.first;
      return true;
    } catch (error) {
      if (abort.signal.aborted) return false;
      log.error(`A warm lab could not be made: ${messageOf(error)}`);
      waitMs = Math.min(waitMs * 2, retryMs.longest);
      return false;
    } finally {
      making = undefined;
    }
  };
  let filling: Promise<void> | undefined;
  function refill() {
    if (isClosed || filling !== undefined) return;
    clearTimeout(timer);
    const fill = async () => {
      while (!isClosed && (await fillOnce())) await delay(0);
    };
    filling = fill()
      .catch((error: unknown) => log.error(`The warm labs cannot be made: ${messageOf(error)}`))
      .finally(() => {
        filling = undefined;
        // What it waited for (room, a mended image) is not told by anybody.
        if (!isClosed) timer = setTimeout(refill, waitMs).unref();
      });
  }

  const lookAtAll = async () => {
    for (const { id } of [...ready.values()]) {
      const [status] = await listLabs(engine, id);
      if (ready.has(id) && !(await isHealthy(status))) await drop(id);
    }
    refill();
  };
  const lookSoon = () =>
    void lookAtAll().catch((error: unknown) =>
      log.error(`The warm labs cannot be looked at: ${messageOf(error)}`),
    );
  const found = (await listLabs(engine)).filter(({ isWarm, warmOf }) => isWarm && warmOf === owner);
  for (const status of found) {
    const lab = (await parts.readCatalog()).find(({ id }) => id === status.entry);
    if (lab !== undefined && (await isHealthy(status)))
      ready.set(status.name, { id: status.name, entry: status.entry, key: shapeKey(lab) });
    else await drop(status.name).catch((error: unknown) => log.error(messageOf(error)));
  }
  parts.onChange();
  const stopFollowing = await engine.followEvents(
    labLabel,
    ({ action, labels }) => {
      const id = labels[labLabel] ?? '';
      if (!ready.has(id)) return;
      if (action === 'die') dropSoon(id);
      else if (action === 'pause') lookSoon();
    },
    lookSoon,
  );
  const looking = setInterval(lookSoon, lookEveryMs).unref();
  refill();

  return {
    async claim(lab) {
      const key = shapeKey(lab);
      const fitting = [...ready.values()].filter((one) => one.key === key);
      for (const { id } of fitting.toSorted(
        (a, b) => Number(b.entry === lab.id) - Number(a.entry === lab.id),
      )) {
        if (!ready.delete(id)) continue;
        parts.onChange();
        const [status] = await listLabs(engine, id);
        if (await isHealthy(status)) {
          await claimLab(engine, id, lab.id);
          return id;
        }
        dropSoon(id);
      }
      return undefined;
    },
    async giveBack() {
      if (making !== undefined) {
        making.abort.abort(new Error('Its room is needed.'));
        await making.done;
        return true;
      }
      const [first] = [...ready.values()].reverse();
      if (first === undefined) return false;
      await drop(first.id);
      return true;
    },
    yieldNow: () => making?.abort.abort(new Error('Somebody starts a lab.')),
    readyFor: (lab) => [...ready.values()].filter(({ key }) => key === shapeKey(lab)).length,
    refill,
    async close() {
      isClosed = true;
      clearTimeout(timer);
      clearInterval(looking);
      stopFollowing();
      making?.abort.abort(new Error('The appliance is stopping.'));
      await filling;
    },
  };
}

/** What is missing of `wanted`, and what is ready beyond it. Pure. */
export function missingOf(wanted: readonly Lab[], ready: readonly Warm[]): { labs: Lab[]; surplus: Warm[] } {
  const left = [...ready];
  const labs = wanted.filter((lab) => {
    const at = left.findIndex(({ key }) => key === shapeKey(lab));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return { labs, surplus: left };
}
