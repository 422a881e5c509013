// patchbay test: sets up what the tests need, runs all of them, ends what it started.
import type { Command } from 'commander';
import { destroyLab } from '../labs/destroy.ts';
import { listLabs } from '../labs/list.ts';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../set-up/docker-engine.ts';
import { ensurePackages, mayInstall } from '../set-up/packages.ts';
import { ensureWebPages } from '../set-up/web-pages.ts';
import { interruptible } from './interrupt.ts';
import { say } from './progress.ts';
import { prepareImages } from './ready-engine.ts';
import { runChecks, runProject, testProjects, type Tally } from './test-projects.ts';
import { UsageError } from './usage-error.ts';

/** Programs of this machine that tests call. */
const testPackages = ['chromium', 'iproute2', 'fonts-dejavu-core'];

/** Labs of tests are named so; one that a test left standing is an error, and is removed. */
const testLabPrefix = 'test-';

async function removeTestLabs(engine: Engine): Promise<void> {
  const left = (await listLabs(engine)).filter(({ name }) => name.startsWith(testLabPrefix));
  await Promise.all(left.map(({ name }) => destroyLab(engine, name)));
}

async function runAll(projects: readonly string[], signal: AbortSignal): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0, failures: [] };
  const add = ({ passed, failed, failures }: Tally) => {
    total.passed += passed;
    total.failed += failed;
    total.failures.push(...failures);
  };
  add(await runChecks(signal));
  for (const project of projects) {
    if (signal.aborted) break;
    add(await runProject(project, signal));
  }
  return total;
}

export function addTest(program: Command): void {
  program
    .command('test')
    .description('check types and style, then run all tests; the last line says how many passed and failed')
    .argument('[project...]', `only these: ${testProjects.join(', ')}`)
    .option('--yes', 'install what is missing without asking')
    .addHelpText('after', '\nExample:\n  patchbay test unit api')
    .action(async (words: string[], { yes = false }: { yes?: boolean }) => {
      const unknown = words.find((word) => !testProjects.includes(word));
      if (unknown !== undefined)
        throw new UsageError(`There are no tests '${unknown}'. Tests: ${testProjects.join(', ')}`);
      const projects = testProjects.filter((name) => words.length === 0 || words.includes(name));
      await interruptible(async (signal) => {
        const { engine, stop } = await ensureEngine({ isAsked: !yes && process.stdin.isTTY, say });
        let total: Tally;
        try {
          if (mayInstall()) await ensurePackages(testPackages, say);
          await prepareImages(engine, signal);
          await ensureWebPages(say);
          total = await runAll(projects, signal);
        } finally {
          await removeTestLabs(engine);
          await stop();
        }
        process.exitCode = signal.aborted ? 130 : total.failed > 0 ? 1 : 0;
        // hours of output lie between a failure and the end: what failed is told once more where it is looked for
        for (const failure of total.failures) process.stdout.write(`FAILED ${failure}\n`);
        process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
      });
    });
}
