// The instances of one host: a reconciler over their ids, with what it must remember between passes.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from '../../../lib/log.ts';
import { createReconciler, type PassResult, type Reconciler } from '../../../lib/reconcile.ts';
import { releasePorts } from '../../client/instance-ports.ts';
import type { Session } from '../../client/session.ts';
import type { RequestedNetwork, VifSpec } from '../../model/instance.ts';
import { listInstances, readActual, type Actual } from './actual.ts';
import { killGuest } from '../../../host/guest-process.ts';
import { diskPath, packGuest } from '../../../host/guest-archive.ts';
import { apply } from './apply.ts';
import { fetchDesired, type Conductor, type Desired } from './desired.ts';
import { isLastTry, taskOf, type Failures } from './failing.ts';
import { describeNics, handOver, type Nics } from './live-migration.ts';
import { endedByItself, plan, type Memory } from './plan.ts';
import { allocatePort, BuildFailed } from './ports.ts';
import { reached, reportFailure } from './report.ts';
import { folderOf, type Settings } from './settings.ts';
import type { InstanceStep } from './steps.ts';

export interface ComputeAgent {
  reconciler: Reconciler<InstanceStep>;
  /** Last lines of the console, all without a number. */
  readConsole(uuid: string, lines: number | null): Promise<string>;
  attach(uuid: string, requested: RequestedNetwork): Promise<VifSpec>;
  detach(uuid: string, port_id: string): Promise<void>;
  /** Ends an instance that moves away and answers with its disk. */
  exportDisk(uuid: string): Promise<Buffer>;
  /** The interfaces of an instance that is to leave as it runs, and then all of it; it is stopped by that. */
  describeNics(uuid: string): Promise<Nics>;
  handOver(uuid: string): Promise<Buffer>;
}

export interface AgentDeps {
  settings: Settings;
  conductor: Conductor;
  session: Pick<Session, 'request'>;
  /** Asks another host for the disk of an instance that comes from there. */
  fetchDisk: (uuid: string, from: string) => Promise<Buffer>;
  /** Asks another host for an instance that comes as it runs. */
  fetchGuest: (uuid: string, from: string) => Promise<Buffer>;
  fetchNics: (uuid: string, from: string) => Promise<Nics>;
  log: Logger;
}

interface Kept extends Failures {
  last?: Actual;
  /** Runs while ports are not ACTIVE. */
  timer?: NodeJS.Timeout | undefined;
  /** Runs while the instance is on its way to another host. */
  leaving?: NodeJS.Timeout | undefined;
}

/** Steps after which another pass follows by itself. */
const unfinished: readonly InstanceStep['kind'][] = [
  ...(['wait-for-ports', 'allocate-ports', 'bind-ports', 'learn-nics'] as const),
];

/** How long an instance may be on its way before its host takes it back. */
const arrivalPatienceMs = 60_000;

export function createComputeAgent({
  settings,
  conductor,
  session,
  log,
  ...fetches
}: AgentDeps): ComputeAgent {
  const memories = new Map<string, Memory & Kept>();
  const memoryOf = (uuid: string) => {
    let memory = memories.get(uuid);
    if (memory === undefined)
      memories.set(uuid, (memory = { isImpatient: false, wasRunning: false, spent: 0 }));
    return memory;
  };

  const reconciler = createReconciler<Desired, Actual, InstanceStep>({
    name: 'instance',
    log,
    parallel: 4,
    fetch: (uuid) => fetchDesired(conductor, session, uuid),
    read: async (uuid) => {
      const actual = await readActual(settings, uuid);
      const memory = memoryOf(uuid);
      memory.last = actual;
      if (actual.guest !== undefined) memory.wasRunning = true;
      return actual;
    },
    plan: (uuid, desired, actual) => plan(desired, actual, memoryOf(uuid)),
    apply: (uuid, steps) =>
      apply({ settings, session, conductor, ...fetches, onAllocated, onWaiting, onStarted }, uuid, steps),
    listWanted: async () => (await conductor.list()).map(({ uuid }) => uuid),
    listFound: () => listInstances(settings),
    onResult,
  });

  function onAllocated(uuid: string): void {
    reconciler.add(uuid);
  }

  function onStarted(uuid: string, exited: Promise<number>): void {
    memoryOf(uuid).wasRunning = true;
    void exited.then(() => reconciler.add(uuid));
  }

  function onWaiting(uuid: string): void {
    const memory = memoryOf(uuid);
    memory.timer ??= setTimeout(() => {
      memory.timer = undefined;
      if (settings.vifTimeoutIsFatal)
        fail(uuid, 'Failed to allocate the network(s), not rescheduling.').catch((error: unknown) =>
          log.error(`instance ${uuid}: ${String(error)}`),
        );
      else memory.isImpatient = true;
      reconciler.add(uuid);
    }, settings.vifTimeoutSeconds * 1000);
  }

  /** Where the other host says nothing: it has died, or this agent was started anew meanwhile. */
  function awaitArrival(uuid: string): void {
    memoryOf(uuid).leaving ??= setTimeout(() => {
      log.error(`instance ${uuid} did not arrive within ${arrivalPatienceMs} ms and stays`);
      giveUp(uuid).catch((error: unknown) => log.error(`instance ${uuid}: ${String(error)}`));
    }, arrivalPatienceMs);
  }

  async function giveUp(uuid: string): Promise<void> {
    memoryOf(uuid).leaving = undefined;
    await conductor.update({ uuid, migration: 'failed' });
    reconciler.add(uuid);
  }

  async function fail(uuid: string, message: string): Promise<void> {
    // Between the last look and the end of the time the instance may have come up, or gone.
    const spec = await conductor.get(uuid);
    if (spec?.vm_state !== 'building') return;
    await reportFailure(conductor, uuid, 'build', new BuildFailed(message));
    reconciler.add(uuid);
  }

  async function onResult(uuid: string, result: PassResult<Desired, InstanceStep>): Promise<void> {
    const { desired, steps, error } = result;
    const memory = memoryOf(uuid);
    const isWaiting = steps.some(({ kind }) => unfinished.includes(kind));
    if (!isWaiting || error !== undefined) {
      clearTimeout(memory.timer);
      memory.timer = undefined;
    }
    const wanted = desired?.spec.wanted;
    if (wanted === 'leaving') return awaitArrival(uuid);
    clearTimeout(memory.leaving);
    memory.leaving = undefined;
    if (desired === undefined) {
      if (error === undefined) memories.delete(uuid);
      return;
    }
    if (wanted === 'arriving' && error !== undefined) {
      delete result.error;
      log.error(`instance ${uuid} cannot come here: ${error.message}`);
      return giveUp(uuid);
    }
    const task = taskOf(desired.spec);
    if (isLastTry(memory, { task, error, hasLooked: steps.length > 0 })) {
      delete result.error;
      log.error(`instance ${uuid}: ${error!.message}; this was the last try`);
      await reportFailure(conductor, uuid, task, error!);
      return reconciler.add(uuid);
    }
    if (error !== undefined || isWaiting) return;
    if (wanted === 'arriving') {
      await conductor.update({ uuid, migration: 'arrived' });
      return reconciler.add(uuid);
    }
    await reportState(uuid, desired, steps, memory);
  }

  async function reportState(
    uuid: string,
    { spec }: Desired,
    steps: readonly InstanceStep[],
    memory: Memory & Kept,
  ): Promise<void> {
    if (spec.wanted === 'deleted') {
      await conductor.update({ uuid, is_deleted: true });
      memories.delete(uuid);
      return;
    }
    const isOutdated = memory.last?.startedAs?.generation !== spec.generation;
    const wasStarted = steps.some(({ kind }) => kind === 'start-guest');
    if (
      spec.wanted === 'running' &&
      !wasStarted &&
      memory.last !== undefined &&
      endedByItself(memory.last, memory, isOutdated)
    ) {
      log.info(`instance ${uuid} ended by itself`);
      await conductor.update({ uuid, ...reached.stopped!, task_state: null, wanted: 'stopped' });
      memory.wasRunning = false;
      return;
    }
    if (spec.wanted !== 'running') memory.wasRunning = false;
    const state = reached[spec.wanted];
    if (state === undefined || (spec.vm_state === state.vm_state && spec.task_state === null)) return;
    await conductor.update({ uuid, ...state, task_state: null });
  }

  return {
    reconciler,
    readConsole: async (uuid, lines) => {
      const text = await readFile(join(folderOf(settings, uuid), 'console.log'), 'utf8').catch(() => '');
      return lines === null ? text : text.trimEnd().split('\n').slice(-Math.max(lines, 1)).join('\n');
    },
    exportDisk: async (uuid) => {
      memoryOf(uuid).wasRunning = false;
      const { guest, hasDisk } = await readActual(settings, uuid);
      if (!hasDisk) throw new Error(`Instance ${uuid} has no disk on this host`);
      if (guest !== undefined) await killGuest(guest);
      return packGuest(folderOf(settings, uuid), [diskPath]);
    },
    describeNics: (uuid) => describeNics(settings, uuid),
    handOver: async (uuid) => {
      // whatever comes of it: what is wanted may have changed meanwhile
      return handOver({ settings, conductor }, uuid).finally(() => reconciler.add(uuid));
    },
    attach: async (uuid, requested) => {
      const spec = await conductor.get(uuid);
      if (spec === undefined) throw new BuildFailed(`Instance ${uuid} is not on this host`);
      const vif = await allocatePort(session, spec, requested, settings.host);
      await conductor.update({ uuid, network_info: [...(spec.network_info ?? []), vif] });
      reconciler.add(uuid);
      return vif;
    },
    detach: async (uuid, port_id) => {
      const spec = await conductor.get(uuid);
      const vif = spec?.network_info?.find((one) => one.port_id === port_id);
      if (vif === undefined) return;
      await conductor.update({
        uuid,
        network_info: spec!.network_info!.filter((one) => one.port_id !== port_id),
      });
      reconciler.add(uuid);
      await releasePorts(session, [{ id: port_id, isKept: vif.preserve_on_delete }]);
    },
  };
}
