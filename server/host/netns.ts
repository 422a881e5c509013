// Named network namespaces (`ip netns`).
import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { changeIp, ipBatch, type IpArgs } from './ip.ts';

const folder = '/run/netns';

/**
 * Names of the namespaces that exist, sorted. A file that nothing is mounted on, as a node that died and came back has them,
 * is none.
 */
export async function listNetns(): Promise<string[]> {
  try {
    const [names, { dev }] = await Promise.all([readdir(folder), stat(folder)]);
    const exists = await Promise.all(names.map((ns) => isMounted(ns, dev)));
    return names.filter((_, index) => exists[index]).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** A namespace is mounted from a file system of the kernel's own, not from that of the folder. */
const isMounted = (ns: string, folderDevice: number): Promise<boolean> =>
  stat(join(folder, ns)).then(
    ({ dev }) => dev !== folderDevice,
    () => false,
  );

/** Creates the namespace where it is missing. */
export async function addNetns(ns: string): Promise<void> {
  const { dev } = await stat(folder).catch(() => ({ dev: -1 }));
  if (await isMounted(ns, dev)) return;
  await rm(join(folder, ns), { force: true });
  await changeIp(['netns', 'add', ns], undefined, /File exists/);
}

export const loopbackUpArgs: IpArgs = ['link', 'set', 'dev', 'lo', 'up'];

/** Creates the namespace where it is missing and brings its loopback device up. */
export async function ensureNetns(ns: string): Promise<void> {
  await addNetns(ns);
  await ipBatch([loopbackUpArgs], ns);
}

/** Removes the namespace; devices in it that are not physical go with it, processes in it stay. */
export async function removeNetns(ns: string): Promise<void> {
  await changeIp(['netns', 'delete', ns], undefined, /No such file/);
}

/** The argv that runs `argv` inside `ns`, or `argv` itself without one. */
export const inNetns = (ns: string | undefined, argv: readonly string[]): string[] =>
  ns === undefined ? [...argv] : ['ip', 'netns', 'exec', ns, ...argv];
