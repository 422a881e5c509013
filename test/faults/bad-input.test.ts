// What does not make sense is refused before anything is started, with words that help.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { runLabs } from '../../server/appliance/proof/run-labs.ts';
import { labFolder, validFile } from '../support/lab-folder.ts';
import { root } from '../support/sources.ts';

/** Runs labs from `labsFolder` with a platform that must not be asked for anything. */
async function runFrom(labsFolder: string, ids: string[], isWhole = true) {
  const started: string[] = [];
  let report = '';
  const exitCode = await runLabs({
    ...{
      labsFolder,
      ids,
      isWhole,
      isKept: false,
      jobs: 1,
      format: 'text',
      signal: new AbortController().signal,
    },
    preparePlatform: async () => ({
      start: async ({ id }) => {
        started.push(id);
        throw new Error('nothing may be started');
      },
    }),
    onProgress: () => undefined,
    onReport: (text) => (report += text),
  });
  return { exitCode, report, started };
}

it('an unknown lab is refused with the nearest name, and nothing runs', async () => {
  const { exitCode, report, started } = await runFrom(join(root, 'labs'), ['ovs-vlan-one-tenent']);
  expect(exitCode).toBe(2);
  expect(report).toContain("There is no lab 'ovs-vlan-one-tenent'. Did you mean 'ovs-vlan-one-tenant'?");
  expect(started).toEqual([]);
});

it('an invalid lab is refused with file, line and field, and the valid one beside it does not run either', async () => {
  await using folder = await labFolder({
    'lab.yaml': validFile('lab.yaml', 'level: beginner', 'level: easy'),
  });
  const { exitCode, report, started } = await runFrom(folder.path, ['sample']);
  expect(exitCode).toBe(2);
  expect(report).toContain(
    "sample/lab.yaml:2: level: unknown value 'easy'; allowed: beginner, intermediate, advanced",
  );
  expect(started).toEqual([]);
});

it('a lab with lint errors is not proven', async () => {
  await using folder = await labFolder({ 'mistakes/other-name.yaml': undefined });
  expect(await runFrom(folder.path, ['sample'])).toMatchObject({
    ...{ exitCode: 2, started: [] },
    report: expect.stringContaining('sample/lab.yaml:1: the lab has no mistakes/*.yaml'),
  });
});

it('a lab that cannot start is broken, not failed', async () => {
  await using folder = await labFolder();
  const { exitCode, report, started } = await runFrom(folder.path, ['sample']);
  expect(exitCode).toBe(3);
  expect(report).toContain('nothing may be started');
  expect(started).toEqual(['sample']);
});

/** Calls the command line as a person would; nothing listens at the engine's address given. */
async function call(...words: string[]) {
  const argv = [join(root, 'server/main.ts'), 'patchbay', ...words];
  const env = { ...process.env, DOCKER_HOST: 'tcp://127.0.0.1:1' };
  const run = promisify(execFile)(process.execPath, argv, { cwd: root, env });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (reason: { code: number; stdout: string; stderr: string }) => ({
      code: reason.code,
      said: reason.stdout + reason.stderr,
    }),
  );
}

it.each([
  [2, ['run', 'ovs-vlan-one-tenent'], "Did you mean 'ovs-vlan-one-tenant'?"],
  [2, ['stauts'], "There is no command 'stauts'. Did you mean 'status'?"],
  [
    2,
    ['start', 'play', '--computes', 'many'],
    "'many' compute nodes cannot be had; the number is from 1 to 8.",
  ],
  [2, ['openrc', 'play', '--user', 'root'], 'Allowed choices are admin, demo.'],
  [2, ['up', '--port', '99999'], "'99999' is no port"],
  [2, ['run', 'ovs-vlan-one-tenant'], 'No Docker engine answers at tcp://127.0.0.1:1.'],
  [1, ['down', '--all'], 'No Docker engine answers at tcp://127.0.0.1:1.'],
] as const)('the command line ends with %i for %j', async (code, words, sentence) => {
  const { code: ended, said } = await call(...words);
  expect(said).toContain(sentence);
  expect(ended).toBe(code);
});
