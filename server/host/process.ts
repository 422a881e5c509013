// Long-lived processes that are nobody's children any more (dnsmasq, haproxy), found again in the process table.
import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

export interface FoundProcess {
  pid: number;
  argv: string[];
  /** Number of the network namespace it lives in. */
  netns: number;
}

/** One process, or undefined where it is gone, a zombie or not readable. */
export function readProcess(pid: number): FoundProcess | undefined {
  try {
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
    if (argv.length === 0) return undefined;
    return { pid, argv, netns: Number(/\d+/.exec(readlinkSync(`/proc/${pid}/ns/net`))?.[0]) };
  } catch {
    return undefined;
  }
}

/** The number of a named namespace, comparable to `FoundProcess.netns`; of our own without a name. Undefined: no such name. */
export function netnsNumber(ns?: string): number | undefined {
  return statSync(ns === undefined ? '/proc/self/ns/net' : `/run/netns/${ns}`, { throwIfNoEntry: false })
    ?.ino;
}

/**
 * Every process of `program` with a word that contains `mark` (the path of a file of its own).
 * The PID file is asked first; a lost or stale one costs a look through the process table.
 */
export function findProcesses(program: string, mark: string, pidFile?: string): FoundProcess[] {
  const matches = (process: FoundProcess | undefined): process is FoundProcess =>
    process !== undefined &&
    process.argv[0]!.split('/').at(-1) === program &&
    process.argv.some((word) => word.includes(mark));
  const noted = pidFile === undefined ? undefined : readProcess(readPid(pidFile) ?? 0);
  if (matches(noted)) return [noted];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readProcess(Number(name)))
    .filter(matches);
}

/** The number in a PID file, or undefined. */
export function readPid(pidFile: string): number | undefined {
  try {
    const pid = Number(readFileSync(pidFile, 'utf8').trim());
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  } catch {
    return undefined;
  }
}

/** Sends a signal; false where the process is gone. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Ends a process politely, after two seconds by force; resolves when it is gone. */
export async function endProcess(pid: number): Promise<void> {
  for (const [name, tries] of [
    ['SIGTERM', 100],
    ['SIGKILL', 50],
  ] as const) {
    if (!signal(pid, name)) return;
    for (let count = 0; count < tries; count++) {
      if (readProcess(pid) === undefined) return;
      await sleep(20);
    }
  }
  throw new Error(`Process ${pid} does not end`);
}

/**
 * Looks every `intervalMs` whether the processes told to it still live, and calls `onGone` once for each that does not.
 * They are not our children, so nobody tells; a look costs one signal 0 each.
 */
export function watchProcesses(onGone: (key: string) => void, intervalMs = 1500): ProcessWatch {
  const watched = new Map<string, number[]>();
  const timer = setInterval(() => {
    for (const [key, pids] of watched)
      if (pids.some((pid) => !signal(pid, 0))) {
        watched.delete(key);
        onGone(key);
      }
  }, intervalMs);
  return {
    set: (key, pids) => {
      if (pids.length === 0) watched.delete(key);
      else watched.set(key, pids);
    },
    stop: () => clearInterval(timer),
  };
}

export interface ProcessWatch {
  /** Watches these processes for a key, in place of the earlier ones. */
  set(key: string, pids: number[]): void;
  stop(): void;
}
