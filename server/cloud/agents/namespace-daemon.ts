// A helper process (haproxy, radvd, keepalived) that outlives the agent, as a thing to have or not to have in a namespace:
// reading, planning and doing. It is known by its configuration file, which stands in its command line.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { inNetns } from '../../host/netns.ts';
import { endProcess, findProcesses, netnsNumber, signal, type FoundProcess } from '../../host/process.ts';
import { replaceFile } from '../../host/replace-file.ts';
import { run } from '../../host/run.ts';

/** Where a daemon's files lie, whether it is wanted or not. */
export interface DaemonPlace {
  program: string;
  configFile: string;
  pidFile: string;
}

export interface WantedDaemon extends DaemonPlace {
  config: string;
  /** Starts it; it puts itself into the background. */
  argv: string[];
  /** How a new configuration comes into force. */
  reload: 'restart' | 'SIGHUP';
}

export interface FoundDaemon {
  place: DaemonPlace;
  /** Undefined: no file. */
  config: string | undefined;
  /** The first one is the parent of the others. */
  processes: FoundProcess[];
  /** Number of the namespace that it should live in; undefined: there is none. */
  netns: number | undefined;
}

export type DaemonStep =
  | { kind: 'start-daemon'; daemon: WantedDaemon; reason: string }
  | { kind: 'reload-daemon'; daemon: WantedDaemon; pid: number; reason: string }
  | { kind: 'stop-daemon'; place: DaemonPlace; pids: number[]; reason: string };

/** None where both files are missing: a look through the process table for each daemon that is not wanted costs too much. */
export const processesOf = ({ program, configFile, pidFile }: DaemonPlace): FoundProcess[] =>
  existsSync(configFile) || existsSync(pidFile) ? findProcesses(program, configFile, pidFile) : [];

export const readDaemon = (place: DaemonPlace, ns: string | undefined): FoundDaemon => ({
  place,
  config: readText(place.configFile),
  processes: processesOf(place),
  netns: netnsNumber(ns),
});

/** Pure. `wanted` undefined: it is not to run. */
export function planDaemon(wanted: WantedDaemon | undefined, found: FoundDaemon): DaemonStep[] {
  const { place, processes } = found;
  const { program } = place;
  if (wanted === undefined)
    return processes.length === 0 && found.config === undefined
      ? []
      : [stopStep(place, processes, `no ${program} is wanted here`)];
  const isSame = wanted.config === found.config;
  const canStay = (process: FoundProcess) =>
    process.netns === found.netns && (isSame || wanted.reload === 'SIGHUP');
  const kept = processes.filter(canStay);
  const bad = processes.filter((process) => !canStay(process));
  const parent = kept[0];
  return [
    ...(bad.length === 0 ? [] : [stopStep(place, bad, `${program} has another configuration or namespace`)]),
    ...(parent === undefined
      ? [{ kind: 'start-daemon' as const, daemon: wanted, reason: `no ${program} is running` }]
      : isSame
        ? []
        : [
            {
              kind: 'reload-daemon' as const,
              daemon: wanted,
              pid: parent.pid,
              reason: `${program} needs a new configuration`,
            },
          ]),
  ];
}

const stopStep = (place: DaemonPlace, processes: FoundProcess[], reason: string): DaemonStep => ({
  kind: 'stop-daemon',
  place,
  pids: processes.map(({ pid }) => pid),
  reason,
});

export async function applyDaemon(step: DaemonStep, ns: string | undefined): Promise<void> {
  if (step.kind === 'stop-daemon') {
    for (const pid of step.pids) await endProcess(pid);
    rmSync(step.place.configFile, { force: true });
    rmSync(step.place.pidFile, { force: true });
    return;
  }
  const { daemon } = step;
  mkdirSync(dirname(daemon.configFile), { recursive: true });
  mkdirSync(dirname(daemon.pidFile), { recursive: true });
  replaceFile(daemon.configFile, daemon.config);
  // Nothing may come between file and signal: an agent that ended there would never send it.
  if (step.kind === 'reload-daemon') signal(step.pid, 'SIGHUP');
  else await startDaemon(daemon, ns);
}

/** Some are in the background before they have written their PID file: they are waited for, to be watched from then on. */
async function startDaemon(daemon: WantedDaemon, ns: string | undefined): Promise<void> {
  for (const { pid } of findProcesses(daemon.program, daemon.configFile)) await endProcess(pid);
  await run(inNetns(ns, daemon.argv), { timeoutMs: 10_000 });
  for (let count = 0; count < 100; count++) {
    if (processesOf(daemon).length > 0) return;
    await sleep(20);
  }
  throw new Error(`${daemon.program} ended right after its start: see the log of the node`);
}

/** Content of a file, or undefined where there is none. */
export function readText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
