// Solutions typed into real shells of this machine; the 'cloud' is a folder, steps write files.
import { execFile } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { readLab } from '../../../../server/appliance/catalog/read-lab.ts';
import type { ExecResult } from '../../../../server/appliance/checks/types.ts';
import { worst } from '../../../../server/appliance/journey/journey.ts';
import { replay, type ReplayFailed } from '../../../../server/appliance/journey/replay.ts';
import { labFolder, validFile } from '../../../support/lab-folder.ts';
import { localShell } from '../../../support/local-shell.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-replay-'));
  return () => rm(folder, { recursive: true });
});

const says = (file: string, words: string) =>
  `checks:\n  - name: ${file} says ${words}\n    within: 0.2\n    exec: { on: controller, argv: [cat, ${file}], stdout: '^${words}$' }\n`;
const files: Record<string, string | undefined> = {
  'lab.yaml': validFile('lab.yaml', '  - network\n', '  - first\n  - second\n  - third\n'),
  '01-network.md': undefined,
  'mistakes/other-name.yaml': undefined,
  '01-first.md': '# First\n\nWrite a.\n',
  'solution/01': '# terminal: controller\nword=yes\necho $word > a\n',
  'checks/01.yaml': says('a', 'yes'),
  '02-second.md': '# Second\n\nWrite b.\n',
  // the shell is the one of the first step: its variable is still there
  'solution/02': '# terminal: controller\necho $word > b\n',
  'checks/02.yaml': says('b', 'yes'),
  '03-third.md': '# Third\n\nWrite c.\n',
  'solution/03': '# terminal: controller\necho end > c\n',
  'checks/03.yaml': says('c', 'end'),
};

async function run(until: number, replaced: typeof files = {}, signal = new AbortController().signal) {
  await using labs = await labFolder({ ...files, ...replaced });
  const lab = await readLab(labs.path, 'sample');
  const told: string[] = [];
  let opened = 0;
  let failure: unknown;
  await replay({
    ...{ lab, until, signal },
    openTerminal: async () => {
      opened++;
      return localShell(folder);
    },
    ground: {
      exec: (_place, argv) => runLocally(argv),
      get: () => Promise.resolve({ status: 200, body: {} }),
      diagnose: () => Promise.resolve(undefined),
    },
    onProgress: ({ step, command, commandsDone, commandsTotal }) =>
      told.push(`${step.number} ${command?.text ?? 'look'} ${commandsDone}/${commandsTotal}`),
    onLooked: (step, checks) => Promise.resolve(void told.push(`${step.number} ${worst(checks)}`)),
  }).catch((error: unknown) => (failure = error));
  return { told, opened, failure: failure as ReplayFailed | undefined };
}

function runLocally([program, ...words]: string[]): Promise<ExecResult> {
  return new Promise((resolve) => {
    execFile(program!, words, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

it('types step after step into one lasting shell and looks at each before the next', async () => {
  const { told, opened, failure } = await run(2);
  expect(failure).toBeUndefined();
  expect(told).toEqual([
    ...['1 word=yes 0/3', '1 echo $word > a 1/3', '1 look 2/3', '1 passed'],
    ...['2 echo $word > b 2/3', '2 look 3/3', '2 passed'],
  ]);
  expect(opened).toBe(1);
  expect(await readdir(folder)).toEqual(['a', 'b']);
});

it('stops at a command that fails, with what was typed and its last lines', async () => {
  const { told, failure } = await run(3, {
    'solution/02': '# terminal: controller\nls /nonexistent-folder\necho yes > b\n',
  });
  expect(failure?.message).toMatch(
    /step 2, 'Second', failed: a command on controller ended with exit code 2/,
  );
  expect(failure?.logTail[0]).toBe('controller# ls /nonexistent-folder');
  expect(failure?.logTail.join('\n')).toMatch(/No such file/);
  expect(told.at(-1)).toBe('2 ls /nonexistent-folder 2/5');
  expect(await readdir(folder)).toEqual(['a']);
});

it('stops at a step that does not pass after its solution, and says which check', async () => {
  const { told, failure } = await run(3, { 'solution/02': '# terminal: controller\necho no > b\n' });
  expect(failure?.message).toMatch(
    /Step 2, 'Second', does not pass after its solution was typed: b says yes/,
  );
  expect(failure?.logTail[0]).toMatch(/^observed: /);
  expect(told.at(-1)).toBe('2 failed');
});

it('ends at once when it is interrupted, in the middle of a command', async () => {
  const abort = new AbortController();
  const running = run(3, { 'solution/02': '# terminal: controller\nsleep 30\n' }, abort.signal);
  const began = performance.now();
  setTimeout(() => abort.abort(new Error('the lab was taken down')), 700);
  const { failure } = await running;
  expect(failure?.message).toBe('the lab was taken down');
  expect(performance.now() - began).toBeLessThan(8_000);
});
