// The console's pages: built from web/ when its sources have changed since.
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { contentHash, entriesHash, readFolder } from './content-hash.ts';
import { folders } from './folders.ts';

const stampFile = join(folders.build, 'web.stamp');

/** Makes sure that web/dist fits the sources. Throws with the compiler's words. */
export async function ensureWebPages(say: (text: string) => void): Promise<void> {
  const sources = await readFolder(folders.web, (path) => path.startsWith('dist/'));
  const lock = await readFile(join(folders.root, 'package-lock.json'));
  const types = await readFile(join(folders.server, 'appliance', 'http', 'types.ts'));
  const hash = contentHash([entriesHash(sources), lock, types]);
  const built = await readFile(stampFile, 'utf8').catch(() => '');
  if (built === hash && existsSync(join(folders.webBuilt, 'index.html'))) return;
  say("Building the console's pages");
  await buildPages();
  await mkdir(folders.build, { recursive: true });
  await writeFile(stampFile, hash);
}

/** As they are delivered: with React's production code, whatever the environment of this process is for. */
async function buildPages(): Promise<void> {
  const { build } = await import('vite'); // slow to load, seldom needed
  const { NODE_ENV: before } = process.env;
  process.env.NODE_ENV = 'production';
  try {
    await build({ root: folders.web, logLevel: 'error' });
  } finally {
    if (before === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = before;
  }
}
