// patchbay bench: measures what a lab or the cloud costs and prints it beside what it may cost.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import type { Command } from 'commander';
import { folders } from '../set-up/folders.ts';
import { UsageError } from './usage-error.ts';

const benches = ['first-lab', 'wiring', 'console', 'api'] as const;

export function addBench(program: Command): void {
  program
    .command('bench')
    .description(
      'first-lab: start, proof, instances, memory and idle load of the first lab; wiring: how long the agents take, beside ' +
        'the real Neutron; console: what a learner waits for, and ten labs at once; api: how fast the Networking API answers and ' +
        'what its server needs, beside the real Neutron; several minutes',
    )
    .argument('[name]', benches.join(', '), 'first-lab')
    .option('--report <format>', 'text or json', 'text')
    .addHelpText('after', '\nExample:\n  patchbay bench wiring --report json')
    .action(async (name: string, { report }: { report: string }) => {
      if (!(benches as readonly string[]).includes(name))
        throw new UsageError(`There is no bench '${name}'. There are: ${benches.join(', ')}.`);
      if (report !== 'text' && report !== 'json')
        throw new UsageError(`A report is text or json, not '${report}'.`);
      const script = join(folders.root, 'test', 'bench', `${name}.ts`);
      const child = spawn(process.execPath, [script, report], { stdio: 'inherit' });
      process.exitCode = await new Promise<number>((resolve, reject) => {
        child.on('error', reject);
        child.on('exit', (code) => resolve(code ?? 1));
      });
    });
}
