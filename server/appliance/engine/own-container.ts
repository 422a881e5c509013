// Where the appliance itself runs in a container of the engine it uses. Ports that the engine publishes on its machine's
// loopback are not to be reached from there; the networks of the labs are, once that container is a member of them.
import { readFile } from 'node:fs/promises';
import type Docker from 'dockerode';
import { asking, EngineRefused } from './failures.ts';

/** The engine mounts files of its own for a container into it; their path names the container. */
export const containerIn = (mountinfo: string): string | undefined =>
  /\/containers\/([0-9a-f]{64})\/(?:hostname|hosts|resolv\.conf)\s/.exec(mountinfo)?.[1];

/** Id of the container this program runs in, if it is one of this engine and has a network of its own. */
export async function findOwnContainer(docker: Docker): Promise<string | undefined> {
  const id = containerIn(await readFile('/proc/self/mountinfo', 'utf8').catch(() => ''));
  if (id === undefined) return undefined;
  const found = await docker
    .getContainer(id)
    .inspect()
    .catch(() => undefined);
  return found === undefined || found.HostConfig.NetworkMode === 'host' ? undefined : id;
}

/** Makes a container a member of a network; nothing happens where it is one, or where either is gone. */
export async function joinNetwork(docker: Docker, network: string, container: string): Promise<void> {
  try {
    await asking(
      `Joining the network ${network}`,
      docker.getNetwork(network).connect({ Container: container }),
    );
  } catch (error) {
    const isMember = error instanceof EngineRefused && /already exists/.test(error.message);
    const isGone = error instanceof EngineRefused && error.status === 404;
    if (!isMember && !isGone) throw error;
  }
}
