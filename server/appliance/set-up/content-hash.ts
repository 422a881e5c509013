// A name for content: the same files give the same hash, whatever their times and owners.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import type { TarEntry } from '../engine/tar.ts';

/** Twelve hex digits over words and files, in the order given. */
export function contentHash(parts: (string | Buffer)[]): string {
  const hash = createHash('sha256');
  // Each part with its length, so that ['ab', 'c'] and ['a', 'bc'] differ.
  for (const part of parts) hash.update(`${part.length}:`).update(part);
  return hash.digest('hex').slice(0, 12);
}

/** The same for one big file, read piece by piece. */
export async function fileHash(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const piece of createReadStream(path)) hash.update(piece as Buffer);
  return hash.digest('hex').slice(0, 12);
}

const isProgram = (path: string, content: Buffer) =>
  content.subarray(0, 2).toString() === '#!' || path.endsWith('.sh');

/** All files of a folder as archive entries, sorted by path; scripts are executable whatever the checkout says. */
export async function readFolder(
  folder: string,
  skip: (path: string) => boolean = () => false,
): Promise<TarEntry[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = found
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !skip(path))
    .sort();
  return Promise.all(
    paths.map(async (path) => {
      const content = await readFile(join(folder, path));
      return { path, content, mode: isProgram(path, content) ? 0o755 : 0o644 };
    }),
  );
}

/** The hash of archive entries: their paths, modes and contents. */
export const entriesHash = (entries: TarEntry[]): string =>
  contentHash(entries.flatMap(({ path, mode = 0, content = '' }) => [path, String(mode), content]));
