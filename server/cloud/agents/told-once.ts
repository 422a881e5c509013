// Tells the server once of each port that an agent has made ready. A memory of what was said, never of what is.

export interface ToldOnce {
  /** Tells what was not told before; throws when the server did not take it, so that the pass is repeated. */
  tell(key: string, portIds: readonly string[]): Promise<void>;
  /** A port (or everything of a key) changed: tell again. */
  forget(key: string, portId?: string): void;
  forgetAll(): void;
}

/** `say` hands new ids to the server. */
export function tellOnce(say: (portIds: string[]) => Promise<unknown>): ToldOnce {
  const told = new Map<string, Set<string>>();
  return {
    tell: async (key, portIds) => {
      const before = told.get(key) ?? new Set();
      const fresh = portIds.filter((id) => !before.has(id));
      const now = new Set(portIds.filter((id) => before.has(id)));
      if (portIds.length === 0) told.delete(key);
      else told.set(key, now);
      if (fresh.length === 0) return;
      await say(fresh);
      for (const id of fresh) now.add(id);
    },
    forget: (key, portId) => {
      if (portId === undefined) told.delete(key);
      else told.get(key)?.delete(portId);
    },
    forgetAll: () => told.clear(),
  };
}
