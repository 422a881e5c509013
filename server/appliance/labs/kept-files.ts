// The files that nodes were given when they were made, kept out of a learner's reach: what a repair puts back.
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile } from '../../lib/json-file.ts';
import type { TarEntry } from '../engine/tar.ts';

const schema = z.record(
  z.string(),
  z.array(z.object({ path: z.string(), content: z.string(), mode: z.int().optional() })),
);

/** Node to its files; paths without the leading slash. */
export type KeptFiles = z.infer<typeof schema>;

export interface FileKeeper {
  /** Remembers a lab's files; they hold its secrets, so the folder is for its owner only. */
  keep(lab: string, files: Record<string, TarEntry[]>): Promise<void>;
  /** Empty where nothing is remembered: another program made the lab. */
  read(lab: string): Promise<KeptFiles>;
  forget(lab: string): Promise<void>;
  /** Forgets all labs but these. */
  sweep(labs: readonly string[]): Promise<void>;
}

export function createFileKeeper(folder: string, log: { error(message: string): void }): FileKeeper {
  const fileOf = (lab: string) =>
    jsonFile({
      path: join(folder, `${lab}.json`),
      parse: (value) => schema.parse(value),
      onDamaged: (message) => log.error(message),
    });
  return {
    keep: (lab, files) =>
      fileOf(lab).write(
        Object.fromEntries(
          Object.entries(files).map(([node, entries]) => [
            node,
            entries.map(({ path, content = '', mode }) => ({
              ...{ path, content: String(content) },
              ...(mode === undefined ? {} : { mode }),
            })),
          ]),
        ),
      ),
    read: async (lab) => (await fileOf(lab).read()) ?? {},
    forget: (lab) => fileOf(lab).remove(),
    async sweep(labs) {
      const names = await readdir(folder).catch(() => [] as string[]);
      const known = names.filter((name) => /^[a-z0-9-]+\.json$/.test(name)).map((name) => name.slice(0, -5));
      await Promise.all(known.filter((lab) => !labs.includes(lab)).map((lab) => fileOf(lab).remove()));
    },
  };
}
