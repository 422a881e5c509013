// One terminal process and the browsers looking at it. The process outlives them all: output is kept for replay, one
// viewer owns the size, and the owner's pace holds the process back when it floods the screen.
import type { TerminalProcess } from './deps.ts';
import { createReplayBuffer } from './replay-buffer.ts';
import type { TerminalMessage, TerminalRequest } from './types.ts';

/** Bytes sent to a viewer beyond what it has drawn. */
const windowBytes = 128 * 1024;
const frameBytes = 32 * 1024;

/** A browser's side: how messages and output reach it. */
export interface Viewer {
  /** Chosen by the browser tab; a viewer that comes again takes the place of its older connection. */
  id: string;
  send(message: TerminalMessage): void;
  sendOutput(offset: number, bytes: Buffer): void;
  /** Replaced by a newer connection of the same viewer, or the terminal has ended. */
  drop(): void;
}

interface Attached {
  viewer: Viewer;
  sent: number;
  drawn: number;
}

export interface TerminalSession {
  /** Replays what came after `after` and follows; returns what the viewer may do. */
  attach(viewer: Viewer, after: number): { request(request: TerminalRequest): void; detach(): void };
  /** All that the program wrote before it was joined can be replayed. */
  isWhole: Promise<void>;
  /** Ends the program; whoever looks at it reads the reason, where there is one. */
  close(reason?: string): void;
  /** Drops the viewers and lets go of the program, which goes on. */
  leave(): void;
}

/** Follows a program until it ends; `onEnd` is called once. */
export function createTerminalSession(options: {
  process: TerminalProcess;
  onEnd: () => void;
  replayBytes?: number;
}): TerminalSession {
  const { process: stream } = options;
  const buffer = createReplayBuffer(options.replayBytes, stream.start);
  const attached = new Map<string, Attached>();
  const size = { columns: stream.columns, rows: stream.rows };
  const whole = Promise.withResolvers<void>();
  if (stream.start === stream.end) whole.resolve();
  let owner: string | undefined;
  let isPaused = false;
  let isEnded = false;

  const pump = (to: Attached) => {
    if (to.sent < buffer.start()) {
      to.sent = to.drawn = buffer.firstLine();
      to.viewer.send({ type: 'gap', offset: to.sent });
    }
    while (to.sent < buffer.end() && to.sent - to.drawn < windowBytes) {
      const bytes = buffer.read(to.sent, frameBytes);
      to.viewer.sendOutput(to.sent, bytes);
      to.sent += bytes.length;
    }
  };

  // Only the owner holds the process back: a watcher on a slow line gets a gap instead.
  const pace = () => {
    const slowest = owner === undefined ? undefined : attached.get(owner);
    const isBehind = slowest !== undefined && buffer.end() - slowest.drawn > windowBytes;
    if (isBehind === isPaused || isEnded) return;
    isPaused = isBehind;
    if (isPaused) stream.pause();
    else stream.resume();
  };

  const tellSize = (viewers: Viewer[]) => {
    for (const viewer of viewers) viewer.send({ type: 'size', isOwner: viewer.id === owner, ...size });
  };
  const allViewers = () => [...attached.values()].map(({ viewer }) => viewer);
  const giveSizeTo = (id: string | undefined) => {
    owner = id;
    tellSize(allViewers());
    pace();
  };

  stream.onOutput((bytes, offset = buffer.end()) => {
    if (offset !== buffer.end()) buffer.skipTo(offset);
    buffer.append(bytes);
    if (buffer.end() >= stream.end) whole.resolve();
    for (const to of attached.values()) pump(to);
    pace();
  });
  const end = (reason: string) => {
    if (isEnded) return;
    isEnded = true;
    whole.resolve();
    for (const { viewer } of attached.values()) {
      viewer.send({ type: 'ended', reason });
      viewer.drop();
    }
    attached.clear();
    options.onEnd();
  };
  stream.onEnd(end);

  const handle = (to: Attached, request: TerminalRequest) => {
    if (isEnded || attached.get(to.viewer.id) !== to) return;
    switch (request.type) {
      case 'input':
        return stream.write(request.data);
      case 'acknowledge':
        to.drawn = Math.min(Math.max(to.drawn, request.offset), to.sent);
        pump(to);
        return pace();
      case 'own-size':
        return giveSizeTo(to.viewer.id);
      case 'resize':
        if (owner !== to.viewer.id) return;
        size.columns = request.columns;
        size.rows = request.rows;
        stream.resize(size.columns, size.rows);
        return tellSize(allViewers().filter(({ id }) => id !== owner));
    }
  };

  return {
    attach(viewer, after) {
      attached.get(viewer.id)?.viewer.drop();
      const isKnown = after >= buffer.start() && after <= buffer.end();
      const offset = isKnown ? after : buffer.firstLine();
      const to: Attached = { viewer, sent: offset, drawn: offset };
      attached.set(viewer.id, to);
      if (owner === undefined || !attached.has(owner)) owner = viewer.id;
      viewer.send({
        type: 'opened',
        offset,
        replayUntil: buffer.end(),
        isOwner: owner === viewer.id,
        ...size,
      });
      pump(to);
      pace();
      return {
        request: (request) => handle(to, request),
        detach() {
          if (attached.get(viewer.id) !== to) return;
          attached.delete(viewer.id);
          if (owner === viewer.id) giveSizeTo([...attached.keys()].at(-1));
        },
      };
    },
    isWhole: whole.promise,
    close(reason) {
      if (reason !== undefined) end(reason);
      stream.close();
    },
    leave() {
      isEnded = true;
      for (const { viewer } of attached.values()) viewer.drop();
      attached.clear();
      stream.leave();
    },
  };
}
