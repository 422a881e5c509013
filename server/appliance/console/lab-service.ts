// Labs for the console: what a learner can have done to them, and what the page shows of each meanwhile. Each concern has
// a file of its own here; this one ties them together.
import { randomBytes } from 'node:crypto';
import { readLab } from '../catalog/read-lab.ts';
import type { Engine } from '../engine/engine.ts';
import { NotNow, type LabService } from '../http/deps.ts';
import type { LabPhase } from '../http/types.ts';
import { extendedClock } from '../journey/clock.ts';
import { beforeMaking, lastPassed, newJourney, type Journey } from '../journey/journey.ts';
import type { Journeys } from '../journey/journeys.ts';
import { listLabs } from '../labs/list.ts';
import type { LabImages } from '../labs/spec.ts';
import type { ProofsFile } from '../proof/proofs-file.ts';
import { createObserver } from '../observe/observer.ts';
import { watchClocks } from './clock-watch.ts';
import { endLab, runOut } from './end-lab.ts';
import { createEngineLook } from './engine-look.ts';
import { createHealth } from './health/health.ts';
import { readCatalog, readSource, withSupply } from './lab-source.ts';
import { createLabTable } from './lab-table.ts';
import { createLabTasks } from './lab-tasks.ts';
import { startingLab } from './lab-view.ts';
import { makeLab } from './make-lab.ts';
import { createSupply, specOf } from './supply.ts';
import { createTerminalPlaces } from './terminals/places.ts';

export interface LabServiceOptions {
  engine: Engine;
  labsFolder: string;
  imagesFolder: string;
  images: LabImages;
  /** What must outlive the appliance lies here. */
  stateFolder: string;
  /** Labs to have ready before anybody asks. */
  warm?: number | undefined;
  /** No more labs than these at once. */
  mostLabs?: number | undefined;
  /** What is remembered of each lab. */
  journeys: Journeys;
  /** When each lab's folder was last proven. */
  proofs: Pick<ProofsFile, 'provenAt'>;
  /** Minutes on the clock of each lab instead of the usual; 0 for no clock. */
  labMinutes?: number;
  log: { error(message: string): void };
}

export interface EngineLabs extends LabService {
  /** Stops following and aborts what is being done to labs; labs that run go on. */
  close(): Promise<void>;
}

/** A lab whose nodes may be made anew: nothing is being made or removed that would be half done. */
const replaceable: LabPhase[] = ['ready', 'replaying', 'broken', 'ended'];

/** Finds the labs there are, goes on with what an appliance before this one was doing to them, then follows the engine. */
export async function createLabService(options: LabServiceOptions): Promise<EngineLabs> {
  const { engine, labsFolder, journeys, log } = options;
  const table = createLabTable();
  const replacedListeners = new Set<(lab: string, reason: string) => void>();
  const tasks = createLabTasks((id) => look.soon(id), log);
  const look = createEngineLook({
    engine,
    labsFolder,
    table,
    journeys,
    isBusy: tasks.isBusy,
    faultOf: (id) => health.faultOf(id),
    log,
  });
  const supply = await createSupply(options);
  const health = createHealth({ engine, table, journeys, tasks, look, files: supply.files, log });
  const onReplaced = (id: string, reason: string) =>
    replacedListeners.forEach((listener) => listener(id, reason));
  const ending = { engine, table, journeys, onReplaced };
  const making = {
    ...{ engine, labsFolder, supply, table, journeys, look, labMinutes: options.labMinutes },
    onReplaced: (id: string) =>
      onReplaced(id, 'The nodes of this lab are made anew. Open it again when they are ready.'),
  };

  /** Does what the journey says is under way; what was being done to the lab before is ended. */
  const goOn = ({ id, underway }: Journey) => {
    if (underway === undefined) return;
    if (underway.kind === 'make')
      return tasks.run(id, (signal) => makeLab(making, id, underway.until, signal), 'It is made anew.');
    const take = underway.kind === 'end' ? endLab : runOut;
    tasks.run(id, () => take(ending, id), 'The lab was taken down.');
  };
  /** Writes down what is to be done, so that a killed appliance goes on with it, then begins. */
  const begin = async (id: string, how: (journey: Journey) => Journey) => {
    const lab = table.get(id);
    // one that another program started is remembered from its first change on
    if (lab !== undefined)
      journeys.meet(newJourney({ ...lab, steps: [], startedAt: new Date(lab.startedAt) }));
    const journey = await journeys.change(id, how);
    if (journey !== undefined) goOn(journey);
  };
  const demandPhase = (id: string, verb: string, phases: LabPhase[]) => {
    const phase = table.get(id)?.phase;
    if (phase === undefined) throw new NotNow(`There is no lab '${id}' any more.`);
    if (!phases.includes(phase)) throw new NotNow(`A lab that is ${phase} cannot be ${verb} now.`);
  };
  /** Its nodes are removed only where they can be made anew. */
  const demandFolder = async (id: string) => {
    const entry = table.get(id)?.entry ?? id;
    await readLab(labsFolder, entry).catch((error: Error) => {
      throw new NotNow(`The nodes of lab '${id}' cannot be made anew. ${error.message}`);
    });
  };
  const remake = async (
    id: string,
    verb: string,
    phases: LabPhase[],
    until: (journey: Journey) => number,
  ) => {
    demandPhase(id, verb, phases);
    await demandFolder(id);
    demandPhase(id, verb, phases);
    await begin(id, (journey) => beforeMaking(journey, until(journey)));
  };
  const isEnding = (id: string) => tasks.isBusy(id) && journeys.find(id)?.underway?.kind === 'end';
  const isRunning = (id: string) =>
    !tasks.isBusy(id) && ['ready', 'broken'].includes(table.get(id)?.phase ?? '');
  const onOver = (id: string) =>
    void begin(id, (journey) => ({ ...journey, underway: { kind: 'run-out' } })).catch((error: unknown) =>
      log.error(`Lab ${id} cannot be ended: ${String(error)}`),
    );

  const observer = createObserver({
    ...{ engine, log },
    // What was seen is laid over the table's lab when somebody reads it.
    onChange: (id) => table.set(id, table.get(id)),
  });
  const stopObserving = table.onChange((id) => observer.follow(id, table.get(id)));
  for (const journey of journeys.all()) {
    await look.now(journey.id);
    goOn(journey);
  }
  const stopFollowing = await look.follow();
  const stopClocks = watchClocks({ journeys, isRunning, onOver, log });

  return {
    catalog: async () => withSupply(await readCatalog(labsFolder, options.proofs), supply),
    source: (entry) => readSource(labsFolder, entry),
    running: () => table.all().map(observer.withSeen),
    async start(entry, learner = 'local') {
      const lab = await readLab(labsFolder, entry);
      const taken = [...(await listLabs(engine)).map(({ name }) => name), ...table.all().map(({ id }) => id)];
      const id =
        (await supply.claim(lab)) ??
        freeName(entry, [...taken, ...journeys.all().map((journey) => journey.id)]);
      const { title, steps } = lab;
      const journey = newJourney({ id, entry, learner, title, steps, startedAt: new Date() });
      const made = beforeMaking(journey, 0);
      // shown once it is kept: a look at the engine, which has nothing of it yet, takes off the page what is not
      await journeys.begin(made);
      table.set(id, startingLab(specOf(lab, id), journey));
      goOn(made);
      return id;
    },
    async destroy(id) {
      if (table.get(id) === undefined || isEnding(id)) return;
      await begin(id, (journey) => ({ ...journey, underway: { kind: 'end' } }));
    },
    reset: (id) => remake(id, 'reset', replaceable, () => 0),
    bring: (id, step) => remake(id, 'brought to a step', replaceable, () => step),
    resume: (id) => remake(id, 'resumed', ['broken', 'ended'], lastPassed),
    async repair(id) {
      demandPhase(id, 'repaired', ['ready', 'broken']);
      health.repair(id);
    },
    async restart(id) {
      demandPhase(id, 'restarted', ['ready', 'broken']);
      health.restart(id);
    },
    suspect: (id) => health.suspect(id),
    warm: () => supply.warm(),
    onWarm: (listener) => supply.onWarm(listener),
    async extend(id) {
      const clock = journeys.find(id)?.clock;
      if (clock === undefined) throw new NotNow('This lab has no clock: it does not end by itself.');
      demandPhase(id, 'extended', ['ready', 'broken', 'repairing']);
      await journeys.change(id, (journey) => ({ ...journey, clock: extendedClock(clock, new Date()) }));
    },
    onChange: (listener) => table.onChange(listener),
    onReplaced(listener) {
      replacedListeners.add(listener);
      return () => replacedListeners.delete(listener);
    },
    ...createTerminalPlaces(engine),
    async close() {
      stopFollowing();
      stopClocks();
      stopObserving();
      observer.close();
      health.close();
      replacedListeners.clear();
      await tasks.close('The appliance is stopping.');
      await supply.close();
    },
  };
}

/**
 * A name that no other lab has, also none of another appliance on this engine while the nodes of this one are made anew
 * and its name is free there for a moment.
 */
export function freeName(entry: string, taken: string[]): string {
  const name = `${entry.slice(0, 34)}-${randomBytes(2).toString('hex')}`;
  return taken.includes(name) ? freeName(entry, taken) : name;
}
