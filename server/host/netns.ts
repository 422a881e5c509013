// Named network namespaces (`ip netns`).
import { readdir } from 'node:fs/promises';
import { changeIp, ipBatch, type IpArgs } from './ip.ts';

const folder = '/run/netns';

/** Names of the namespaces that exist, sorted. */
export async function listNetns(): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Creates the namespace where it is missing. */
export const addNetns = (ns: string): Promise<void> =>
  changeIp(['netns', 'add', ns], undefined, /File exists/);

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
