// patchbay status: the labs that run, and their nodes.
import type { Command } from 'commander';
import { listLabs, type LabStatus } from '../labs/list.ts';
import { getLab, openEngine } from './ready-engine.ts';

/** A lab as lines of text: its name, age and APIs, then a line per node. */
export function describeLab(lab: LabStatus, now: number): string {
  if (lab.nodes.length === 0)
    return `${lab.name}: has no nodes; the engine keeps its network ('patchbay down ${lab.name}' tries to remove it again)`;
  const minutes = Math.max(0, Math.round((now - lab.createdAt) / 60_000));
  const entry = lab.entry === lab.name ? '' : ` (${lab.entry})`;
  const head = `${lab.name}${entry}, up ${minutes} min${lab.isWarm ? ', kept warm for whoever asks next' : ''}`;
  const nodes = lab.nodes.map((node) => `  ${node.name.padEnd(12)} ${node.state.padEnd(9)} ${node.address}`);
  const apis = Object.entries(lab.endpoints).map(
    ([service, url]) => `  ${`${service} API`.padEnd(12)} ${url}`,
  );
  return [head, ...nodes, ...apis].join('\n');
}

export function addStatus(program: Command): void {
  program
    .command('status')
    .description('show the labs that run and the state of their nodes')
    .argument('[lab]', 'name of a running lab')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  patchbay status --json')
    .action(async (name: string | undefined, { json = false }: { json?: boolean }) => {
      const engine = await openEngine();
      const labs = name === undefined ? await listLabs(engine) : [await getLab(engine, name)];
      if (json) process.stdout.write(`${JSON.stringify(labs, null, 2)}\n`);
      else if (labs.length === 0) process.stdout.write('No lab is running.\n');
      else process.stdout.write(`${labs.map((lab) => describeLab(lab, Date.now())).join('\n\n')}\n`);
    });
}
