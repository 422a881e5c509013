// Ends of containers, told once the engine's listing agrees: who is told looks there at once.
import { setTimeout as delay } from 'node:timers/promises';
import type Docker from 'dockerode';
import type { ContainerEvent } from './types.ts';

/**
 * Docker tells of an end before it has taken the container's networks away, and lists it as running until then: half a
 * second where five end at once. What is still listed so after ten seconds is told as it is.
 */
const listedWithinMs = 10_000;
const askAgainMs = 50;

async function isListedAsRunning(docker: Docker, name: string): Promise<boolean> {
  const found = await docker.listContainers({ all: true, filters: { name: [`^/${name}$`] } });
  return found.some(({ State }) => State === 'running' || State === 'paused');
}

/** Until the listing shows the end, something newer is known of the container, or the engine does not answer. */
async function untilListed(docker: Docker, name: string, end: { isOutdated: boolean }): Promise<void> {
  const until = Date.now() + listedWithinMs;
  while (!end.isOutdated && Date.now() < until) {
    const late = delay(listedWithinMs, false, { ref: false });
    if (!(await Promise.race([isListedAsRunning(docker, name), late]).catch(() => false))) return;
    await delay(askAgainMs);
  }
}

interface End {
  isOutdated: boolean;
  told: Promise<void>;
}

/** Hands events on to `listener`: an end when it is listed, what follows of the same container after it. */
export function whenListed(
  docker: Docker,
  listener: (event: ContainerEvent) => void,
): (event: ContainerEvent) => void {
  const ends = new Map<string, End>();
  return (event) => {
    const { name, action } = event;
    const before = ends.get(name);
    if (action === 'die') {
      const end: End = { isOutdated: false, told: Promise.resolve() };
      end.told = untilListed(docker, name, end).then(() => {
        if (ends.get(name) === end) ends.delete(name);
        listener(event);
      });
      ends.set(name, end);
    } else if (before !== undefined && /^(start|destroy)$/.test(action)) {
      before.isOutdated = true;
      void before.told.then(() => listener(event));
    } else listener(event);
  };
}
