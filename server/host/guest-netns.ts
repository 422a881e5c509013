// Network namespaces of instances. They are kept as files of their own, so that `ip netns` lists Neutron's only.
import { mkdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { run } from './run.ts';

/** Mount points of this mount namespace. */
export async function readMountPoints(): Promise<Set<string>> {
  const text = await readFile('/proc/self/mountinfo', 'utf8');
  return new Set(text.split('\n').map((line) => line.split(' ')[4] ?? ''));
}

/** Creates the namespace that `file` stands for, where it is missing. */
export async function ensureGuestNetns(file: string): Promise<void> {
  if ((await readMountPoints()).has(file)) return;
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, '');
  await run(['unshare', `--net=${file}`, 'true']);
}

/** Lets go of the namespace: it ends, devices in it too, with its last process. Nothing to do where it is gone. */
export async function removeGuestNetns(file: string): Promise<void> {
  if ((await readMountPoints()).has(file)) await run(['umount', file]);
  await rm(file, { force: true });
}

/** The kernel's number of the namespace behind a file, undefined where there is none. */
export async function netnsInode(file: string): Promise<number | undefined> {
  try {
    return (await stat(file)).ino;
  } catch {
    return undefined;
  }
}

/** The argv that runs `argv` in the namespace of `file`. */
export const inGuestNetns = (file: string, argv: readonly string[]): string[] => [
  'nsenter',
  `--net=${file}`,
  ...argv,
];
