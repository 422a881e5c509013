// Labs that wait for room: first come, first served, each told its place and why it waits.
import type { QueuePlace } from '../http/types.ts';
import {
  fitsAlone,
  reasonToWait,
  tooSmall,
  type Limits,
  type Load,
  type Needs,
  type Room,
} from '../labs/needs.ts';

export interface LineParts {
  /** The machine and the labs that run, as they are now. */
  readLoad(): Promise<{ room: Room; running: Needs[] }>;
  limits: Limits;
  /** Gives up something that is not needed (a warm lab); false when there is nothing left to give. */
  giveBack(): Promise<boolean>;
  log: { error(message: string): void };
  /** Milliseconds after which room is looked for again: no machine tells when memory comes free. */
  lookAgainMs?: number;
}

export interface WaitRequest {
  needs: Needs;
  /** It had room until now: it goes before those that have none yet. */
  isFirst: boolean;
  signal: AbortSignal;
  /** Told its place whenever that changes, and undefined once it may start. Not called when it need not wait. */
  onPlace(place: QueuePlace | undefined): void;
}

export interface Line {
  /** Resolves when the lab may start, with what to call when its start is over. Rejects with the signal's reason. */
  enter(request: WaitRequest): Promise<() => void>;
  /** Looks for room now. */
  look(): void;
  /** Nobody waits and nothing starts. */
  isQuiet(): boolean;
  /** Needs of what is starting. */
  starting(): Needs[];
  close(): void;
}

interface Waiting extends WaitRequest {
  begin(): void;
  refuse(reason: Error): void;
  told: string;
}

/** @param onQuiet called when the last one that waited or started is through */
export function createLine(parts: LineParts, onQuiet: () => void = () => undefined): Line {
  const waiting: Waiting[] = [];
  const starting = new Set<Needs>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  let isStale = false;

  const leave = (one: Waiting) => {
    const at = waiting.indexOf(one);
    if (at >= 0) waiting.splice(at, 1);
    look();
  };
  const tell = (load: Load, room: Room) => {
    waiting.forEach((one, index) => {
      const own = reasonToWait(one.needs, room, load, parts.limits);
      const before = index === 0 ? '' : `${index === 1 ? 'One lab waits' : `${index} labs wait`} before it. `;
      const reason = `${before}${own?.text ?? 'Then there is room for it.'}`;
      const place = { position: index + 1, length: waiting.length, reason };
      const text = JSON.stringify(place);
      if (one.told === text) return;
      one.told = text;
      one.onPlace(place);
    });
  };
  /** Lets in who can be let in; true when somebody is left. */
  const lookOnce = async (): Promise<boolean> => {
    while (waiting.length > 0) {
      const { room, running } = await parts.readLoad();
      const [next] = waiting;
      if (next === undefined) return false;
      if (!fitsAlone(next.needs, room)) {
        waiting.shift();
        next.refuse(new Error(`This machine is too small for it. ${tooSmall(next.needs, room)}`));
        continue;
      }
      const load = { running, starting: [...starting] };
      const reason = reasonToWait(next.needs, room, load, parts.limits);
      if (reason === undefined) {
        waiting.shift();
        next.begin();
        continue;
      }
      const isRoomShort = reason.about === 'memory' || reason.about === 'processor';
      if (isRoomShort && (await parts.giveBack())) continue;
      tell(load, room);
      return true;
    }
    return false;
  };
  const look = () => {
    isStale = true;
    if (isLooking) return;
    isLooking = true;
    clearTimeout(timer);
    const run = async () => {
      let isAnyLeft = false;
      while (isStale) {
        isStale = false;
        isAnyLeft = await lookOnce();
      }
      return isAnyLeft;
    };
    run()
      .catch((error: unknown) => {
        parts.log.error(`The room for labs cannot be looked at: ${String(error)}`);
        return waiting.length > 0;
      })
      .then((isAnyLeft) => {
        isLooking = false;
        if (isStale) return look();
        if (isAnyLeft) timer = setTimeout(look, parts.lookAgainMs ?? 1_000);
        else if (starting.size === 0) onQuiet();
      })
      .catch(() => undefined);
  };

  return {
    enter(request) {
      const { promise, resolve, reject } = Promise.withResolvers<() => void>();
      const { needs, isFirst, signal } = request;
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      const abort = () => {
        reject(signal.reason as Error);
        leave(one);
      };
      const one: Waiting = {
        ...request,
        told: '',
        begin() {
          signal.removeEventListener('abort', abort);
          // Counted by identity: two labs may need the same.
          const own = { ...needs };
          starting.add(own);
          if (one.told !== '') one.onPlace(undefined);
          resolve(() => {
            if (starting.delete(own)) look();
          });
        },
        refuse: reject,
      };
      signal.addEventListener('abort', abort, { once: true });
      if (isFirst) waiting.unshift(one);
      else waiting.push(one);
      look();
      return promise;
    },
    look,
    isQuiet: () => waiting.length === 0 && starting.size === 0,
    starting: () => [...starting],
    close() {
      clearTimeout(timer);
      for (const one of waiting.splice(0)) one.refuse(new Error('The appliance is stopping.'));
    },
  };
}
