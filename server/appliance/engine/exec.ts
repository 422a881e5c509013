// Commands inside a container: run to their end, or kept on a terminal.
import { randomUUID } from 'node:crypto';
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { asking, EngineRefused } from './failures.ts';
import type { ExecOptions, ExecResult, Terminal } from './types.ts';

/** What every program in a container gets of its environment. */
export const environment = (env: Record<string, string> = {}) =>
  Object.entries({ HOME: '/root', LC_ALL: 'C.UTF-8', ...env }).map(([name, value]) => `${name}=${value}`);

/**
 * Splits the engine's stream: frames of an 8-byte head (kind, length) and the bytes of stdout (1) or stderr (2).
 * Resolves when the stream ends; rejects when the connection breaks before.
 */
function collect(stream: Duplex): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let rest: Buffer = Buffer.alloc(0);
    stream.on('data', (bytes: Buffer) => {
      rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
      while (rest.length >= 8) {
        const end = 8 + rest.readUInt32BE(4);
        if (rest.length < end) break;
        (rest[0] === 2 ? err : out).push(rest.subarray(8, end));
        rest = rest.subarray(end);
      }
    });
    stream.on('end', () =>
      resolve({ stdout: Buffer.concat(out).toString('utf8'), stderr: Buffer.concat(err).toString('utf8') }),
    );
    stream.on('error', reject);
  });
}

/**
 * Runs an argument list in a running container and waits for its end. The command is ended inside the container when
 * its time is up. Throws EngineRefused when the container is gone or cannot run anything; a missing program is code 127.
 */
export async function execIn(
  docker: Docker,
  container: string,
  argv: string[],
  { stdin, timeoutMs = 30_000, env }: ExecOptions = {},
): Promise<ExecResult> {
  const doing = `Running '${argv[0] ?? ''}' in ${container}`;
  const bounded = ['timeout', '--kill-after=1', String(timeoutMs / 1000), ...argv];
  // The command ends itself; this is for an engine or a node that hangs.
  let lost: NodeJS.Timeout | undefined;
  const overdue = new Promise<never>((_, reject) => {
    lost = setTimeout(() => reject(new EngineRefused(doing, 0, 'no answer')), timeoutMs + 5_000);
  });
  const within = <T>(call: Promise<T>) => Promise.race([asking(doing, call), overdue]);
  let stream: Duplex | undefined;
  try {
    const exec = await within(
      docker.getContainer(container).exec({
        Cmd: bounded,
        Env: environment(env),
        AttachStdin: stdin !== undefined,
        AttachStdout: true,
        AttachStderr: true,
      }),
    );
    stream = await within(exec.start({ hijack: true, stdin: stdin !== undefined }));
    if (stdin !== undefined) stream.end(stdin);
    const output = await within(collect(stream));
    const code = (await within(exec.inspect())).ExitCode ?? 137;
    return { ...output, code, isTimedOut: code === 124 };
  } finally {
    clearTimeout(lost);
    stream?.destroy();
  }
}

// An engine lets go of a program whose connection is closed and leaves it running; so a terminal's program notes its
// number, and who closes the terminal hangs it up by that number.
const noting = ['sh', '-c', 'echo $$ >"$0"; exec "$@"'];
const hangingUp = ['sh', '-c', 'kill -HUP "$(cat "$0")"; rm -f "$0"'];

/** Starts an argument list on a TTY of the size given. */
export async function openTerminalIn(
  docker: Docker,
  container: string,
  argv: string[],
  size: { cols: number; rows: number },
  env?: Record<string, string>,
): Promise<Terminal> {
  const doing = `Opening a terminal in ${container}`;
  const note = `/run/terminal-${randomUUID()}`;
  const exec = await asking(
    doing,
    docker.getContainer(container).exec({
      Cmd: [...noting, note, ...argv],
      Env: environment({ TERM: 'xterm-256color', ...env }),
      Tty: true,
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
      WorkingDir: '/root',
    }),
  );
  const stream = await asking(doing, exec.start({ hijack: true, stdin: true, Tty: true }));
  // told as its close; a node may go while somebody types
  stream.on('error', () => stream.destroy());
  const resize = async ({ cols, rows }: { cols: number; rows: number }) => {
    await asking(doing, exec.resize({ w: cols, h: rows }));
  };
  await resize(size).catch(() => undefined); // a program that has ended at once has no size
  let hasEnded = false;
  const end = (argv: string[]) => {
    if (hasEnded) return;
    hasEnded = true;
    // A container that is gone has nothing left to end.
    execIn(docker, container, argv, { timeoutMs: 5_000 }).catch(() => undefined);
    stream.destroy();
  };
  // The program has ended by itself: its number may soon be another's.
  stream.once('end', () => end(['rm', '-f', note]));
  const readExitCode = async () => (await asking(doing, exec.inspect())).ExitCode ?? 137;
  return { stream, resize, close: () => end([...hangingUp, note]), readExitCode };
}
