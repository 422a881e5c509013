// Starts and kills the process of store-server.ts.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { root } from './sources.ts';

export interface StoreProcess {
  /** Of its API. */
  url: string;
  /** As `kill -9` does. */
  kill(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

/** Starts a Networking server on a database; rejects with what it said when it ends before it listens. */
export async function startStoreProcess(databaseUrl: string): Promise<StoreProcess> {
  const child = spawn(process.execPath, [join(root, 'test/support/store-server.ts'), databaseUrl], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (data: Buffer) => (said += data.toString()));
  const exited = once(child, 'exit');
  const kill = async () => {
    child.kill('SIGKILL');
    await exited;
  };
  const url = await new Promise<string>((resolve, reject) => {
    let out = '';
    child.stdout.on('data', (data: Buffer) => {
      out += data.toString();
      if (out.includes('\n')) resolve(out.trim());
    });
    void exited.then(() => reject(new Error(`The server ended: ${said}`)));
  });
  return { url, kill, [Symbol.asyncDispose]: kill };
}
