// A container with clients that others wrote, beside a cloud's node `outside`: it has that node's addresses, so that it
// reaches the APIs by the names of the catalog and floating IPs over the external network.
import { packTar } from '../../../server/appliance/engine/tar.ts';
import type { Engine } from '../../../server/appliance/engine/engine.ts';
import type { ExecOptions, ExecResult } from '../../../server/appliance/engine/types.ts';
import { readOpenrc } from '../../../server/appliance/labs/host-region.ts';
import { containerName, kindLabel, labLabel, nodeLabel } from '../../../server/appliance/labs/names.ts';

export interface ClientContainer {
  /** Of an administrator: the variables of the controller's own openrc file. */
  credentials: Record<string, string>;
  /** Runs an argument list with these credentials. */
  run(argv: string[], options?: ExecOptions): Promise<ExecResult>;
  /** Writes a file, by its absolute path. */
  write(path: string, text: string): Promise<void>;
  /** Runs an argument list and hears what it writes until it ends; answers with the end of its complaints. */
  follow(argv: string[], options: { onData: (bytes: Buffer) => void; signal: AbortSignal }): Promise<string>;
}

const node = 'client';
const MiB = 2 ** 20;

/** Starts it, or finds the one that the lab has. It goes with the lab. */
export async function startClient(engine: Engine, lab: string, image: string): Promise<ClientContainer> {
  const name = containerName(lab, node);
  const credentials = await readOpenrc(engine, lab, 'admin');
  const existing = await engine.listContainers(`${labLabel}=${lab}`, `${nodeLabel}=${node}`);
  if (existing.length === 0) {
    await engine.createBeside({
      ...{ name, image, beside: containerName(lab, 'outside') },
      labels: { [labLabel]: lab, [nodeLabel]: node, [kindLabel]: node },
      capabilities: ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'SETUID', 'SETGID', 'KILL', 'NET_RAW'],
      ...{ memoryBytes: 1536 * MiB, pids: 512 },
    });
    await engine.startContainer(name);
  }
  return {
    credentials,
    run: (argv, options = {}) =>
      engine.exec(name, argv, { ...options, env: { ...credentials, ...options.env } }),
    write: async (path, text) => {
      await engine.putFiles(name, packTar([{ path: path.slice(1), content: text }]));
    },
    follow: async (argv, { onData, signal }) => {
      const pipe = await engine.openPipe(name, argv, { PYTHONUNBUFFERED: '1', ...credentials });
      const stop = () => pipe.close();
      signal.addEventListener('abort', stop);
      pipe.onData(onData);
      return new Promise((resolve) => {
        pipe.onEnd((complaint) => {
          signal.removeEventListener('abort', stop);
          resolve(complaint);
        });
      });
    },
  };
}
