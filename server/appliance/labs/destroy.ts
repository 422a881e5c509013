// Takes labs down by label, in whatever state they are.
import type { Engine } from '../engine/engine.ts';
import type { OnLabEvent } from './events.ts';
import { removeOrLeave } from './left-networks.ts';
import { labLabel } from './names.ts';

/**
 * Removes every container, network and volume of a lab; nothing happens where there is none. Answers false
 * when the engine does not let go of its empty network: it is left to the next lab of the name.
 */
export async function destroyLab(
  engine: Engine,
  lab: string,
  onEvent: OnLabEvent = () => undefined,
): Promise<boolean> {
  const label = `${labLabel}=${lab}`;
  onEvent({ kind: 'lab', lab, phase: 'stopping', detail: 'Removing the nodes' });
  await Promise.all((await engine.listContainers(label)).map(({ id }) => engine.removeContainer(id)));
  const [networks, volumes] = await Promise.all([engine.listNetworks(label), engine.listVolumes(label)]);
  const [removed] = await Promise.all([
    Promise.all(networks.map(({ id }) => removeOrLeave(engine, id))),
    Promise.all(volumes.map(({ id }) => engine.removeVolume(id))),
  ]);
  const isAllGone = !removed.includes(false);
  const detail = isAllGone ? 'Nothing of it is left' : 'The engine keeps its empty network';
  onEvent({ kind: 'lab', lab, phase: 'stopped', detail });
  return isAllGone;
}
