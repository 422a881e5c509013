// The secret that signs the console's links and cookies, kept so that browsers stay signed in when the console restarts.
import { randomBytes } from 'node:crypto';
import { link, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../set-up/folders.ts';

const bytes = 32;

/** The secret of this state folder, made at the first call; `folder` takes a file that only its owner reads. */
export async function consoleSecret(folder: string = folders.state): Promise<Buffer> {
  const file = join(folder, 'console-secret');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // a link appears with its content or not at all: whoever comes second finds a whole secret
  const own = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`;
  await writeFile(own, randomBytes(bytes), { mode: 0o600, flag: 'wx' });
  await link(own, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error;
  });
  await rm(own);
  const secret = await readFile(file);
  if (secret.length !== bytes) throw new Error(`${file} is damaged. Remove it; browsers then sign in anew.`);
  return secret;
}
