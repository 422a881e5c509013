// Starts the nodes of a lab that have stopped or are held, the controller first: the others look for it.
import type { Engine } from '../engine/engine.ts';
import { listLabs, type NodeStatus } from './list.ts';
import { containerName } from './names.ts';

export interface StartNodesOptions {
  signal: AbortSignal;
  /** Told before a node is started. */
  onStart(node: string): void;
}

/** Starts what does not run; what was built in the nodes is there again once their services are. */
export async function startNodes(
  engine: Engine,
  lab: string,
  { signal, onStart }: StartNodesOptions,
): Promise<void> {
  const [status] = await listLabs(engine, lab);
  const down = (status?.nodes ?? []).filter(({ state }) => state !== 'running');
  const startOne = async ({ name, state }: NodeStatus) => {
    signal.throwIfAborted();
    onStart(name);
    const container = containerName(lab, name);
    if (state === 'paused') return engine.unpauseContainer(container);
    return engine.startContainer(container);
  };
  for (const node of down.filter(({ kind }) => kind === 'controller')) await startOne(node);
  await Promise.all(down.filter(({ kind }) => kind !== 'controller').map(startOne));
}

/** Ends nodes and starts them again: network, wires and processes are made anew, files stay. */
export async function restartNodes(
  engine: Engine,
  lab: string,
  nodes: readonly string[],
  options: StartNodesOptions,
): Promise<void> {
  options.signal.throwIfAborted();
  await Promise.all(nodes.map((node) => engine.killContainer(containerName(lab, node))));
  await startNodes(engine, lab, options);
}
