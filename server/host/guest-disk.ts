// Disks of instances: a tmpfs (overlayfs wants one on top inside a container) over an unpacked image.
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readMountPoints } from './guest-netns.ts';
import { run } from './run.ts';

/** Makes an instance's disk of at most `sizeMb` where it is missing. */
export async function ensureGuestDisk(folder: string, sizeMb: number): Promise<void> {
  const disk = join(folder, 'disk');
  if ((await readMountPoints()).has(disk)) return;
  await mkdir(disk, { recursive: true });
  await run(['mount', '-t', 'tmpfs', '-o', `size=${sizeMb}m,mode=755`, 'tmpfs', disk]);
}

/** Throws an instance's disk away. */
export async function removeGuestDisk(folder: string): Promise<void> {
  const disk = join(folder, 'disk');
  if ((await readMountPoints()).has(disk)) await run(['umount', '-l', disk]);
}

/** True where the image of this checksum is unpacked in the cache; one that came with the node is linked into it. */
export async function findBase(
  cache: string,
  supplied: string,
  checksum: string,
): Promise<string | undefined> {
  const base = join(cache, checksum);
  if (existsSync(base)) return base;
  const own = join(supplied, checksum);
  if (!existsSync(own)) return undefined;
  await mkdir(cache, { recursive: true });
  await symlink(own, base).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  return base;
}

/** Unpacks a root file system archive into the cache. */
export async function addBase(cache: string, checksum: string, archive: Buffer): Promise<string> {
  const base = join(cache, checksum);
  const file = `${base}.part`;
  const folder = `${base}.unpacking`;
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    await writeFile(file, archive);
    await run(['tar', '-xf', file, '-C', folder], { timeoutMs: 120_000 });
    await rename(folder, base);
  } finally {
    await rm(file, { force: true });
    await rm(folder, { recursive: true, force: true });
  }
  return base;
}
