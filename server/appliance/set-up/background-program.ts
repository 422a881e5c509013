// A program that goes on without us, unless we end it.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface BackgroundProgram {
  program: string;
  argv: string[];
  /** Takes what it prints; made with mode 0600. */
  logFile: string;
}

const endsWithinMs = 15_000;

/** Starts it as a process of its own; answers with how to end it and wait for that, at most 15 s. */
export function startInBackground({ program, argv, logFile }: BackgroundProgram): () => Promise<void> {
  const log = openSync(logFile, 'a', 0o600);
  const child = spawn(program, argv, { detached: true, stdio: ['ignore', log, log], cwd: '/' });
  closeSync(log);
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve()); // shows as a program that does not answer
  });
  child.unref();
  return async () => {
    // otherwise nothing keeps this process alive until the other one has ended
    child.ref();
    child.kill('SIGTERM');
    await Promise.race([ended, delay(endsWithinMs, undefined, { ref: false })]);
  };
}
