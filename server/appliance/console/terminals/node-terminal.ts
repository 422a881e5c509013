// Terminals whose programs live in a node and outlive this appliance. The node keeps the newest output with its offsets;
// who joins gets what came after the offset it names, also what was written while nobody listened.
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../../engine/engine.ts';
import type { Pipe } from '../../engine/types.ts';
import type { TerminalProcess } from '../../http/deps.ts';
import { createFrameReader, endFrame, inputFrame, joinFrame, sizeFrame, type NodeFrame } from './frames.ts';

const program = 'node-terminal';
const answerWithinMs = 10_000;
/** Pauses before each try to join again a program whose connection was lost. */
const joinAgainMs = [100, 500, 2_000];

/** One that runs in a node, as it was described when it was opened. */
export interface FoundTerminal {
  id: string;
  about: unknown;
}

interface Wanted {
  id: string;
  argv: string[];
  columns: number;
  rows: number;
  /** Anything that JSON can hold; `listNodeTerminals` gives it back. */
  about: unknown;
}

/** Starts a program on a terminal in a container. Throws what the node or the engine says. */
export function openNodeTerminal(
  engine: Engine,
  container: string,
  wanted: Wanted,
): Promise<TerminalProcess> {
  const { id, argv, columns, rows, about } = wanted;
  const command = [program, 'open', id, String(columns), String(rows), JSON.stringify(about), ...argv];
  return follow(engine, container, id, command);
}

/** Joins a program that runs. Throws when it has ended. */
export const joinNodeTerminal = (engine: Engine, container: string, id: string): Promise<TerminalProcess> =>
  follow(engine, container, id, [program, 'join', id]);

/** What runs in a container; nothing in one that was made before nodes kept terminals. */
export async function listNodeTerminals(engine: Engine, container: string): Promise<FoundTerminal[]> {
  const listed = await engine.exec(container, [program, 'list'], { timeoutMs: 5_000 });
  if (listed.code === 126 || listed.code === 127) return [];
  if (listed.code !== 0) throw new Error(`${container} lists no terminals: ${listed.stderr.trim()}`);
  return listed.stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const space = line.indexOf(' ');
      return { id: line.slice(0, space), about: JSON.parse(line.slice(space + 1)) as unknown };
    });
}

type Hello = NodeFrame & { kind: 'hello' };

/** Runs `command`, joins after an offset and waits for the node's answer. */
async function join(
  engine: Engine,
  container: string,
  command: string[],
  after: number,
  listeners: { onFrame: (frame: NodeFrame) => void; onEnd: () => void },
): Promise<{ pipe: Pipe; hello: Hello }> {
  const pipe = await engine.openPipe(container, command, { TERM: 'xterm-256color' });
  const { promise, resolve, reject } = Promise.withResolvers<Hello>();
  const late = setTimeout(() => reject(new Error(`${container} does not answer`)), answerWithinMs);
  let isJoined = false;
  pipe.onData(
    createFrameReader((frame) => {
      if (frame.kind !== 'hello') return listeners.onFrame(frame);
      isJoined = true;
      resolve(frame);
    }),
  );
  pipe.onEnd((complaint) => {
    if (isJoined) return listeners.onEnd();
    reject(new Error(complaint === '' ? `${container} has closed the connection` : complaint));
  });
  pipe.write(joinFrame(after));
  try {
    return { pipe, hello: await promise };
  } catch (error) {
    pipe.close();
    throw error;
  } finally {
    clearTimeout(late);
  }
}

async function follow(
  engine: Engine,
  container: string,
  id: string,
  command: string[],
): Promise<TerminalProcess> {
  let tellOutput: ((bytes: Buffer, offset: number) => void) | undefined;
  let tellEnd: ((reason: string) => void) | undefined;
  const early: NodeFrame[] = [];
  let pipe: Pipe | undefined;
  let received = 0;
  let isOver = false;
  let isHeld = false;
  /** Frames for a program that is being joined again. */
  let unsent: Buffer[] = [];

  const end = (reason: string) => {
    if (isOver) return;
    isOver = true;
    pipe?.close();
    tellEnd?.(reason);
  };
  const onFrame = (frame: NodeFrame) => {
    // Nobody listens before the caller has the terminal in hand.
    if (tellOutput === undefined || tellEnd === undefined) return void early.push(frame);
    if (frame.kind === 'exit')
      return end(frame.code === 0 ? 'its program has ended' : `exit code ${frame.code}`);
    if (frame.kind !== 'output') return;
    received = frame.offset + frame.bytes.length;
    tellOutput(frame.bytes, frame.offset);
  };
  const hearEarly = () => {
    for (const frame of early.splice(0)) onFrame(frame);
  };
  const onLost = () => {
    pipe = undefined;
    if (!isOver) void joinAgain();
  };
  const joinAgain = async () => {
    for (const pause of joinAgainMs) {
      await delay(pause);
      if (isOver) return;
      const joined = await join(engine, container, [program, 'join', id], received, {
        onFrame,
        onEnd: onLost,
      }).catch(() => undefined);
      if (joined === undefined) continue;
      pipe = joined.pipe;
      if (isHeld) pipe.pause();
      for (const frame of unsent.splice(0)) pipe.write(frame);
      return;
    }
    end('the connection to its node is lost');
  };
  const send = (frame: Buffer) => {
    if (isOver) return;
    if (pipe === undefined) unsent.push(frame);
    else pipe.write(frame);
  };

  const joined = await join(engine, container, command, 0, { onFrame, onEnd: onLost });
  pipe = joined.pipe;
  const { hello } = joined;
  return {
    start: hello.from,
    end: hello.end,
    columns: hello.columns,
    rows: hello.rows,
    onOutput(listener) {
      tellOutput = listener;
      hearEarly();
    },
    onEnd(listener) {
      tellEnd = listener;
      hearEarly();
    },
    write: (data) => send(inputFrame(data)),
    resize: (columns, rows) => send(sizeFrame(columns, rows)),
    pause() {
      isHeld = true;
      pipe?.pause();
    },
    resume() {
      isHeld = false;
      pipe?.resume();
    },
    leave() {
      isOver = true;
      unsent = [];
      pipe?.close();
    },
    close() {
      send(endFrame());
      // The node answers with the program's end; one that hangs is let go.
      setTimeout(() => end('it was closed'), 3_000).unref();
    },
  };
}
