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
  const { build } = await import('vite'); // slow to load, seldom needed
  await build({ root: folders.web, logLevel: 'error' });
  await mkdir(folders.build, { recursive: true });
  await writeFile(stampFile, hash);
}
