// Many askers, one reader: whoever asks while a read is under way shares the next one, so that nobody gets an answer that is
// older than the question.

/** `read` runs once at a time; the returned function resolves with a read that began after it was called. */
export function shareReads<T>(read: () => Promise<T>): () => Promise<T> {
  let running: Promise<unknown> = Promise.resolve();
  let next: Promise<T> | undefined;
  return () => {
    if (next !== undefined) return next;
    const begun = running
      .catch(() => undefined)
      .then(() => {
        next = undefined;
        return read();
      });
    running = next = begun;
    return begun;
  };
}
