// What the server last said that it wants, by key. A change on the host is repaired from it, at once and also while the
// server or the message queue is away; a change at the server, and every full pass, asks again.

export interface DesiredCache<Desired> {
  /** The wanted state: from memory unless the key was expired or never fetched. */
  fetch(key: string): Promise<Desired | undefined>;
  /** Always asks the server; without keys for everything that it knows or that was known. */
  fetchMany(keys?: string[]): Promise<Map<string, Desired>>;
  /** What was said last. */
  peek(key: string): Desired | undefined;
  /** The server has news of this key. */
  expire(key: string): void;
}

export interface DesiredSource<Desired> {
  fetchOne(key: string): Promise<Desired | undefined>;
  fetchMany(keys?: string[]): Promise<Map<string, Desired>>;
}

export function cacheDesired<Desired>(source: DesiredSource<Desired>): DesiredCache<Desired> {
  const known = new Map<string, Desired>();
  const expired = new Set<string>();
  /** When a key was last heard of, counted in questions: an older answer that comes later is not kept. */
  const heardAt = new Map<string, number>();
  let questions = 0;

  const keep = (key: string, desired: Desired | undefined, asked: number) => {
    if ((heardAt.get(key) ?? 0) > asked) return;
    if (desired === undefined) {
      known.delete(key);
      heardAt.delete(key);
    } else {
      known.set(key, desired);
      heardAt.set(key, asked);
    }
  };

  return {
    fetch: async (key) => {
      const remembered = known.get(key);
      if (remembered !== undefined && !expired.has(key)) return remembered;
      expired.delete(key);
      const asked = ++questions;
      try {
        const desired = await source.fetchOne(key);
        keep(key, desired, asked);
        return desired;
      } catch (error) {
        expired.add(key);
        throw error;
      }
    },
    fetchMany: async (keys) => {
      const asked = ++questions;
      const found = await source.fetchMany(keys);
      for (const key of keys ?? new Set([...known.keys(), ...found.keys()])) keep(key, found.get(key), asked);
      return found;
    },
    peek: (key) => known.get(key),
    expire: (key) => {
      expired.add(key);
    },
  };
}
