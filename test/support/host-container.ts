// The throwaway container that test/host runs in: real Open vSwitch, iptables, namespaces, and nothing of this machine.
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import Docker from 'dockerode';
import { root } from './sources.ts';

const imageFolder = join(root, 'test/support/host-image');
/** On everything that a test run leaves with an engine; its value is the kind of test. */
export const testLabel = 'patchbay.dev/test';
/** Where the folder of the JSON report is found inside the container. */
const reportMount = '/run/test-report';

/** Builds the image where this Dockerfile's one is missing, and returns its name. */
export async function ensureHostImage(docker: Docker, say: (line: string) => void): Promise<string> {
  const content = readFileSync(join(imageFolder, 'Dockerfile'));
  const name = `patchbay-test-host:${createHash('sha256').update(content).digest('hex').slice(0, 12)}`;
  const found = await docker.listImages({ filters: { reference: [name] } });
  if (found.length > 0) return name;
  say(`building ${name}`);
  const stream = await docker.buildImage(
    { context: imageFolder, src: ['Dockerfile'] },
    { t: name, labels: { [testLabel]: 'host' }, rm: true },
  );
  await new Promise<void>((resolve, reject) => {
    const lastLines: string[] = [];
    docker.modem.followProgress(
      stream,
      (error) => (error ? reject(new Error(`${error.message}\n${lastLines.join('')}`)) : resolve()),
      ({ stream: text }: { stream?: string }) => {
        if (text !== undefined) lastLines.push(text);
        if (lastLines.length > 30) lastLines.shift();
      },
    );
  });
  return name;
}

export interface HostRun {
  /** Program and words, run with the repository as working folder. */
  argv: string[];
  env?: Record<string, string>;
  /** File on this machine that the program may write as `reportPath(file)`. */
  reportFile?: string | undefined;
  output: NodeJS.WritableStream;
}

/** Path inside the container of a report file of this machine. */
export const reportPath = (file: string) => join(reportMount, file.slice(dirname(file).length + 1));

/**
 * Runs one command in a container with a node's capabilities, without a network, the repository read-only at its own path.
 * Resolves with the exit code; the container is gone then, also after `signal`.
 */
export async function runInHostContainer(
  docker: Docker,
  image: string,
  { argv, env = {}, reportFile, output }: HostRun,
  signal?: AbortSignal,
): Promise<number> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: argv,
    Env: Object.entries(env).map(([name, value]) => `${name}=${value}`),
    WorkingDir: root,
    Labels: { [testLabel]: 'host' },
    Tty: false,
    HostConfig: {
      NetworkMode: 'none',
      CapAdd: ['NET_ADMIN', 'SYS_ADMIN', 'SYS_PTRACE', 'NET_RAW', 'NET_BROADCAST'],
      SecurityOpt: ['seccomp=unconfined', 'apparmor=unconfined'],
      // What `systempaths=unconfined` says on the command line: /proc/sys can be written.
      MaskedPaths: [],
      ReadonlyPaths: [],
      Devices: [{ PathOnHost: '/dev/net/tun', PathInContainer: '/dev/net/tun', CgroupPermissions: 'rwm' }],
      Binds: [
        `${root}:${root}:ro`,
        ...(reportFile === undefined ? [] : [`${dirname(reportFile)}:${reportMount}`]),
      ],
      Memory: 2 * 1024 ** 3,
      PidsLimit: 2048,
    },
  });
  const remove = () => container.remove({ force: true, v: true }).catch(() => undefined);
  try {
    const stream = await container.attach({ stream: true, stdout: true, stderr: true });
    container.modem.demuxStream(stream, output, output);
    const ended = new Promise((resolve) => stream.on('end', resolve).on('close', resolve));
    signal?.addEventListener('abort', () => void remove());
    await container.start();
    const { StatusCode } = (await container.wait()) as { StatusCode: number };
    await ended;
    return StatusCode;
  } finally {
    await remove();
  }
}
