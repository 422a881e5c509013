// Kernel settings below /proc/sys, of the root namespace (files) or of a named one (one `sysctl` process).
import { readFile, writeFile } from 'node:fs/promises';
import { inNetns } from './netns.ts';
import { run } from './run.ts';

/** Keys are written with slashes, since device names may hold dots: `net/ipv4/conf/qr-1/proxy_arp`; dots work too. */
const pathOf = (key: string) => `/proc/sys/${key.includes('/') ? key : key.replaceAll('.', '/')}`;
const slashed = (key: string) => (key.includes('/') ? key : key.replaceAll('.', '/'));

/** A setting's value, or undefined where the kernel has no such key. */
export async function readSysctl(key: string, ns?: string): Promise<string | undefined> {
  if (ns === undefined) {
    try {
      return (await readFile(pathOf(key), 'utf8')).trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
  const { stdout, code } = await run(inNetns(ns, ['sysctl', '-n', slashed(key)]), { okCodes: [0, 1, 255] });
  return code === 0 ? stdout.trim() : undefined;
}

/** Several settings in one process; undefined for keys the kernel does not have. */
export async function readSysctls(
  keys: readonly string[],
  ns?: string,
): Promise<Record<string, string | undefined>> {
  if (keys.length === 0) return {};
  if (ns === undefined)
    return Object.fromEntries(
      await Promise.all(keys.map(async (key) => [key, await readSysctl(key)] as const)),
    );
  const { stdout } = await run(inNetns(ns, ['sysctl', '-e', ...keys.map(slashed)]), { okCodes: [0, 1, 255] });
  const found = new Map(
    stdout.split('\n').map((line) => {
      const [key = '', value = ''] = line.split(' = ');
      return [slashed(key.trim()), value.trim()] as const;
    }),
  );
  return Object.fromEntries(keys.map((key) => [key, found.get(slashed(key))]));
}

/**
 * Sets several settings; in a named namespace with one process. A read-only /proc/sys is an error that says so; keys that the
 * kernel does not have are passed over.
 */
export async function setSysctls(values: Record<string, string | number>, ns?: string): Promise<void> {
  const entries = Object.entries(values);
  if (entries.length === 0) return;
  if (ns !== undefined) {
    await run(
      inNetns(ns, ['sysctl', '-e', '-q', '-w', ...entries.map(([key, value]) => `${slashed(key)}=${value}`)]),
    );
    return;
  }
  for (const [key, value] of entries)
    await writeFile(pathOf(key), `${value}\n`).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
}
