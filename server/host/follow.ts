// Follows a program that prints lines for as long as it runs (monitors), and starts it again when it ends.
import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface FollowOptions {
  argv: readonly string[];
  onLine(line: string): void;
  /** Called when the program has been started again: something may have been missed. */
  onRestart?(): void;
  /** Why the program ended, once per outage. */
  onEnd?(reason: string): void;
}

const firstWaitMs = 200;
const longestWaitMs = 3000;

/** Starts the program; `stop` ends it and resolves when it is gone. */
export function follow({ argv, onLine, onRestart, onEnd }: FollowOptions): { stop(): Promise<void> } {
  let child: ChildProcess;
  let waitMs = firstWaitMs;
  let timer: NodeJS.Timeout | undefined;
  let stopped = false;
  let ended: Promise<void>;

  function start(isFirst: boolean): void {
    child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['ignore', 'pipe', 'pipe'] });
    let stderr = '';
    let isRunning = false;
    createInterface({ input: child.stdout! }).on('line', (line) => {
      if (!isRunning) waitMs = firstWaitMs;
      isRunning = true;
      if (!stopped) onLine(line);
    });
    child.stderr!.on('data', (chunk: Buffer) => (stderr = `${stderr}${chunk.toString()}`.slice(-2000)));
    child.on('spawn', () => {
      if (!isFirst && !stopped) onRestart?.();
    });
    ended = new Promise((resolve) => {
      const end = (reason: string) => {
        resolve();
        if (stopped || timer !== undefined) return;
        if (isRunning || isFirst) onEnd?.(`${argv[0]}: ${reason} ${stderr.trim()}`.trim());
        timer = setTimeout(() => {
          timer = undefined;
          start(false);
        }, waitMs);
        waitMs = Math.min(waitMs * 2, longestWaitMs);
      };
      child.on('error', (error) => end(error.message));
      child.on('close', (code, signal) => end(signal ? `ended by ${signal}.` : `ended with code ${code}.`));
    });
  }

  start(true);
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      child.kill('SIGTERM');
      await ended;
    },
  };
}
