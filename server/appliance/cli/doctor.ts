// patchbay doctor: what this machine can and cannot do for a lab, and what to do about it.
import type { Command } from 'commander';
import { lookAtHost } from '../doctor/look.ts';
import { judge, type Finding } from '../doctor/probes.ts';
import type { EngineFacts } from '../engine/types.ts';
import { openEngine } from './ready-engine.ts';

/** A finding as text: one line when it is there, three when it is missing. */
export function describeFinding({ name, weight, isFound, found, consequence, remedy }: Finding): string {
  const mark = isFound ? 'ok     ' : weight === 'needed' ? 'MISSING' : 'without';
  const head = `${mark}  ${name.padEnd(24)} ${found}`;
  return isFound ? head : `${head}\n         ${consequence}\n         Remedy: ${remedy}.`;
}

export function addDoctor(program: Command): void {
  program
    .command('doctor')
    .description(
      'look for what labs need of host, engine and kernel; exit code 1 if something needed is missing',
    )
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  patchbay doctor')
    .action(async ({ json = false }: { json?: boolean }) => {
      let facts: EngineFacts | undefined;
      let failure = '';
      try {
        facts = await (await openEngine()).readFacts();
      } catch (error) {
        failure = error instanceof Error ? error.message : String(error);
      }
      const look = await lookAtHost(facts?.rootDirectory ?? '/var/lib');
      const findings = judge(look, facts, failure);
      const text = json ? JSON.stringify(findings, null, 2) : findings.map(describeFinding).join('\n');
      process.stdout.write(`${text}\n`);
      if (findings.some(({ weight, isFound }) => weight === 'needed' && !isFound)) process.exitCode = 1;
    });
}
