// The compiler, the lint and the test runner as programs of their own, and what their reports add up to.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { folders } from '../set-up/folders.ts';
import { say } from './progress.ts';

export interface Tally {
  passed: number;
  failed: number;
}

/** In the order of what they need: nothing, then a container, then a lab, then one left in peace, then a browser. */
export const testProjects: readonly string[] = ['unit', 'api', 'host', 'lab', 'faults', 'e2e'];

const bin = (name: string) => join(folders.root, 'node_modules', '.bin', name);

/** Runs a program of node_modules with the output on this terminal; answers with its exit code. */
function runTool(
  name: string,
  argv: string[],
  signal: AbortSignal,
  more: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const path = `${join(folders.root, 'node_modules', '.bin')}:${process.env.PATH ?? ''}`;
    // The reaper of testcontainers is an image nobody may have; labels serve the same end.
    const env = { ...process.env, PATH: path, TESTCONTAINERS_RYUK_DISABLED: 'true', ...more };
    const child = spawn(bin(name), argv, { cwd: folders.root, stdio: ['ignore', 'inherit', 'inherit'], env });
    const stop = () => child.kill('SIGTERM');
    signal.addEventListener('abort', stop);
    child.on('error', reject);
    child.on('exit', (code) => {
      signal.removeEventListener('abort', stop);
      resolve(code ?? 1);
    });
  });
}

/** Types and style; each that fails counts as one failure. */
export async function runChecks(signal: AbortSignal): Promise<Tally> {
  const checks: [string, string, string[]][] = [
    ['types', 'tsc', ['-p', 'tsconfig.json']],
    ['types of web', 'tsc', ['-p', join('web', 'tsconfig.json')]],
    ['style', 'eslint', ['server', join('web', 'src'), 'test']],
  ];
  let failed = 0;
  for (const [title, program, argv] of checks) {
    if (signal.aborted) break;
    say(`Checking ${title}`);
    if ((await runTool(program, argv, signal)) !== 0) failed += 1;
  }
  return { passed: 0, failed };
}

interface Report {
  numPassedTests: number;
  numFailedTests: number;
  success: boolean;
}

/** What a report of the test runner counts; a file that could not even be loaded counts as one failure. */
export function tallyOf(report: Report | undefined, exitCode: number): Tally {
  const { numPassedTests: passed = 0, numFailedTests: failed = 0 } = report ?? {};
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}

/** Runs one project of vitest.config.ts to its end. */
export async function runProject(name: string, signal: AbortSignal): Promise<Tally> {
  say(`Testing ${name}`);
  const file = join(folders.build, 'test', `${name}.json`);
  await rm(file, { force: true });
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`];
  // tests of the host layer change their machine: they run in a container that is thrown away
  const code =
    name === 'host'
      ? await runTool('node', [join('test', 'support', 'run-host-tests.ts')], signal, { VITEST_JSON: file })
      : await runTool('vitest', ['run', '--project', name, ...reporters], signal);
  const text = await readFile(file, 'utf8').catch(() => undefined);
  return tallyOf(text === undefined ? undefined : (JSON.parse(text) as Report), code);
}
