// Turns that processes of one machine take: files of tests run in a process each.
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

/**
 * Does `work` while no other process does work of this name. A turn ends with its process at the latest, for it is a name in the
 * kernel that only one can listen at. Throws when it has not come within `withinMs`.
 */
export async function inTurn<Result>(
  name: string,
  withinMs: number,
  work: () => Promise<Result>,
): Promise<Result> {
  const path = `\0patchbay-test-${name}`;
  for (const end = Date.now() + withinMs; ; await delay(200)) {
    const server = createServer();
    const isTaken = await once(server.listen({ path }), 'listening').then(
      () => true,
      (error: NodeJS.ErrnoException) => {
        if (error.code !== 'EADDRINUSE') throw error;
        return false;
      },
    );
    if (isTaken)
      try {
        return await work();
      } finally {
        server.close();
      }
    if (Date.now() > end) throw new Error(`'${name}' had no turn within ${withinMs / 1000} s`);
  }
}
