// The Debian that all images start from: pulled where a registry answers, else made from Debian's own packages.
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Engine } from '../engine/engine.ts';
import { ensurePackages } from './packages.ts';
import { runProgram } from './run-program.ts';

export const debianImage = 'debian:bookworm-slim';

/** The package source this machine uses, so that the image uses it too; undefined leaves the choice to debootstrap. */
async function readMirror(): Promise<string | undefined> {
  const files = ['/etc/apt/sources.list', '/etc/apt/sources.list.d/debian.sources'];
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => '')));
  const line = /^deb\s+(?:\[[^\]]*\]\s+)?(https?:\S+debian\/?)\s/m.exec(texts.join('\n'));
  const uri = /^URIs:\s*(https?:\S+debian\/?)\s*$/m.exec(texts.join('\n'));
  return line?.[1] ?? uri?.[1];
}

async function debootstrap(engine: Engine, say: (text: string) => void): Promise<void> {
  await ensurePackages(['debootstrap'], say);
  const folder = await mkdtemp(join(tmpdir(), 'patchbay-debian-'));
  try {
    say('No registry answers: making the base image from Debian packages (half a minute)');
    const mirror = await readMirror();
    const argv = [
      'debootstrap',
      '--variant=minbase',
      '--include=ca-certificates',
      'bookworm',
      folder,
      ...(mirror === undefined ? [] : [mirror]),
    ];
    await runProgram(argv, { timeoutMs: 600_000 });
    const tar = spawn('tar', ['--numeric-owner', '-C', folder, '-c', '.'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    await engine.importImage(debianImage, tar.stdout);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Makes sure that the base image is there. */
export async function ensureBaseImage(engine: Engine, say: (text: string) => void): Promise<void> {
  if (await engine.hasImage(debianImage)) return;
  say(`Getting ${debianImage}`);
  try {
    await engine.pullImage(debianImage);
  } catch (error) {
    if (process.platform !== 'linux' || process.getuid?.() !== 0) throw error;
    await debootstrap(engine, say);
  }
}
