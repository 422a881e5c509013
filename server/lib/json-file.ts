// One value in one JSON file that outlives the program: whole or as it was before, whenever the program is killed.
import { randomBytes } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';

/** What a killed writer left behind is swept when it is older than any write takes. */
const leftoverAfterMs = 60_000;

export interface JsonFile<T> {
  /** The value, or undefined where there is none; a file that is damaged is set aside and told. */
  read(): Promise<T | undefined>;
  /** Replaces the value; once it resolves, the value is on the disk. Writes keep their order. */
  write(value: T): Promise<void>;
  remove(): Promise<void>;
}

export interface JsonFileOptions<T> {
  path: string;
  /** Throws when what the file holds is not a T. */
  parse: (value: unknown) => T;
  /** Told in one line where a damaged file lies now and what is wrong with it. */
  onDamaged: (message: string) => void;
}

/** A file of this program's own; its folder, made when it is missing, is for its owner only. */
export function jsonFile<T>({ path, parse, onDamaged }: JsonFileOptions<T>): JsonFile<T> {
  const ownTemporary = `${path}.writing-${randomBytes(4).toString('hex')}`;
  let last: Promise<void> = Promise.resolve();
  const inOrder = (change: () => Promise<void>): Promise<void> => {
    const done = last.then(change);
    last = done.catch(() => undefined);
    return done;
  };

  return {
    async read() {
      await last;
      await sweep(path);
      const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
      if (text === undefined) return undefined;
      try {
        return parse(JSON.parse(text));
      } catch (error) {
        const aside = `${path}.damaged-${new Date().toISOString().replaceAll(':', '')}`;
        await rename(path, aside);
        onDamaged(`${path} is damaged and lies now in ${aside}: ${reasonOf(error)}`);
        return undefined;
      }
    },
    async write(value) {
      // as it is now: the caller may go on changing its object
      const text = `${JSON.stringify(value, null, 2)}\n`;
      return inOrder(async () => {
        await mkdir(dirname(path), { recursive: true, mode: 0o700 });
        await writeThrough(ownTemporary, text);
        await rename(ownTemporary, path);
        await syncFolder(dirname(path));
      });
    },
    remove: () => inOrder(() => rm(path, { force: true })),
  };
}

async function writeThrough(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** A rename is on the disk when its folder is. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

async function sweep(path: string): Promise<void> {
  const names = await readdir(dirname(path)).catch(() => []);
  for (const name of names.filter((one) => one.startsWith(`${basename(path)}.writing-`))) {
    const leftover = join(dirname(path), name);
    const written = await stat(leftover).catch(() => undefined);
    if (written !== undefined && Date.now() - written.mtimeMs > leftoverAfterMs)
      await rm(leftover, { force: true });
  }
}

const reasonOf = (error: unknown) =>
  (error instanceof Error ? error.message : String(error)).replace(/\s+/g, ' ');
