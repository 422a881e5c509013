// patchbay test: sets up what the tests need, runs all of them, ends what it started.
import type { Command } from 'commander';
import { destroyLab } from '../labs/destroy.ts';
import { listLabs } from '../labs/list.ts';
import type { Engine } from '../engine/engine.ts';
import { ensureEngine } from '../set-up/docker-engine.ts';
import { ensurePackages, mayInstall } from '../set-up/packages.ts';
import { ensureWebPages } from '../set-up/web-pages.ts';
import { interruptible } from './interrupt.ts';
import { acceptanceLabPrefix, acceptanceSuites, chooseRuns } from './acceptance-suites.ts';
import { say } from './progress.ts';
import { prepareImages } from './ready-engine.ts';
import {
  acceptanceProject,
  groupsOf,
  runChecks,
  runProject,
  testProjects,
  type Tally,
} from './test-projects.ts';
import { UsageError } from './usage-error.ts';

/** Programs of this machine that tests call. */
const testPackages = ['chromium', 'iproute2', 'fonts-dejavu-core'];

/** Labs of tests are named so; one that a test left standing is an error, and is removed. */
const testLabPrefix = 'test-';

/** Those of the tests that ran: acceptance tests may run beside the others for long after those ended. */
async function removeTestLabs(engine: Engine, isAcceptance: boolean): Promise<void> {
  const isOfThem = (name: string) =>
    name.startsWith(testLabPrefix) && name.startsWith(acceptanceLabPrefix) === isAcceptance;
  const left = (await listLabs(engine)).filter(({ name }) => isOfThem(name));
  await Promise.all(left.map(({ name }) => destroyLab(engine, name)));
}

interface Wishes {
  yes?: boolean;
  /** Names of suites; true for all. */
  acceptance?: string[] | true;
  match?: string;
}

/** What to run, in order. */
interface Work {
  areSourcesChecked: boolean;
  projects: readonly string[];
  /** For the runner of the tests. */
  env: Record<string, string>;
}

function workOf(words: readonly string[], { acceptance, match }: Wishes): Work {
  const unknown = words.find((word) => !testProjects.includes(word));
  if (unknown !== undefined)
    throw new UsageError(`There are no tests '${unknown}'. Tests: ${testProjects.join(', ')}`);
  if (acceptance === undefined) {
    if (match !== undefined) throw new UsageError('--match chooses among the tests of --acceptance.');
    const projects = testProjects.filter((name) => words.length === 0 || words.includes(name));
    return { areSourcesChecked: true, projects, env: {} };
  }
  const suites = acceptance === true ? [] : acceptance;
  try {
    chooseRuns(suites);
    if (match !== undefined) new RegExp(match);
  } catch (error) {
    if (error instanceof SyntaxError) throw new UsageError(`--match: ${error.message}`);
    const known = Object.keys(acceptanceSuites).join(', ');
    throw new UsageError(`There is no suite '${(error as Error).message}'. Suites: ${known}`);
  }
  const env = {
    PATCHBAY_ACCEPTANCE: suites.join(','),
    ...(match === undefined ? {} : { PATCHBAY_ACCEPTANCE_MATCH: match }),
  };
  return { areSourcesChecked: false, projects: [...words, acceptanceProject], env };
}

async function runAll({ areSourcesChecked, projects, env }: Work, signal: AbortSignal): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0, failures: [] };
  const add = ({ passed, failed, failures }: Tally) => {
    total.passed += passed;
    total.failed += failed;
    total.failures.push(...failures);
  };
  if (areSourcesChecked) add(await runChecks(signal));
  for (const group of groupsOf(projects)) {
    if (signal.aborted) break;
    for (const tally of await Promise.all(group.map((name) => runProject(name, signal, env)))) add(tally);
  }
  return total;
}

export function addTest(program: Command): void {
  program
    .command('test')
    .description('check types and style, then run all tests; the last line says how many passed and failed')
    .argument('[project...]', `only these: ${testProjects.join(', ')}`)
    .option(
      '--acceptance [suite...]',
      `instead, what others wrote for the real cloud: ${Object.keys(acceptanceSuites).join(', ')}; SUITE@CLOUD for one cloud`,
    )
    .option('--match <regexp>', 'only the tests of these suites whose names match')
    .option('--yes', 'install what is missing without asking')
    .addHelpText(
      'after',
      '\nExamples:\n  patchbay test unit api\n  patchbay test --acceptance identity-v3 scenario@vlan --match reboot',
    )
    .action(async (words: string[], wishes: Wishes) => {
      const work = workOf(words, wishes);
      await interruptible(async (signal) => {
        const { engine, stop } = await ensureEngine({
          isAsked: wishes.yes !== true && process.stdin.isTTY,
          say,
        });
        let total: Tally;
        try {
          if (mayInstall()) await ensurePackages(testPackages, say);
          await prepareImages(engine, signal, wishes.acceptance === undefined ? [] : ['client']);
          await ensureWebPages(say);
          total = await runAll(work, signal);
        } finally {
          await removeTestLabs(engine, wishes.acceptance !== undefined);
          await stop();
        }
        process.exitCode = signal.aborted ? 130 : total.failed > 0 ? 1 : 0;
        // hours of output lie between a failure and the end: what failed is told once more where it is looked for
        for (const failure of total.failures) process.stdout.write(`FAILED ${failure}\n`);
        process.stdout.write(`${total.passed} passed, ${total.failed} failed\n`);
      });
    });
}
