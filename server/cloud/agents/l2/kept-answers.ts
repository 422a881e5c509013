// Answers of the server by key, kept until news make them stale; an old answer serves while the server is away.

export interface KeptAnswers<T> {
  /** True where the key is known or being asked for: then its answer is stale. */
  expire(key: string): boolean;
  expireAll(): void;
  /** Asks for those of `keys` that are stale or new, in one question, and forgets all other keys. */
  refresh(keys: readonly string[]): Promise<void>;
  readonly values: ReadonlyMap<string, T>;
}

/** `ask` answers for all keys that it is given; a key without an answer is not kept, and asked for again next time. */
export function keepAnswers<T>(ask: (keys: string[]) => Promise<ReadonlyMap<string, T>>): KeptAnswers<T> {
  const values = new Map<string, T>();
  const stale = new Set<string>();
  const asking = new Set<string>();
  return {
    values,
    expire: (key) => {
      const isKnown = values.has(key) || asking.has(key);
      if (isKnown) stale.add(key);
      return isKnown;
    },
    expireAll: () => {
      for (const key of values.keys()) stale.add(key);
    },
    refresh: async (keys) => {
      const wanted = new Set(keys);
      for (const key of [...values.keys(), ...stale])
        if (!wanted.has(key)) {
          values.delete(key);
          stale.delete(key);
        }
      const asked = [...wanted].filter((key) => stale.has(key) || !values.has(key));
      if (asked.length === 0) return;
      // News that come while the server answers make the answer stale again.
      for (const key of asked) {
        stale.delete(key);
        asking.add(key);
      }
      try {
        const answers = await ask(asked);
        for (const key of asked)
          if (answers.has(key)) values.set(key, answers.get(key)!);
          else values.delete(key);
      } catch (error) {
        for (const key of asked) stale.add(key);
        throw error;
      } finally {
        for (const key of asked) asking.delete(key);
      }
    },
  };
}
