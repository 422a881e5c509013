// patchbay verify: proves labs whole.
import type { Command } from 'commander';
import { listLabs } from '../catalog/read-lab.ts';
import { folders } from '../set-up/folders.ts';
import { addProofOptions, prove, type ProofOptions } from './run.ts';
import { UsageError } from './usage-error.ts';

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('prove labs: checks fail before and pass after, twice; each mistake trips exactly its check')
    .argument('[lab...]', 'labs to prove, one after the other')
    .option('--all', 'every lab');
  addProofOptions(command, 'patchbay verify --all --report junit > labs.xml').action(
    async (ids: string[], options: ProofOptions & { all?: boolean }) => {
      if (options.all !== true && ids.length === 0)
        throw new UsageError("Name the labs to prove, or say '--all'. 'patchbay labs' lists them.");
      await prove(options.all === true ? await listLabs(folders.labs) : ids, true, options);
    },
  );
}
