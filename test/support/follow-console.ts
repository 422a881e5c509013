// What a page knows of the labs, event by event, for tests that wait for a lab to be as they want it.
import type { ConsoleEvent, ConsoleState, LabState } from '../../server/appliance/http/types.ts';
import { applyEvent, type NumberedState } from '../../web/src/state/apply-event.ts';
import type { ConsoleClient } from './console-client.ts';

export interface FollowedConsole {
  /** Everything the page would know now. */
  state(): ConsoleState;
  /**
   * Waits until a lab is as wanted. Fails with what it is like when three minutes (or `withinMs`) are over, and at once
   * when it breaks, unless it `mayBreak`.
   */
  until(id: string, isWanted: (lab: LabState) => boolean, wait?: Wait): Promise<LabState>;
  /** Waits until a lab is off the page. */
  untilGone(id: string): Promise<void>;
  close(): void;
}

export interface Wait {
  mayBreak?: boolean;
  withinMs?: number;
}

const usualMs = 180_000;
const connectAgainMs = 250;

/** Follows the console's events; as a page does, it connects again when the connection is lost. */
export async function followConsole(client: ConsoleClient): Promise<FollowedConsole> {
  let known: NumberedState | undefined;
  let stop = () => {};
  const looks = new Set<() => void>();
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const connect = () => {
    const socket = client.connect('/api/events');
    let timer: NodeJS.Timeout;
    known = undefined;
    socket.on('message', (text) => {
      try {
        known = applyEvent(known, JSON.parse(String(text)) as ConsoleEvent);
      } catch {
        return socket.terminate(); // an event was lost: a page starts over, too
      }
      for (const look of [...looks]) look();
      resolve();
    });
    socket.on('error', reject);
    socket.on('close', () => void (timer = setTimeout(connect, connectAgainMs).unref()));
    stop = () => {
      socket.removeAllListeners('close').terminate();
      clearTimeout(timer);
    };
  };
  connect();
  await promise;

  /** Answers once `look` does; it throws for what cannot come any more. */
  const waitFor = <T>(
    id: string,
    look: (lab: LabState | undefined) => T | undefined,
    withinMs = usualMs,
  ): Promise<T> =>
    new Promise((done, fail) => {
      const labNow = () => known?.state.labs.find((one) => one.id === id);
      const finish = (act: () => void) => {
        clearTimeout(timer);
        looks.delete(again);
        act();
      };
      const again = () => {
        if (known === undefined) return;
        try {
          const found = look(labNow());
          if (found !== undefined) finish(() => done(found));
        } catch (error) {
          finish(() => fail(error as Error));
        }
      };
      const timer = setTimeout(() => finish(() => fail(notThere(id, labNow()))), withinMs);
      looks.add(again);
      again();
    });

  return {
    state: () => known?.state ?? { learner: '', labs: [] },
    until: (id, isWanted, { mayBreak = false, withinMs } = {}) => {
      const look = (lab: LabState | undefined) => {
        if (lab === undefined || isWanted(lab)) return lab;
        if (lab.phase === 'broken' && !mayBreak) throw notThere(id, lab);
        return undefined;
      };
      return waitFor(id, look, withinMs);
    },
    untilGone: async (id) => void (await waitFor(id, (lab) => lab === undefined || undefined)),
    close: () => stop(),
  };
}

const notThere = (id: string, lab: LabState | undefined) =>
  new Error(`Lab ${id} is ${lab?.phase ?? 'gone'}: ${JSON.stringify(lab?.problem ?? lab?.doing ?? '')}`);
