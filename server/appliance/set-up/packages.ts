// Debian packages of the host, installed where that is ours to do: as root, on Debian and Ubuntu.
import { existsSync, readFileSync } from 'node:fs';
import { runProgram } from './run-program.ts';

/** Debian or Ubuntu, or made from them. */
export function isDebianLike(): boolean {
  if (!existsSync('/etc/os-release')) return false;
  return /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8'));
}

export const mayInstall = (): boolean => isDebianLike() && process.getuid?.() === 0;

async function isInstalled(name: string): Promise<boolean> {
  const status = await runProgram(['dpkg-query', '-W', '-f', '${Status}', name], { timeoutMs: 10_000 }).catch(
    () => '',
  );
  return status.endsWith(' installed');
}

/** Installs what is missing of some packages. Throws where that is not possible, naming the command to type. */
export async function ensurePackages(names: string[], say: (text: string) => void): Promise<void> {
  const found = await Promise.all(names.map(async (name) => ((await isInstalled(name)) ? '' : name)));
  const missing = found.filter((name) => name !== '');
  if (missing.length === 0) return;
  if (!mayInstall())
    throw new Error(
      `Missing: ${missing.join(', ')}. Install with: sudo apt-get install ${missing.join(' ')}`,
    );
  say(`Installing ${missing.join(', ')}`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['apt-get', 'install', '-y', '--no-install-recommends', ...missing];
  try {
    await runProgram(install, { timeoutMs: 600_000, env });
  } catch {
    // The lists are missing or old.
    await runProgram(['apt-get', 'update'], { timeoutMs: 300_000, env });
    await runProgram(install, { timeoutMs: 600_000, env });
  }
}
