// patchbay down: removes labs, whatever state they are in.
import type { Command } from 'commander';
import { destroyLab } from '../labs/destroy.ts';
import { removeGuestVolumes } from '../labs/guest-volume.ts';
import { listLabs } from '../labs/list.ts';
import { say } from './progress.ts';
import { stopConsole } from './detached-console.ts';
import { getLab, openEngine } from './ready-engine.ts';
import { UsageError } from './usage-error.ts';

export function addDown(program: Command): void {
  program
    .command('down')
    .description('remove a lab, or all of them and the console: containers, networks, volumes, processes')
    .argument('[lab]', 'name of a running lab')
    .option('--all', 'every lab, found by label, also those of a patchbay that was killed')
    .addHelpText('after', '\nExample:\n  patchbay down --all')
    .action(async (name: string | undefined, { all = false }: { all?: boolean }) => {
      if ((name === undefined) === !all) throw new UsageError("Name a lab, or use '--all'.");
      const isConsoleEnded = all && (await stopConsole());
      const engine = await openEngine();
      const labs = all ? await listLabs(engine) : [await getLab(engine, name ?? '')];
      const removed = await Promise.all(labs.map((lab) => destroyLab(engine, lab.name)));
      if (all) await removeGuestVolumes(engine);
      const left = '; the engine keeps its empty network until it is started anew';
      for (const [index, { name }] of labs.entries()) say(`Removed ${name}${removed[index] ? '' : left}`);
      if (labs.length === 0 && !isConsoleEnded) say('There was nothing to remove.');
    });
}
