// `npm run test:host`: vitest's host project inside a throwaway container. Words of the command line go to vitest;
// VITEST_JSON=FILE asks for a JSON report, and VITEST_JSON=FILE,FILE for two containers side by side, each with half of the
// files: a test mostly waits for its machine.
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Docker from 'dockerode';
import { ensureHostImage, reportPath, runInHostContainer } from './host-container.ts';

const reportFiles = (process.env['VITEST_JSON'] ?? '')
  .split(',')
  .map((name) => (name === '' ? undefined : resolve(name)));
for (const file of reportFiles) if (file !== undefined) mkdirSync(dirname(file), { recursive: true });

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());

const docker = new Docker();
const image = await ensureHostImage(docker, (line) => process.stderr.write(`${line}\n`));
const env: Record<string, string> = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };

function runPart(reportFile: string | undefined, index: number): Promise<number> {
  const argv = [
    'node_modules/.bin/node',
    ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'host', '--configLoader', 'runner'],
    ...(reportFiles.length === 1 ? [] : ['--shard', `${index + 1}/${reportFiles.length}`]),
    ...(reportFile === undefined
      ? []
      : ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath(reportFile)}`]),
    ...process.argv.slice(2),
  ];
  return runInHostContainer(docker, image, { argv, env, reportFile, output: process.stdout }, stop.signal);
}

process.exitCode = Math.max(...(await Promise.all(reportFiles.map(runPart))));
