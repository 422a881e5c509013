// patchbay start: a cloud without a console and without steps.
import type { Command } from 'commander';
import { createLab } from '../labs/create.ts';
import { defaultSpec } from '../labs/spec.ts';
import { folders } from '../set-up/folders.ts';
import { interruptible } from './interrupt.ts';
import { createLabProgress } from './progress.ts';
import { openEngine, prepareImages } from './ready-engine.ts';
import { UsageError } from './usage-error.ts';

const mostComputes = 8;

function computeCountOf(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= mostComputes) return count;
  throw new UsageError(`'${text}' compute nodes cannot be had; the number is from 1 to ${mostComputes}.`);
}

export function addStart(program: Command): void {
  program
    .command('start')
    .description('start a cloud without steps: a controller, a network node, compute nodes, the outside')
    .argument('<name>', "the new lab's name")
    .option('--computes <n>', 'compute nodes', '2')
    .option('--nodes-only', 'do not wait for the cloud to answer')
    .addHelpText('after', '\nExample:\n  patchbay start play && patchbay shell play controller')
    .action(async (name: string, options: { computes: string; nodesOnly?: boolean }) => {
      const computeCount = computeCountOf(options.computes);
      const engine = await openEngine();
      await interruptible(async (signal) => {
        const images = await prepareImages(engine, signal);
        const spec = defaultSpec(name, { computeCount });
        const isCloudAwaited = options.nodesOnly !== true;
        const onEvent = createLabProgress();
        await createLab(engine, spec, {
          images,
          imagesFolder: folders.images,
          onEvent,
          signal,
          isCloudAwaited,
        });
      });
    });
}
