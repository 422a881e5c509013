// Looks after labs that are or may be broken: tells what is wrong until it is mended, mends on request, and starts nodes
// that stopped (killed, or ended with their engine or machine) again by itself.
import type { Engine } from '../../engine/engine.ts';
import { LabBroken } from '../../checks/types.ts';
import type { Fault } from '../../checks/faults/types.ts';
import type { LabProblem } from '../../http/types.ts';
import type { Journeys } from '../../journey/journeys.ts';
import type { FileKeeper } from '../../labs/kept-files.ts';
import { listLabs } from '../../labs/list.ts';
import type { EngineLook } from '../engine-look.ts';
import type { LabTable } from '../lab-table.ts';
import type { LabTasks } from '../lab-tasks.ts';
import { faultsOf, mendLab, restartLab, type MendOptions } from './mend-lab.ts';
import { problemOfFaults } from './problem.ts';

export interface HealthParts {
  engine: Engine;
  table: LabTable;
  /** Labs that this appliance looks after; others on its engine are somebody else's. */
  journeys: Journeys;
  tasks: LabTasks;
  look: EngineLook;
  files: FileKeeper;
  log: { error(message: string): void };
}

export interface Health {
  faultOf(id: string): LabProblem | undefined;
  suspect(id: string): void;
  repair(id: string): void;
  restart(id: string): void;
  close(): void;
}

/** A removal takes nodes one by one: what is gone after this was not stopped but removed. */
const settleMs = 1_500;
const lookAgainMs = 5_000;
/** Starts of one lab's nodes that were nobody's wish, within the time, before it is left alone. */
const mostRevivals = { count: 3, withinMs: 300_000 };

export function createHealth({ engine, table, journeys, tasks, look, files, log }: HealthParts): Health {
  const faults = new Map<string, LabProblem>();
  const diagnosing = new Set<string>();
  const timers = new Map<string, NodeJS.Timeout>();
  const revivals = new Map<string, number[]>();
  const parts = { engine, files };

  const note = (id: string, found: Fault[], isMended: boolean) => {
    const [first, ...more] = found;
    if (first === undefined) faults.delete(id);
    else faults.set(id, problemOfFaults([first, ...more], isMended));
  };
  const later = (id: string, ms: number, what: () => void) => {
    clearTimeout(timers.get(id));
    timers.set(id, setTimeout(what, ms).unref());
  };

  /** Looks for faults, shows them, and looks again until they are gone: its learner may mend them, too. */
  const diagnose = async (id: string) => {
    if (tasks.isBusy(id) || diagnosing.has(id) || table.get(id) === undefined) return;
    diagnosing.add(id);
    try {
      const known = faults.get(id);
      const found = await faultsOf(engine, id);
      if (tasks.isBusy(id) || faults.get(id) !== known) return;
      const wasMended = known?.remedies?.includes('repair') === false;
      note(id, found, wasMended);
      if (known?.message !== faults.get(id)?.message) look.soon(id);
    } catch (error) {
      // Nodes that are gone are told by the engine's own events.
      if (!(error instanceof LabBroken)) log.error(`Lab ${id} cannot be diagnosed: ${String(error)}`);
    } finally {
      diagnosing.delete(id);
      if (faults.has(id)) later(id, lookAgainMs, () => suspect(id));
    }
  };
  const suspect = (id: string) => void diagnose(id);

  const run = (id: string, doing: string, mend: (options: MendOptions) => Promise<Fault[]>) =>
    tasks.run(
      id,
      async (signal) => {
        const onDoing = (doing: string) => {
          const lab = table.get(id);
          if (lab === undefined || signal.aborted) return;
          const { problem: _problem, ...rest } = lab;
          table.set(id, { ...rest, phase: 'repairing', doing });
        };
        onDoing(doing);
        try {
          note(id, await mend({ signal, onDoing }), true);
        } catch (error) {
          if (signal.aborted) return;
          const message = error instanceof Error ? error.message : String(error);
          faults.set(id, {
            message: `The lab could not be mended: ${message}`,
            remedy: 'Reset makes the nodes anew.',
            remedies: ['repair', 'reset'],
          });
        }
        if (!signal.aborted) await look.now(id);
        if (faults.has(id)) later(id, lookAgainMs, () => suspect(id));
      },
      'It is mended.',
    );
  const restart = (id: string) =>
    run(id, 'Starting the nodes that have stopped', (options) => restartLab(parts, id, options));

  /** Starts nodes that stopped although nobody here wanted it, unless they stop again and again. */
  const revive = async (id: string) => {
    if (tasks.isBusy(id) || !journeys.isKept(id)) return;
    const [status] = await listLabs(engine, id);
    const shown = table.get(id)?.nodes.length;
    const isWhole = status !== undefined && status.nodes.length === shown;
    // One that is paused was paused by somebody.
    const isDown = status?.nodes.some(({ state }) => state === 'exited') === true;
    if (!isWhole || !isDown || tasks.isBusy(id)) return;
    const now = Date.now();
    const lately = (revivals.get(id) ?? []).filter((at) => now - at < mostRevivals.withinMs);
    if (lately.length >= mostRevivals.count) return;
    revivals.set(id, [...lately, now]);
    restart(id);
  };
  const stopFollowing = table.onChange((id) => {
    const lab = table.get(id);
    if (lab === undefined || lab.phase === 'ended') {
      faults.delete(id);
      clearTimeout(timers.get(id));
      timers.delete(id);
      return;
    }
    if (lab.phase === 'starting' || lab.phase === 'queued') faults.delete(id);
    const hasStopped = lab.phase === 'broken' && lab.nodes.some(({ phase }) => phase === 'stopped');
    if (!hasStopped || lab.readyAt === undefined || tasks.isBusy(id)) return;
    later(
      id,
      settleMs,
      () =>
        void revive(id).catch((error: unknown) =>
          log.error(`Lab ${id} cannot be started again: ${String(error)}`),
        ),
    );
  });

  return {
    faultOf: (id) => faults.get(id),
    suspect,
    repair: (id) => run(id, 'Looking for what is wrong', (options) => mendLab(parts, id, options)),
    restart,
    close() {
      stopFollowing();
      for (const timer of timers.values()) clearTimeout(timer);
    },
  };
}
