// Takes labs down by label, in whatever state they are.
import type { Engine } from '../engine/engine.ts';
import type { OnLabEvent } from './events.ts';
import { labLabel } from './names.ts';

/** Removes every container, network and volume of a lab; nothing happens where there is none. */
export async function destroyLab(
  engine: Engine,
  lab: string,
  onEvent: OnLabEvent = () => undefined,
): Promise<void> {
  const label = `${labLabel}=${lab}`;
  onEvent({ kind: 'lab', lab, phase: 'stopping', detail: 'Removing the nodes' });
  await Promise.all((await engine.listContainers(label)).map(({ id }) => engine.removeContainer(id)));
  const [networks, volumes] = await Promise.all([engine.listNetworks(label), engine.listVolumes(label)]);
  await Promise.all([
    ...networks.map(({ id }) => engine.removeNetwork(id)),
    ...volumes.map(({ id }) => engine.removeVolume(id)),
  ]);
  onEvent({ kind: 'lab', lab, phase: 'stopped', detail: 'Nothing of it is left' });
}
