// A second container engine on this machine, with remapped user namespaces: root in its containers is nobody here.
import { spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, openSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import { runProgram } from '../../server/appliance/set-up/run-program.ts';

export interface SecondEngine extends AsyncDisposable {
  engine: Engine;
  host: string;
  /** Puts an argument list into the engine's network, where its published ports are. */
  inItsNetwork(argv: string[]): string[];
  /** Copies images from this machine's own engine. */
  copyImages(names: string[]): Promise<void>;
}

const tunDevice = '/dev/net/tun';
const containerdSockets = ['/var/run/docker/containerd/containerd.sock', '/run/containerd/containerd.sock'];

async function connectSoon(host: string): Promise<Engine> {
  for (let tries = 0; ; tries++) {
    try {
      return await connectEngine({ DOCKER_HOST: host });
    } catch (error) {
      if (tries > 150) throw error;
      await delay(200);
    }
  }
}

const ended = (child: ChildProcess) =>
  new Promise<number>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });

/** Starts the engine in a network namespace of its own, so that it leaves the first one's networks alone. */
export async function startRemappedEngine(): Promise<SecondEngine> {
  const name = `patchbay-test-${process.pid}`;
  const folder = mkdtempSync('/var/lib/patchbay-test-');
  chmodSync(folder, 0o711); // the remapped root has to get through
  const host = `unix://${join(folder, 'docker.sock')}`;
  const inItsNetwork = (argv: string[]) => ['nsenter', `--net=/run/netns/${name}`, ...argv];
  // Ordinary machines have it open to all, as the engine's remapped root needs it.
  const tunMode = statSync(tunDevice).mode & 0o777;
  chmodSync(tunDevice, 0o666);
  await runProgram(['ip', 'netns', 'add', name], { timeoutMs: 5_000 });
  await runProgram(inItsNetwork(['ip', 'link', 'set', 'lo', 'up']), { timeoutMs: 5_000 });
  const log = openSync(join(folder, 'log'), 'a');
  const [program = '', ...argv] = inItsNetwork([
    'dockerd',
    '--userns-remap=default',
    `--host=${host}`,
    ...[
      '--data-root',
      join(folder, 'data'),
      '--exec-root',
      join(folder, 'exec'),
      '--pidfile',
      join(folder, 'pid'),
    ],
    ...['--containerd', containerdSockets.find((path) => existsSync(path)) ?? ''],
    ...['--containerd-namespace', name, '--containerd-plugins-namespace', `${name}-plugins`],
  ]);
  const child = spawn(program, argv, { stdio: ['ignore', log, log] });
  const exit = ended(child);
  const dispose = async () => {
    child.kill('SIGTERM');
    await exit;
    await runProgram(['ip', 'netns', 'del', name], { timeoutMs: 5_000 });
    rmSync(folder, { recursive: true, force: true });
    chmodSync(tunDevice, tunMode);
  };
  try {
    const engine = await connectSoon(host);
    const copyImages = async (names: string[]) => {
      const save = spawn('docker', ['save', ...names], { stdio: ['ignore', 'pipe', 'inherit'] });
      const load = spawn('docker', ['--host', host, 'load', '--quiet'], {
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      save.stdout.pipe(load.stdin);
      const codes = await Promise.all([ended(save), ended(load)]);
      if (codes.some((code) => code !== 0))
        throw new Error(`Images could not be copied: codes ${codes.join(', ')}`);
    };
    return { engine, host, inItsNetwork, copyImages, [Symbol.asyncDispose]: dispose };
  } catch (error) {
    const said = readFileSync(join(folder, 'log'), 'utf8').split('\n').slice(-10).join('\n');
    await dispose();
    throw new Error(`The second engine did not start:\n${said}`, { cause: error });
  }
}
