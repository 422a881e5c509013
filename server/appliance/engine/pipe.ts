// A command inside a container that is talked with over its stdin and stdout, for as long as both sides like.
import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { environment } from './exec.ts';
import { asking } from './failures.ts';
import type { Pipe } from './types.ts';

const longestComplaint = 2_000;

/** Starts an argument list with its stdin and stdout as a pipe; its end is told to `onEnd`, not thrown. */
export async function openPipeIn(
  docker: Docker,
  container: string,
  argv: string[],
  env?: Record<string, string>,
): Promise<Pipe> {
  const doing = `Running '${argv[0] ?? ''}' in ${container}`;
  const exec = await asking(
    doing,
    docker.getContainer(container).exec({
      Cmd: argv,
      Env: environment(env),
      AttachStdin: true,
      AttachStdout: true,
      AttachStderr: true,
    }),
  );
  const stream = await asking(doing, exec.start({ hijack: true, stdin: true }));
  stream.on('error', () => stream.destroy());
  let complaint = '';
  let onStderr: (text: string) => void = () => undefined;
  const onError = (text: string) => {
    complaint = (complaint + text).slice(-longestComplaint);
    onStderr(text);
  };
  return {
    onData: (listener) => splitStream(stream, listener, onError),
    onStderr: (listener) => void (onStderr = listener),
    onEnd: (listener) => void stream.once('close', () => listener(complaint.trim())),
    write: (bytes) => stream.write(bytes),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    close: () => void stream.destroy(),
  };
}

/** The engine's stream: frames of an 8-byte head (kind, length) and the bytes of stdout (1) or stderr (2). */
function splitStream(stream: Duplex, onOut: (bytes: Buffer) => void, onError: (text: string) => void): void {
  let rest: Buffer = Buffer.alloc(0);
  stream.on('end', () => stream.destroy());
  stream.on('data', (bytes: Buffer) => {
    rest = rest.length === 0 ? bytes : Buffer.concat([rest, bytes]);
    while (rest.length >= 8) {
      const end = 8 + rest.readUInt32BE(4);
      if (rest.length < end) return;
      if (rest[0] === 2) onError(rest.subarray(8, end).toString('utf8'));
      else onOut(rest.subarray(8, end));
      rest = rest.subarray(end);
    }
  });
}
