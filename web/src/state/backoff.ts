// How long to wait before connecting again: twice as long each time, never above the limit, spread at random so that a
// class of browsers does not come back all at once.
const firstMs = 250;
const longestMs = 5000;

/** @param failures connections lost or refused since the last one that worked, from 1 */
export function backoffMs(failures: number, random: () => number = Math.random): number {
  const wait = Math.min(longestMs, firstMs * 2 ** Math.min(failures - 1, 10));
  return Math.round(wait * (0.75 + random() * 0.25));
}
