// What nearly every command starts with: an engine, and images that fit the sources.
import { connectEngine, type Engine } from '../engine/engine.ts';
import { UsageError } from './usage-error.ts';
import { listLabs, type LabStatus } from '../labs/list.ts';
import type { LabImages } from '../labs/spec.ts';
import { ensureBaseImage } from '../set-up/base-image.ts';
import { ensureNodeImages, type ImageName } from '../set-up/node-images.ts';
import { nearest } from '../../lib/nearest.ts';
import { createBuildProgress, say } from './progress.ts';

export const openEngine = (): Promise<Engine> => connectEngine(process.env);

/** Builds what is missing of the images, and of those `asked` for beside them, with progress on the terminal. */
export async function prepareImages(
  engine: Engine,
  signal: AbortSignal,
  asked: readonly ImageName[] = [],
): Promise<LabImages> {
  await ensureBaseImage(engine, say);
  const progress = createBuildProgress();
  try {
    return await ensureNodeImages(engine, { onBuild: progress.onBuild, asked, signal });
  } finally {
    progress.end();
  }
}

const didYouMean = (word: string, names: string[], what: string) => {
  const close = nearest(word, names);
  const hint = close === undefined ? '' : ` Did you mean '${close}'?`;
  const list = names.length > 0 ? ` ${what}: ${names.join(', ')}` : '';
  return `${hint}${list}`;
};

/** A running lab by name. Throws UsageError naming the nearest one. */
export async function getLab(engine: Engine, name: string): Promise<LabStatus> {
  const labs = await listLabs(engine);
  const lab = labs.find((one) => one.name === name);
  if (lab !== undefined) return lab;
  const names = labs.map((one) => one.name);
  const none = names.length === 0 ? ' None is running.' : '';
  throw new UsageError(`No lab named '${name}' is running.${none}${didYouMean(name, names, 'Running')}`);
}

/** A node of a lab by name. Throws UsageError naming the nearest one. */
export function getNode(lab: LabStatus, name: string): LabStatus['nodes'][number] {
  const node = lab.nodes.find((one) => one.name === name);
  if (node !== undefined) return node;
  const names = lab.nodes.map((one) => one.name);
  throw new UsageError(`Lab '${lab.name}' has no node '${name}'.${didYouMean(name, names, 'Nodes')}`);
}
