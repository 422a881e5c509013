// patchbay bench: measures what a lab costs and prints it beside what it may cost.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { folders } from '../set-up/folders.ts';

export function addBench(program: Command): void {
  program
    .command('bench')
    .description('measure start, proof, instances, memory and idle load of the first lab; several minutes')
    .argument('[word...]', 'arguments of test/bench/first-lab.ts')
    .allowUnknownOption()
    .addHelpText('after', '\nExample:\n  patchbay bench')
    .action(async (words: string[]) => {
      const script = join(folders.root, 'test', 'bench', 'first-lab.ts');
      const child = spawn(process.execPath, [script, ...words], { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', (code) => resolve(code ?? 1));
      });
    });
}
