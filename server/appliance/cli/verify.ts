// patchbay verify: proves labs whole, or one step of one lab while it is written.
import type { Command } from 'commander';
import { freemem } from 'node:os';
import { listLabs, readLab } from '../catalog/read-lab.ts';
import { unknownWord } from '../catalog/yaml-file.ts';
import { folders } from '../set-up/folders.ts';
import { addProofOptions, prove, type ProofOptions } from './run.ts';
import { UsageError } from './usage-error.ts';

interface VerifyOptions extends ProofOptions {
  all?: boolean;
  step?: string;
  jobs: string;
}

/** What a lab of five nodes takes at most while it is proven. */
const memoryPerLab = 900e6;

export function addVerify(program: Command): void {
  const command = program
    .command('verify')
    .description('prove labs: checks fail before and pass after, twice; each mistake trips exactly its check')
    .argument('[lab...]', 'labs to prove')
    .option('--all', 'every lab')
    .option('--step <step>', 'only this step of one lab, by number or slug, after the solutions before it')
    .option('--jobs <n>', 'labs proven side by side', '1');
  addProofOptions(command, 'patchbay verify --all --report junit > labs.xml').action(
    async (ids: string[], { all, step, jobs, ...options }: VerifyOptions) => {
      if (all !== true && ids.length === 0)
        throw new UsageError("Name the labs to prove, or say '--all'. 'patchbay labs' lists them.");
      const labs = all === true ? await listLabs(folders.labs) : ids;
      if (step !== undefined && labs.length !== 1) throw new UsageError("'--step' is for one lab.");
      const onlyStep = step === undefined ? {} : { onlyStep: await numberOf(labs[0]!, step) };
      await prove(labs, { ...options, isWhole: true, jobs: jobsOf(jobs, labs.length), ...onlyStep });
    },
  );
}

async function numberOf(id: string, word: string): Promise<number> {
  const { steps } = await readLab(folders.labs, id);
  const step = steps.find(({ number, slug }) => slug === word || String(number) === word.replace(/^0/, ''));
  if (step !== undefined) return step.number;
  const words = steps.flatMap(({ number, slug }) => [String(number), slug]);
  throw new UsageError(`Lab '${id}': ${unknownWord('step', word, words)}`);
}

/** At most one for each lab; refused where the memory of that many is not there. */
function jobsOf(text: string, count: number): number {
  const jobs = Number(text);
  if (!Number.isInteger(jobs) || jobs < 1)
    throw new UsageError(`--jobs must be a whole number from 1 on, not '${text}'.`);
  const room = Math.floor(freemem() / memoryPerLab);
  const wanted = Math.min(jobs, count);
  if (wanted > 1 && wanted > room)
    throw new UsageError(
      `--jobs ${wanted} needs ${Math.round((wanted * memoryPerLab) / 1e6)} MB of memory, ${Math.round(freemem() / 1e6)} MB are free; at most ${Math.max(room, 1)} fit.`,
    );
  return wanted;
}
