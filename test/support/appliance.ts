// The appliance as a process of its own with its own state, for what must outlive its death.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { folders } from '../../server/appliance/set-up/folders.ts';

export interface Appliance extends AsyncDisposable {
  /** Signs one browser in, once. */
  link: string;
  /** What it said on stderr so far. */
  said(): string;
  /** As a power cut: nothing is closed, nothing is written. */
  kill(): Promise<void>;
}

export interface ApplianceOptions {
  /** Folder of its state; the same one again is the same appliance started again. */
  state: string;
  /** 0, the default, takes a free one; a browser that shall find it again needs a fixed one. */
  port?: number;
  /** More arguments of `patchbay up`. */
  argv?: string[];
}

const startWithinMs = 180_000;

/** Runs `patchbay up` and waits for its link. Throws with its last words when it ends before, or after three minutes. */
export async function startAppliance({ state, port = 0, argv = [] }: ApplianceOptions): Promise<Appliance> {
  const program = [
    join(folders.server, 'main.ts'),
    'patchbay',
    'up',
    '--yes',
    '--port',
    String(port),
    ...argv,
  ];
  const child = spawn(folders.node, program, {
    env: { ...process.env, PATCHBAY_STATE: state },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const link = await linkOf(child, () => said);
  let isEnding = false;
  child.once('exit', (code, signal) => {
    // whoever waits for it would wait in vain without a reason
    if (!isEnding) process.stderr.write(`The appliance ended by itself (${code ?? signal}):\n${said}\n`);
  });
  const stop = (signal: NodeJS.Signals) => {
    isEnding = true;
    return end(child, signal);
  };
  return {
    link,
    said: () => said,
    kill: () => stop('SIGKILL'),
    [Symbol.asyncDispose]: () => stop('SIGTERM'),
  };
}

async function linkOf(child: ChildProcess, said: () => string): Promise<string> {
  let output = '';
  const timer = setTimeout(() => child.kill('SIGKILL'), startWithinMs);
  try {
    return await new Promise((resolve, reject) => {
      child.stdout!.setEncoding('utf8').on('data', (text: string) => {
        output += text;
        const link = /https?:\S+\?token=\S+/.exec(output)?.[0];
        if (link !== undefined) resolve(link);
      });
      child.once('error', reject);
      child.once('exit', () => reject(new Error(`The appliance ended before it gave its link:\n${said()}`)));
    });
  } finally {
    clearTimeout(timer);
  }
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill(signal);
  await ended;
}
