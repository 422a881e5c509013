// Mends a broken lab: nodes started, files put back, services and wires seen to; what is left is started anew.
import { setTimeout as delay } from 'node:timers/promises';
import { findFaults } from '../../checks/faults/find-faults.ts';
import type { Fault } from '../../checks/faults/types.ts';
import type { Engine } from '../../engine/engine.ts';
import { packTar } from '../../engine/tar.ts';
import { exec } from '../../labs/exec.ts';
import type { FileKeeper } from '../../labs/kept-files.ts';
import { containerName } from '../../labs/names.ts';
import { restartNodes, startNodes } from '../../labs/start-nodes.ts';
import { attachLab } from '../../proof/attach-lab.ts';
import { createGround } from '../../proof/ground.ts';
import { mendsOf, nodesToRestart } from './remedies.ts';

export interface MendParts {
  engine: Engine;
  files: FileKeeper;
}

export interface MendOptions {
  signal: AbortSignal;
  /** Told what is being done, as a sentence without its full stop. */
  onDoing(doing: string): void;
}

const healsWithinMs = { mended: 25_000, restarted: 75_000 };

/** What is wrong with a lab on an engine now. Throws LabBroken where its APIs are not even published. */
export async function faultsOf(engine: Engine, lab: string): Promise<Fault[]> {
  const attached = await attachLab(engine, lab);
  const { get } = createGround(attached);
  return findFaults({ nodeNames: attached.nodeNames, runInNode: attached.runInNode, get });
}

/** Looks until nothing is wrong or the time is over; answers with what is wrong then. */
async function waitForHealth(parts: MendParts, lab: string, withinMs: number, { signal }: MendOptions) {
  const end = Date.now() + withinMs;
  for (;;) {
    signal.throwIfAborted();
    const faults = await faultsOf(parts.engine, lab);
    // A disk does not empty itself.
    if (faults.every(({ kind }) => kind === 'disk') || Date.now() > end) return faults;
    await delay(500, undefined, { signal });
  }
}

/** Starts the nodes that have stopped, then waits for the cloud; answers with what is wrong then. */
export async function restartLab(parts: MendParts, lab: string, options: MendOptions): Promise<Fault[]> {
  const onStart = (node: string) => options.onDoing(`Starting node ${node} again`);
  await startNodes(parts.engine, lab, { signal: options.signal, onStart });
  options.onDoing('Waiting for the APIs and the agents');
  return waitForHealth(parts, lab, healsWithinMs.restarted, options);
}

/** Mends what can be mended without losing what the learner built; answers with what is wrong still. */
export async function mendLab(parts: MendParts, lab: string, options: MendOptions): Promise<Fault[]> {
  const { engine } = parts;
  const { signal, onDoing } = options;
  const onStart = (node: string) => onDoing(`Starting node ${node} again`);
  await startNodes(engine, lab, { signal, onStart });
  onDoing('Looking for what is wrong');
  const faults = await faultsOf(engine, lab);
  if (faults.length === 0) return [];
  const ofNode = Map.groupBy(faults, ({ node }) => node);
  await Promise.all([...ofNode].map(([node, found]) => putFilesBack(parts, lab, node, found, onDoing)));
  for (const { node, doing, argv } of mendsOf(faults)) {
    signal.throwIfAborted();
    onDoing(doing);
    // What it does not mend is found by the next look.
    await exec(engine, lab, node, argv, { timeoutMs: 20_000 }).catch(() => undefined);
  }
  const isHopeless = faults.every(({ kind }) => kind === 'node');
  onDoing('Waiting for the cloud to work again');
  const left = isHopeless ? faults : await waitForHealth(parts, lab, healsWithinMs.mended, options);
  const nodes = nodesToRestart(left);
  if (nodes.length === 0) return left;
  await restartNodes(engine, lab, nodes, {
    signal,
    onStart: (node) => onDoing(`Starting node ${node} anew`),
  });
  onDoing('Waiting for the APIs and the agents');
  return waitForHealth(parts, lab, healsWithinMs.restarted, options);
}

const listGone = 'for file; do [ -s "/$file" ] || echo "$file"; done';
const listStarted = `grep -ho -- '--config-file [^ ]*' "/etc/service/$1/run" | sed 's,.*/etc/,etc/,'`;

/** Puts back the files that are gone, and those of a service that ends again and again. */
async function putFilesBack(
  { engine, files }: MendParts,
  lab: string,
  node: string,
  faults: readonly Fault[],
  onDoing: MendOptions['onDoing'],
): Promise<void> {
  const kept = (await files.read(lab))[node] ?? [];
  const lines = async (argv: string[]) => {
    const answer = await exec(engine, lab, node, argv, { timeoutMs: 5_000 }).catch(() => undefined);
    return (answer?.stdout ?? '').split('\n').filter((line) => line !== '');
  };
  const paths = kept.filter(({ content }) => content !== '').map(({ path }) => path);
  const crashing = faults.filter(({ kind }) => kind === 'crashing');
  const wanted = new Set([
    ...(await lines(['sh', '-c', listGone, 'list', ...paths])),
    ...(await Promise.all(crashing.map(({ name }) => lines(['sh', '-c', listStarted, 'list', name])))).flat(),
  ]);
  const back = kept.filter(({ path }) => wanted.has(path));
  if (back.length === 0) return;
  onDoing(
    `Putting back /${back[0]!.path}${back.length > 1 ? ` and ${back.length - 1} more` : ''} on ${node}`,
  );
  await engine.putFiles(containerName(lab, node), packTar(back)).catch(() => undefined);
}
