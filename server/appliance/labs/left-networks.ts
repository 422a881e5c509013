// Empty networks that the engine does not let go, because it miscounted their members. Each has a volume for a mark, which
// tells it from the network of a lab that is being made this moment, to every program on the engine.
import type { Engine } from '../engine/engine.ts';
import { leftLabel } from './names.ts';

const markName = (network: string) => `patchbay-left-${network.slice(0, 12)}`;

/** Removes a network by id; false when the engine keeps it and it was marked as left. */
export async function removeOrLeave(engine: Engine, network: string): Promise<boolean> {
  const isRemoved = await engine.removeNetwork(network);
  if (isRemoved) await engine.removeVolume(markName(network));
  else await engine.createVolume(markName(network), { [leftLabel]: network });
  return isRemoved;
}

/** Takes a network that was left for a new lab; false when it was not left: somebody has it. */
export async function takeLeftNetwork(engine: Engine, network: string): Promise<boolean> {
  const marks = await engine.listVolumes(`${leftLabel}=${network}`);
  if (marks.length === 0) return false;
  await engine.removeVolume(markName(network));
  return true;
}
