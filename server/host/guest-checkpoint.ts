// An instance that runs, written down as files by CRIU and brought back from them: processes, memory, open files, connections.
// The network namespace is not CRIU's: it is made beforehand on either host (see guest-network-state.ts).
import { mkdir, readFile, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { netnsInode, readMountPoints } from './guest-netns.ts';
import { run } from './run.ts';

const program = ['unshare', '--mount', '/usr/lib/nova/criu'];
/** Where the program has the network namespace open. */
const netnsFd = 3;
const patienceMs = 30_000;

/** What guest-boot mounts into an instance from its node: path inside to what is there on the node. */
const mountsOf = (folder: string): [name: string, inside: string, outside: string][] => [
  ...['null', 'zero', 'full', 'random', 'urandom', 'tty'].map((name): [string, string, string] => [
    name,
    `/dev/${name}`,
    `/dev/${name}`,
  ]),
  ...['kcore', 'keys', 'timer_list', 'kallsyms', 'kmsg'].map((name): [string, string, string] => [
    name,
    `/proc/${name}`,
    '/dev/null',
  ]),
  ['console', '/dev/console', join(folder, 'console.log')],
  ...(existsSync(join(folder, 'config-drive'))
    ? [['config-2', '/run/config-2', join(folder, 'config-drive')] as [string, string, string]]
    : []),
];

const common = ['--tcp-established', '--manage-cgroups=ignore', '--leave-stopped', '-v1'];

/**
 * Writes an instance down in `folder`/checkpoint. Its processes are stopped from then on, as by SIGSTOP; where this fails they
 * go on. Nothing may reach its interfaces meanwhile: connections are neither closed nor answered for.
 */
export async function dumpGuest(guest: { folder: string; netns: string; pid: number }): Promise<void> {
  const { folder, netns, pid } = guest;
  const images = join(folder, 'checkpoint');
  await rm(images, { recursive: true, force: true });
  await mkdir(images);
  const externals = [
    `net[${await netnsInode(netns)}]:guest`,
    ...mountsOf(folder).map(([name, inside]) => `mnt[${inside}]:${name}`),
  ];
  await criu('dump', { images, netns }, [
    ...['--tree', String(pid), ...common, '--network-lock', 'skip'],
    ...externals.flatMap((one) => ['--external', one]),
  ]);
  // Clocks of its own would need the right to set those of the host: it goes on with the clocks of the host it comes to.
  await rm(join(images, 'timens-0.img'), { force: true });
}

/** Brings an instance back, stopped, in a network namespace that is ready for it; writes `folder`/guest.pid at the end. */
export async function restoreGuest(guest: { folder: string; netns: string; base: string }): Promise<void> {
  const { folder, netns, base } = guest;
  const root = join(folder, 'root');
  await Promise.all([mkdir(root, { recursive: true }), rm(join(folder, 'guest.pid'), { force: true })]);
  await mkdir(join(folder, 'disk/work'), { recursive: true });
  const layers = `lowerdir=${base},upperdir=${folder}/disk/upper,workdir=${folder}/disk/work`;
  await unmountRoot(root);
  await run(['mount', '-t', 'overlay', 'overlay', '-o', layers, root]);
  try {
    const externals = mountsOf(folder).map(([name, , outside]) => `mnt[${name}]:${outside}`);
    await criu('restore', { images: join(folder, 'checkpoint'), netns }, [
      ...['--restore-detached', '--pidfile', join(folder, 'guest.pid'), '--root', root, ...common],
      ...['--inherit-fd', `fd[${netnsFd}]:guest`],
      ...externals.flatMap((one) => ['--external', one]),
    ]);
  } finally {
    // its processes have a mount of their own
    await unmountRoot(root);
  }
}

async function unmountRoot(root: string): Promise<void> {
  if ((await readMountPoints()).has(root)) await run(['umount', '-l', root]);
}

/** Lets CRIU learn what the kernel can, which takes it as long as all the rest. It keeps that until the node ends. */
export async function prepareCheckpoints(netns: string): Promise<void> {
  await run([...program, netns, 'check'], { timeoutMs: patienceMs, okCodes: [0, 1, 127] });
}

/** Runs CRIU; what it failed of is told in the error. */
async function criu(
  verb: string,
  { images, netns }: { images: string; netns: string },
  args: readonly string[],
): Promise<void> {
  const log = `${verb}.log`;
  try {
    await run([...program, netns, verb, '--images-dir', images, '--log-file', log, ...args], {
      timeoutMs: patienceMs,
    });
  } catch (error) {
    const text = await readFile(join(images, log), 'utf8').catch(() => '');
    const told = text.split('\n').filter((line) => line.includes('Error') && !line.includes('rlimit:'));
    throw new Error(
      `CRIU could not ${verb} the instance: ${(told.join('; ') || (error as Error).message).slice(0, 1000)}`,
      {
        cause: error,
      },
    );
  }
}
