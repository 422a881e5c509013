// The processes of an instance: one process namespace, whose first process is its init.
import { readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { watchFolder } from './folder-watch.ts';
import { inGuestNetns, netnsInode } from './guest-netns.ts';
import { spawnDetached } from './spawn-detached.ts';

export interface GuestStart {
  /** The instance's folder; gets `guest.pid` and `console.log`. */
  folder: string;
  /** The unpacked image below its disk. */
  base: string;
  netns: string;
  hostname: string;
}

/** An instance that was started has not come up in time. */
export class GuestSlow extends Error {
  override name = 'GuestSlow';
}

const startPatienceMs = 5000;
const bootProgram = '/usr/lib/nova/guest-boot';

/** Starts an instance; resolves when its init runs, with a promise of its end. */
export async function startGuest(start: GuestStart): Promise<{ exited: Promise<number> }> {
  const { folder, base, netns, hostname } = start;
  await rm(join(folder, 'guest.pid'), { force: true });
  const appeared = fileAppears(folder, 'guest.pid');
  const namespaces = ['unshare', '--mount', '--pid', '--uts', '--ipc', '--fork'];
  const { exited } = await spawnDetached(
    inGuestNetns(netns, [...namespaces, bootProgram, folder, base, hostname]),
    { logFile: join(folder, 'console.log') },
  );
  const failed = exited.then((code) => {
    throw new Error(`the instance ended with code ${code} while starting; see ${folder}/console.log`);
  });
  failed.catch(() => undefined);
  await Promise.race([appeared.done, failed]).finally(appeared.cancel);
  return { exited };
}

/** Resolves when a file of this name is made in the folder; rejects after a while. */
function fileAppears(folder: string, name: string): { done: Promise<void>; cancel(): void } {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const onChange = (file: string | null) => {
    if (file === name) resolve();
  };
  const watcher = watchFolder(folder, onChange, reject);
  const timer = setTimeout(
    () => reject(new GuestSlow(`the instance did not start within ${startPatienceMs} ms`)),
    startPatienceMs,
  );
  promise.catch(() => undefined);
  return {
    done: promise,
    cancel: () => {
      clearTimeout(timer);
      watcher.close();
    },
  };
}

/** The init of an instance, as this node numbers it. */
export interface GuestProcess {
  pid: number;
  isFrozen: boolean;
}

/** The running init of the folder's instance; a number that now belongs to somebody else is not taken for it. */
export async function readGuest(folder: string, netns: string): Promise<GuestProcess | undefined> {
  try {
    const pid = Number(await readFile(join(folder, 'guest.pid'), 'utf8'));
    const [inode, own] = await Promise.all([netnsInode(netns), netnsInode(`/proc/${pid}/ns/net`)]);
    if (inode === undefined || inode !== own) return undefined;
    const status = await readFile(`/proc/${pid}/stat`, 'utf8');
    const state = status.slice(status.lastIndexOf(')') + 2)[0];
    return state === 'Z' || state === 'X' ? undefined : { pid, isFrozen: state === 'T' };
  } catch {
    return undefined;
  }
}

/** Ends every process of an instance and waits until they are gone. */
export async function killGuest({ pid }: Pick<GuestProcess, 'pid'>): Promise<void> {
  signal(pid, 'SIGKILL');
  for (let waitedMs = 0; waitedMs < 5000; waitedMs += 10) {
    const state = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (state === undefined || /\) [ZX]/.test(state)) return;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  throw new Error(`process ${pid} does not end`);
}

/** Ends whatever runs in a network namespace: what is left of an instance that was not brought back wholly. */
export async function killGuestsIn(netns: string): Promise<void> {
  const inode = await netnsInode(netns);
  for (const entry of await readdir('/proc'))
    if (/^\d+$/.test(entry) && inode !== undefined && (await netnsInode(`/proc/${entry}/ns/net`)) === inode)
      await killGuest({ pid: Number(entry) });
}

/** Resolves when an instance ends that is nobody's child here. Its exit code is not to be had. */
export function watchGuest({ pid }: Pick<GuestProcess, 'pid'>): Promise<number> {
  const started = spawnDetached(['tail', `--pid=${pid}`, '--follow', '/dev/null']);
  return started.then(({ exited }) => exited);
}

/** Stops all processes of an instance where they are, or lets them go on. */
export async function setGuestFrozen({ pid }: Pick<GuestProcess, 'pid'>, frozen: boolean): Promise<void> {
  const space = await readlink(`/proc/${pid}/ns/pid`);
  // Twice: a process may have been forked while the first round went on.
  for (let round = 0; round < 2; round++)
    for (const entry of await readdir('/proc'))
      if (/^\d+$/.test(entry) && (await pidSpaceOf(entry)) === space)
        signal(Number(entry), frozen ? 'SIGSTOP' : 'SIGCONT');
}

const pidSpaceOf = (pid: string) => readlink(`/proc/${pid}/ns/pid`).catch(() => undefined);

function signal(pid: number, name: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
  try {
    process.kill(pid, name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}
