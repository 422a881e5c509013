// The page's copy of the console state, fed by the one events socket.
import { createContext, useContext, useSyncExternalStore } from 'react';
import type { ConsoleEvent, LabState } from '../../../server/appliance/http/types.ts';
import { isSignedOut } from '../api.ts';
import { applyEvent, type NumberedState } from './apply-event.ts';
import { openSocket, socketAddress, type Connection } from './reconnecting-socket.ts';

export interface ConsoleView {
  /** Undefined until the first snapshot. */
  labs: LabState[] | undefined;
  /** Who is signed in; undefined until the first snapshot. */
  learner: string | undefined;
  /** Labs that stand ready, by entry, as last pushed. */
  warm: Record<string, number> | undefined;
  connection: Connection;
  isSignedOut: boolean;
}

export interface ConsoleStore {
  read(): ConsoleView;
  subscribe(listener: () => void): () => void;
  retry(): void;
}

export function createConsoleStore(): ConsoleStore {
  const listeners = new Set<() => void>();
  let numbered: NumberedState | undefined;
  let view: ConsoleView = {
    labs: undefined,
    learner: undefined,
    warm: undefined,
    connection: { state: 'connecting' },
    isSignedOut: false,
  };
  const set = (part: Partial<ConsoleView>) => {
    view = { ...view, ...part };
    for (const listener of listeners) listener();
  };

  const socket = openSocket({
    address: () => socketAddress('/api/events'),
    onMessage(data) {
      try {
        numbered = applyEvent(numbered, JSON.parse(String(data)) as ConsoleEvent);
        const { labs, learner, warm } = numbered.state;
        set({ labs, learner, warm, isSignedOut: false });
      } catch {
        numbered = undefined;
        socket.restart();
      }
    },
    onConnection(connection) {
      set({ connection });
      // A refused WebSocket does not tell why; a plain request does.
      if (connection.state === 'waiting') void isSignedOut().then((is) => set({ isSignedOut: is }));
    },
  });

  return {
    read: () => view,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    retry: () => socket.retry(),
  };
}

const StoreContext = createContext<ConsoleStore | undefined>(undefined);
export const StoreProvider = StoreContext.Provider;

export function useStore(): ConsoleStore {
  const store = useContext(StoreContext);
  if (store === undefined) throw new Error('the page is drawn outside its store');
  return store;
}

export function useConsole(): ConsoleView {
  const store = useStore();
  return useSyncExternalStore(store.subscribe, store.read);
}
