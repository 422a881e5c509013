// What goes from host to host of an instance that moves: some of its folder, as one compressed archive in one message.
import { existsSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from './run.ts';

const mostBytes = 64 * 2 ** 20;
const keepAll = ['--xattrs', '--xattrs-include=*'];
const patienceMs = 60_000;

/** Packs what exists of `paths` below an instance's folder. Throws when that is more than 64 MiB. */
export async function packGuest(folder: string, paths: readonly string[]): Promise<Buffer> {
  const archive = join(folder, 'moving.tar.gz');
  try {
    const present = paths.filter((path) => existsSync(join(folder, path)));
    const argv = ['tar', ...keepAll, '--use-compress-program', 'gzip -1', '-cf', archive, '-C', folder];
    await run([...argv, ...present], { timeoutMs: patienceMs });
    const { size } = await stat(archive);
    if (size > mostBytes) throw new Error(`An instance of ${size} bytes is too big to move`);
    return await readFile(archive);
  } finally {
    await rm(archive, { force: true });
  }
}

/** Lays what was packed elsewhere into an instance's folder. */
export async function unpackGuest(folder: string, archive: Buffer): Promise<void> {
  const file = join(folder, 'moving.tar.gz');
  try {
    await writeFile(file, archive);
    await run(['tar', ...keepAll, '-xpzf', file, '-C', folder], { timeoutMs: patienceMs });
  } finally {
    await rm(file, { force: true });
  }
}

/** What of its folder is the disk of an instance: what it wrote over the image. */
export const diskPath = 'disk/upper';
