// patchbay labs: the labs that can be started.
import type { Command } from 'commander';
import { LabInvalid } from '../catalog/lab-invalid.ts';
import { listLabs, readLab } from '../catalog/read-lab.ts';
import { folders } from '../set-up/folders.ts';

interface Row {
  id: string;
  title: string;
  level?: string;
  minutes?: number;
  problem?: string;
}

async function readRow(id: string): Promise<Row> {
  try {
    const { title, level, minutes } = await readLab(folders.labs, id);
    return { id, title, level, minutes };
  } catch (error) {
    if (error instanceof LabInvalid) return { id, title: '', problem: error.message };
    throw error;
  }
}

export function addLabs(program: Command): void {
  program
    .command('labs')
    .description('list the labs that can be started')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample:\n  patchbay labs')
    .action(async ({ json = false }: { json?: boolean }) => {
      const rows = await Promise.all((await listLabs(folders.labs)).map(readRow));
      if (json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`);
      else
        for (const { id, title, level = '', minutes = 0, problem } of rows)
          process.stdout.write(
            problem === undefined
              ? `${id.padEnd(28)} ${level.padEnd(13)} ${String(minutes).padStart(3)} min  ${title}\n`
              : `${id.padEnd(28)} invalid: ${problem}\n`,
          );
      if (rows.some(({ problem }) => problem !== undefined)) process.exitCode = 1;
    });
}
