// The files that instances boot from: one volume on an engine, which all compute nodes have read-only. Not in the nodes' images: CRIU
// cannot tell whose the files are that programs of an overlay over another one, a node's own, run from.
import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from '../engine/engine.ts';
import { EngineRefused } from '../engine/failures.ts';
import { guestLabel, guestName, labLabel } from './names.ts';

const filledAt = '/volume';
/** Of the image (images/guest). */
const fill = ['sh', '/build/fill-volume.sh', '/guest-base', filledAt];
/** What a copy needs to keep owners and modes. */
const capabilities = ['CHOWN', 'DAC_OVERRIDE', 'FOWNER', 'FSETID'];

const poll = { withinMs: 60_000, everyMs: 50 };

/** As a compute node mounts them: where nova-compute looks for images that it need not fetch. */
export const guestMount = (image: string) => `${guestName(image)}:/var/lib/nova/base:ro`;

const unlessRefused = (call: Promise<unknown>, isExpected: (status: number) => boolean) =>
  call.catch((error: unknown) => {
    if (!(error instanceof EngineRefused) || !isExpected(error.status)) throw error;
  });

/**
 * Makes and fills the volume of an image of guests where that was not done. A container of the volume's name does it, and stays for a
 * mark: there is one of a name, whoever asks, and it ended with 0 when all is copied. One that somebody else made and did not start is
 * started; one that ended otherwise, with its engine for one, is made anew once. Throws EngineRefused.
 */
export async function ensureGuestVolume(engine: Engine, image: string, signal: AbortSignal): Promise<void> {
  const name = guestName(image);
  const labels = { [guestLabel]: image };
  const end = Date.now() + poll.withinMs;
  let failure: string | undefined;
  for (;;) {
    signal.throwIfAborted();
    const [filler] = await engine.listContainers(`${guestLabel}=${image}`);
    if (filler === undefined) {
      const spec = { name, image, labels, capabilities, folder: filledAt, command: fill };
      await unlessRefused(engine.createFiller(spec), (status) => status === 409);
    } else if (filler.state === 'created') {
      // started by another meanwhile, not made to its end, or removed
      await unlessRefused(engine.startContainer(filler.id), (status) => [304, 404, 409].includes(status));
    } else if (filler.state === 'exited') {
      const exit = await engine.readExit(filler.id);
      if (exit === 'exit code 0') return;
      const isSecond = failure !== undefined;
      failure = `${exit}\n${await engine.readLogs(filler.id, 5).catch(() => '')}`;
      await engine.removeContainer(filler.id);
      if (isSecond) throw new EngineRefused(`Filling ${name}`, 500, failure);
    }
    if (Date.now() > end)
      throw new EngineRefused(`Filling ${name}`, 0, `not done within ${poll.withinMs / 1000} s`);
    await delay(poll.everyMs, undefined, { signal });
  }
}

/**
 * Removes the volumes of all images but `kept`; while there is a lab, which may use one, all stay.
 * A lab has its network before it looks for its volume: one that has seen the container is seen when that is gone.
 */
export async function removeGuestVolumes(engine: Engine, kept?: string): Promise<void> {
  const isUnused = async () => (await engine.listNetworks(labLabel)).length === 0;
  const isOld = ({ labels }: { labels: Record<string, string> }) => labels[guestLabel] !== kept;
  if (!(await isUnused())) return;
  const fillers = (await engine.listContainers(guestLabel)).filter(isOld);
  await Promise.all(fillers.map(({ id }) => engine.removeContainer(id)));
  if (!(await isUnused())) return;
  const volumes = (await engine.listVolumes(guestLabel)).filter(isOld);
  await Promise.all(volumes.map(({ id }) => engine.removeVolume(id)));
}
