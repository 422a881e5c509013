// Starts a process that outlives the daemon: own session and process group, no shared pipes. For dnsmasq, haproxy, guests.
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { CommandFailed } from './run.ts';

export interface DetachedOptions {
  /** File that both outputs are appended to; without it they are thrown away. */
  logFile?: string;
  env?: Record<string, string>;
  cwd?: string;
}

export interface DetachedProcess {
  pid: number;
  /** Resolves with the exit code (-1 after a signal) if the process ends while this daemon still runs. */
  exited: Promise<number>;
}

/** Starts `argv` in a session of its own and resolves once it runs; rejects with {@link CommandFailed} if it cannot. */
export function spawnDetached(
  argv: readonly string[],
  options: DetachedOptions = {},
): Promise<DetachedProcess> {
  if (options.logFile !== undefined) mkdirSync(dirname(options.logFile), { recursive: true });
  const output = options.logFile === undefined ? 'ignore' : openSync(options.logFile, 'a', 0o640);
  return new Promise((resolve, reject) => {
    const child = spawn(argv[0] ?? '', argv.slice(1), {
      detached: true,
      stdio: ['ignore', output, output],
      env: options.env ? { ...process.env, ...options.env } : process.env,
      cwd: options.cwd ?? '/',
    });
    if (typeof output === 'number') closeSync(output);
    child.unref();
    const exited = new Promise<number>((end) => child.on('exit', (code) => end(code ?? -1)));
    child.on('error', (error) => reject(new CommandFailed(argv, 127, error.message)));
    child.on('spawn', () => resolve({ pid: child.pid!, exited }));
  });
}
