// patchbay run: performs a lab's solutions without a browser and reports what its checks say.
import { Option, type Command } from 'commander';
import { destroyLab } from '../labs/destroy.ts';
import { createEnginePlatform } from '../proof/engine-platform.ts';
import type { ReportFormat } from '../proof/format-report.ts';
import { openProofs } from '../proof/proofs-file.ts';
import { runLabs } from '../proof/run-labs.ts';
import { folders } from '../set-up/folders.ts';
import { interruptible } from './interrupt.ts';
import { say } from './progress.ts';
import { countAssertions, createProofProgress } from './proof-progress.ts';
import { openEngine, prepareImages } from './ready-engine.ts';

export interface ProofOptions {
  keep?: boolean;
  prefix: string;
  report: ReportFormat;
}

export interface ProofRequest extends ProofOptions {
  isWhole: boolean;
  jobs?: number;
  /** Number of the only step to prove; a lab that an earlier such proof left standing is replaced. */
  onlyStep?: number;
}

const exitCodes =
  '\nExit code: 0 everything proven, 1 a check failed, 2 nothing ran, 3 the lab is broken.\nProgress goes to stderr, the report to stdout.\n';

/** Options and help that `run` and `verify` share. */
export function addProofOptions(command: Command, example: string): Command {
  return command
    .option('--keep', 'leave the labs standing')
    .option('--prefix <word>', "first word of the labs' names while they run", 'run')
    .addOption(
      new Option('--report <format>', 'form of the report')
        .choices(['text', 'json', 'junit'])
        .default('text'),
    )
    .addHelpText('after', `${exitCodes}\nExample:\n  ${example}`);
}

export function addRun(program: Command): void {
  const command = program
    .command('run')
    .description('create a lab, perform each step with its checks before and after, report, destroy')
    .argument('<lab...>', 'labs to run, one after the other')
    .option('--prove', 'prove the lab whole: also its mistakes, repeated checks and later steps (as verify)');
  addProofOptions(command, 'patchbay run ovs-vlan-one-tenant --report json').action(
    (ids: string[], { prove: isWhole = false, ...options }: ProofOptions & { prove?: boolean }) =>
      prove(ids, { ...options, isWhole }),
  );
}

/** Runs or proves labs and sets the exit code. */
export async function prove(ids: string[], request: ProofRequest): Promise<void> {
  const { isWhole, keep, report, prefix, jobs = 1, onlyStep } = request;
  const step = onlyStep === undefined ? {} : { onlyStep };
  const proofs = openProofs(folders.state, { error: say });
  const progress = createProofProgress((lab) => countAssertions(lab, { isWhole, ...step }));
  const nameOf = ({ id }: { id: string }) => `${prefix}-${id}`;
  await interruptible(async (signal) => {
    process.exitCode = 2; // until something has run
    const code = await runLabs({
      ...{
        labsFolder: folders.labs,
        ids,
        isWhole,
        isKept: keep === true,
        format: report,
        signal,
        jobs,
        ...step,
      },
      preparePlatform: async () => {
        const engine = await openEngine();
        const images = await prepareImages(engine, signal);
        if (onlyStep !== undefined) for (const id of ids) await destroyLab(engine, nameOf({ id }));
        return createEnginePlatform(engine, { images, imagesFolder: folders.images, nameOf });
      },
      ...{ onProgress: progress.onProgress, onLabs: progress.onLabs, onAssertion: progress.onAssertion },
      onProven: (lab, hash) => proofs.record(lab, hash),
      onReport: (text) => {
        progress.end();
        process.stdout.write(text);
      },
    }).finally(progress.end);
    process.exitCode = signal.aborted ? 130 : code;
  });
}
