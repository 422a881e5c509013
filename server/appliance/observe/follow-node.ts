// Talks to `node-observe` in one node: asks for a look when it was told that something may have changed, not more often than
// the node can bear, and starts over when the conversation is lost.
import type { Pipe } from '../engine/types.ts';

/** What comes in one burst is looked at once. */
const gatherMs = 150;
/** From the end of a look to the next question: this long, or three times what the look took. */
const leastPauseMs = 350;
/** `ip netns` tells of a namespace when its file is made, a moment before it can be looked at. */
const announcedMs = 800;
const patienceMs = 15_000;
const firstWaitMs = 1_000;
const longestWaitMs = 30_000;

export interface NodeFollowing {
  /** Starts the program in the node; rejects where it cannot be started. */
  converse: () => Promise<Pipe>;
  /** False for an answer that cannot be read: it is asked anew after a pause that grows. */
  onLook: (line: string) => boolean;
  /** The node tells nothing any more; once per outage. */
  onLost: () => void;
}

/** Follows until `stop`; `ask` makes it look although the node told nothing. */
export function followNode({ converse, onLook, onLost }: NodeFollowing): { ask(): void; stop(): void } {
  let talk: Pipe | undefined;
  let isStopped = false;
  let isStale = false;
  let askedAt: number | undefined;
  let quietUntil = 0;
  let waitMs = firstWaitMs;
  let question: NodeJS.Timeout | undefined;
  let patience: NodeJS.Timeout | undefined;
  let restart: NodeJS.Timeout | undefined;
  let announced: NodeJS.Timeout | undefined;

  const askSoon = () => {
    isStale = true;
    if (talk === undefined || askedAt !== undefined || question !== undefined) return;
    question = setTimeout(askNow, Math.max(gatherMs, quietUntil - Date.now()));
  };
  const askNow = () => {
    question = undefined;
    if (talk === undefined) return;
    isStale = false;
    askedAt = Date.now();
    // A node that hangs is asked anew.
    patience = setTimeout(() => talk?.close(), patienceMs);
    talk.write(Buffer.from('look\n'));
  };
  const onLine = (line: string) => {
    clearTimeout(patience);
    const tookMs = Date.now() - (askedAt ?? Date.now());
    quietUntil = Date.now() + Math.max(leastPauseMs, 3 * tookMs);
    askedAt = undefined;
    if (!onLook(line)) return talk?.close();
    waitMs = firstWaitMs;
    if (isStale) askSoon();
  };
  const onAnnounced = () => {
    announced = undefined;
    askSoon();
  };
  const lost = () => {
    clearTimeout(question);
    clearTimeout(patience);
    question = askedAt = undefined;
    if (isStopped) return;
    if (talk !== undefined) onLost();
    talk = undefined;
    restart = setTimeout(() => void start(), waitMs);
    waitMs = Math.min(waitMs * 2, longestWaitMs);
  };
  const start = async () => {
    const started = await converse().catch(() => undefined);
    if (isStopped) return started?.close();
    if (started === undefined) return lost();
    talk = started;
    started.onData(splitLines(onLine));
    started.onStderr((text) => {
      askSoon();
      if (/^add /m.test(text)) announced ??= setTimeout(onAnnounced, announcedMs);
    });
    started.onEnd(lost);
    askSoon();
  };

  void start();
  return {
    ask: askSoon,
    stop() {
      isStopped = true;
      for (const timer of [question, patience, restart, announced]) clearTimeout(timer);
      talk?.close();
    },
  };
}

/** Takes bytes as they come and hands out whole lines; a look may be longer than any piece of it. */
function splitLines(onLine: (line: string) => void): (bytes: Buffer) => void {
  let rest: Buffer[] = [];
  return (bytes) => {
    let from = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, from)) {
      const line = Buffer.concat([...rest, bytes.subarray(from, end)]).toString('utf8');
      rest = [];
      from = end + 1;
      onLine(line);
    }
    if (from < bytes.length) rest.push(bytes.subarray(from));
  };
}
