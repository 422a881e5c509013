// When each lab's folder was last proven whole on this machine; a folder that changed since then is not proven.
import { join } from 'node:path';
import { z } from 'zod';
import { jsonFile } from '../../lib/json-file.ts';
import { entriesHash, readFolder } from '../set-up/content-hash.ts';

const schema = z.record(z.string(), z.strictObject({ hash: z.string(), provenAt: z.iso.datetime() }));

export interface ProofsFile {
  /** Notes that the lab was proven as its folder was when it had this hash. */
  record: (lab: string, hash: string) => Promise<void>;
  /** ISO time of the last proof of a lab's folder as it is now, or undefined. */
  provenAt: (lab: string, folder: string) => Promise<string | undefined>;
}

/** The proofs noted in `stateFolder`; a damaged file is set aside, `log` is told, and nothing counts as proven. */
export function openProofs(stateFolder: string, log: { error(message: string): void }): ProofsFile {
  const file = jsonFile({
    path: join(stateFolder, 'proofs.json'),
    parse: (value) => schema.parse(value),
    onDamaged: (message) => log.error(message),
  });
  let last: Promise<void> = Promise.resolve();
  return {
    record: (lab, hash) => {
      // one after the other: labs proven side by side share the file
      const done = last.then(async () => {
        const provenAt = new Date().toISOString();
        await file.write({ ...(await file.read()), [lab]: { hash, provenAt } });
      });
      last = done.catch(() => undefined);
      return done;
    },
    provenAt: async (lab, folder) => {
      const proof = (await file.read())?.[lab];
      return proof !== undefined && proof.hash === (await labHash(folder)) ? proof.provenAt : undefined;
    },
  };
}

/** The hash of everything in a lab's folder; editors' own files do not count. */
export async function labHash(folder: string): Promise<string> {
  return entriesHash(await readFolder(folder, (path) => /(^|\/)(\.|#)|(~|\.swp)$/.test(path)));
}
