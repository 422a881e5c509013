// The compiler, the lint and the test runner as programs of their own, and what their reports add up to.
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { folders } from '../set-up/folders.ts';
import { say } from './progress.ts';

/** What ran: how many passed, how many failed, and one entry a failure of what failed and how. */
export interface Tally {
  passed: number;
  failed: number;
  failures: string[];
}

/** In the order of what they need: nothing, then a container, then a lab, then one left in peace, then a browser. */
export const testProjects: readonly string[] = ['unit', 'api', 'mariadb', 'host', 'lab', 'faults', 'e2e'];

/** The suites that others wrote; run when asked for. */
export const acceptanceProject = 'acceptance';

/** Projects that run beside the one before them: they wait for a database or a machine most of the time. */
const runsBeside: readonly string[] = ['mariadb', 'host'];

/** The projects in groups that run one after the other. */
export const groupsOf = (projects: readonly string[]): string[][] =>
  projects.reduce<string[][]>((groups, name) => {
    const last = groups.at(-1);
    if (last !== undefined && runsBeside.includes(name)) last.push(name);
    else groups.push([name]);
    return groups;
  }, []);

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
  const failures: string[] = [];
  for (const [title, program, argv] of checks) {
    if (signal.aborted) break;
    say(`Checking ${title}`);
    if ((await runTool(program, argv, signal)) !== 0) failures.push(title);
  }
  return { passed: 0, failed: failures.length, failures };
}

/** What is read of the JSON report of vitest. */
interface Report {
  numPassedTests: number;
  testResults: {
    name: string;
    status: string;
    message?: string;
    assertionResults: { status: string; fullName: string; failureMessages?: string[] }[];
  }[];
}

/** As much of a failure's text as tells it from another. */
const linesOfFailure = 40;

function failureText(file: string, title: string, messages: readonly string[]): string {
  const lines = stripVTControlCharacters(messages.join('\n')).split('\n').slice(0, linesOfFailure);
  return [`${relative(folders.root, file)} > ${title}`, ...lines.map((line) => `    ${line}`)].join('\n');
}

function failuresOf({ testResults }: Report): string[] {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults
      .filter((test) => test.status === 'failed')
      .map(({ fullName, failureMessages = [] }) => failureText(name, fullName, failureMessages));
    const isFileWrong = status === 'failed' && (failed.length === 0 || (message ?? '') !== '');
    return isFileWrong ? [...failed, failureText(name, 'the file itself', [message ?? ''])] : failed;
  });
}

/** What the reports of project `name` count; a run that failed without naming a test counts as one failure. */
export function tallyOf(name: string, reports: readonly Report[], exitCode: number): Tally {
  const failures = reports.flatMap(failuresOf);
  if (failures.length === 0 && exitCode !== 0) failures.push(`${name}: the runner ended with ${exitCode}`);
  const passed = reports.reduce((sum, { numPassedTests }) => sum + numPassedTests, 0);
  return { passed, failed: failures.length, failures };
}

/** Runs one project of vitest.config.ts to its end; `env` is added to what the runner has of its environment. */
export async function runProject(
  name: string,
  signal: AbortSignal,
  env: Record<string, string> = {},
): Promise<Tally> {
  say(`Testing ${name}`);
  // tests of the host layer change their machine: they run in containers that are thrown away, each with its own report
  const isHost = name === 'host';
  const files = (isHost ? ['host-1', 'host-2'] : [name]).map((part) =>
    join(folders.build, 'test', `${part}.json`),
  );
  await Promise.all(files.map((file) => rm(file, { force: true })));
  // tests of a suite that runs for an hour are told one by one
  const reporter = name === acceptanceProject ? 'verbose' : 'default';
  const reporters = [`--reporter=${reporter}`, '--reporter=json', `--outputFile.json=${files[0]!}`];
  const code = isHost
    ? await runTool('node', [join('test', 'support', 'run-host-tests.ts')], signal, {
        VITEST_JSON: files.join(','),
        ...env,
      })
    : await runTool('vitest', ['run', '--project', name, ...reporters], signal, env);
  const texts = await Promise.all(files.map((file) => readFile(file, 'utf8').catch(() => undefined)));
  const reports = texts.filter((text) => text !== undefined).map((text) => JSON.parse(text) as Report);
  return tallyOf(name, reports, code);
}
