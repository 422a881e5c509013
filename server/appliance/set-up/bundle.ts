// The cloud as files for the nodes: one module per role and what they share, made from server/main.ts.
import { join } from 'node:path';
import { build } from 'esbuild';
import type { TarEntry } from '../engine/tar.ts';
import { folders } from './folders.ts';

/** Some libraries still call require(); a module has to make its own. */
const banner = `import { createRequire as __createRequire } from 'node:module';
const require = __createRequire(import.meta.url);`;

/** Bundles the cloud into build/cloud and answers with its files, sorted by path. Throws with esbuild's messages. */
export async function bundleCloud(): Promise<TarEntry[]> {
  const { outputFiles } = await build({
    // Names of modules are written relative to it; the caller's own would give each folder another image.
    absWorkingDir: folders.root,
    entryPoints: { main: join(folders.server, 'main.ts') },
    outdir: join(folders.build, 'cloud'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node24',
    banner: { js: banner },
    // The appliance stays on the host.
    external: ['./appliance/*'],
    chunkNames: 'chunks/[name]-[hash]',
    write: false,
    logLevel: 'silent',
    legalComments: 'none',
  });
  const outdir = join(folders.build, 'cloud');
  // Without it Node would first try to read every file as CommonJS.
  const manifest = { path: 'package.json', content: Buffer.from('{"type":"module"}\n'), mode: 0o644 };
  const files = outputFiles.map(({ path, contents }) => ({
    path: path.slice(outdir.length + 1),
    content: Buffer.from(contents),
    mode: 0o644,
  }));
  return [manifest, ...files].sort((one, other) => (one.path < other.path ? -1 : 1));
}
