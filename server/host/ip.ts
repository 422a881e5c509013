// The `ip` command: JSON reads and batches of changes, in the root namespace or (`ns`) in a named one.
import { run } from './run.ts';

/** Words after `ip`; one line of a batch. */
export type IpArgs = string[];

/** Runs `ip -j ARGS` and parses what it prints (an empty output is an empty list). */
export async function readIp<T>(args: IpArgs, ns?: string): Promise<T[]> {
  const { stdout } = await run(['ip', ...inside(ns), '-j', ...args]);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as T[]);
}

/** Runs several reading `ip` commands in one process (with details, `-d`); one list each, in order. */
export async function readIpBatch(lines: readonly IpArgs[], ns?: string): Promise<unknown[][]> {
  const stdin = lines.map((words) => `${words.join(' ')}\n`).join('');
  const { stdout } = await run(['ip', ...inside(ns), '-d', '-j', '-batch', '-'], { stdin });
  return stdout.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as unknown[]]));
}

/** Said of a device that is gone, also of one that went between the look and the change, with the namespace of its peer. */
export const isGone = /Cannot find device|No such device/;

/** Runs one changing `ip` command; messages matching `already` mean that there was nothing to do. */
export async function changeIp(args: IpArgs, ns?: string, already?: RegExp): Promise<void> {
  const { code, stderr } = await run(['ip', ...inside(ns), ...args], { okCodes: already ? [0, 1, 2] : [0] });
  if (code !== 0 && !already!.test(stderr)) throw new Error(`ip ${args.join(' ')}: ${stderr.trim()}`);
}

/**
 * Runs many changing commands in one process; stops at the first that fails, unless `force`.
 * Words must not contain white space.
 */
export async function ipBatch(
  lines: readonly IpArgs[],
  ns?: string,
  options: { force?: boolean } = {},
): Promise<void> {
  if (lines.length === 0) return;
  const argv = ['ip', ...inside(ns), ...(options.force ? ['-force'] : []), '-batch', '-'];
  const stdin = lines.map((words) => `${words.join(' ')}\n`).join('');
  await run(argv, { stdin, okCodes: options.force ? [0, 1] : [0] });
}

const inside = (ns: string | undefined) => (ns === undefined ? [] : ['-n', ns]);
