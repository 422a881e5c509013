// `npm run test:host`: vitest's host project inside the throwaway container. Words of the command line go to vitest;
// VITEST_JSON=FILE asks for a JSON report.
import { mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import Docker from 'dockerode';
import { ensureHostImage, reportPath, runInHostContainer } from './host-container.ts';

const reportFile = process.env['VITEST_JSON'] === undefined ? undefined : resolve(process.env['VITEST_JSON']);
if (reportFile !== undefined) mkdirSync(dirname(reportFile), { recursive: true });

const stop = new AbortController();
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop.abort());

const docker = new Docker();
const image = await ensureHostImage(docker, (line) => process.stderr.write(`${line}\n`));
const argv = [
  'node_modules/.bin/node',
  ...['node_modules/vitest/vitest.mjs', 'run', '--project', 'host', '--configLoader', 'runner'],
  ...(reportFile === undefined
    ? []
    : ['--reporter=default', '--reporter=json', `--outputFile.json=${reportPath(reportFile)}`]),
  ...process.argv.slice(2),
];
const env: Record<string, string> = process.stdout.isTTY ? { FORCE_COLOR: '1' } : { NO_COLOR: '1' };
process.exitCode = await runInHostContainer(
  docker,
  image,
  { argv, env, reportFile, output: process.stdout },
  stop.signal,
);
