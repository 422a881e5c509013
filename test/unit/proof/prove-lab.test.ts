// The whole course of a proof, with real shells: the 'cloud' is a folder of this machine, and its steps write files.
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { LabExists } from '../../../server/appliance/labs/failures.ts';
import { readLab } from '../../../server/appliance/catalog/read-lab.ts';
import type { ExecResult } from '../../../server/appliance/checks/types.ts';
import type { ProofPlatform } from '../../../server/appliance/proof/deps.ts';
import { proveLab } from '../../../server/appliance/proof/prove-lab.ts';
import type { LabReport } from '../../../server/appliance/proof/report.ts';
import { labFolder, validFile } from '../../support/lab-folder.ts';
import { localShell } from '../../support/local-shell.ts';

let folder: string;
let url: string;
let isServiceUp = true;
const destroyed: string[] = [];
const api = createServer((request, response) => {
  const isToken = request.url === '/v3/auth/tokens';
  response.writeHead(isToken ? 201 : 200, { 'x-subject-token': 'token' });
  response.end(JSON.stringify(isToken ? {} : { agents: [] }));
});

beforeAll(async () => {
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(api.address() as AddressInfo).port}`;
});
afterAll(() => void api.close());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'patchbay-proof-'));
  isServiceUp = true;
  destroyed.length = 0;
  return () => rm(folder, { recursive: true });
});

/** One node, 'controller', whose commands run in `folder`. */
const platform: ProofPlatform = {
  start: async (lab) => ({
    id: `run-${lab.id}`,
    nodeNames: ['controller'],
    runInNode: async (_node, argv) => {
      if (argv.includes('look'))
        return done(`named daemon\nstatus ${isServiceUp ? 'run' : 'down'}: daemon: (pid 1) 5s\ndone\n`);
      if (argv[0] === 'sh' && argv[1] === '-s')
        return runLocally(['find', '.', '-type', 'f', '-printf', '%p %s\\n']);
      if (argv.includes('/root/openrc-admin'))
        return done('export OS_USERNAME=admin\nexport OS_PASSWORD=x\nexport OS_TENANT_NAME=admin\n');
      return runLocally(argv);
    },
    openTerminal: async () => localShell(folder),
    endpoints: { identity: url, network: url, compute: url, image: url },
    destroy: async () => void destroyed.push(lab.id),
  }),
};

const done = (stdout: string): ExecResult => ({ code: 0, stdout, stderr: '' });

function runLocally([program, ...words]: string[]): Promise<ExecResult> {
  return new Promise((resolve) => {
    execFile(program!, words, { cwd: folder }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

/** A check that a file says something. */
const says = (name: string, file: string, words: string, more = '') =>
  `  - name: ${name}\n    within: 0.2\n${more}    exec: { on: controller, argv: [cat, ${file}], stdout: '^${words}$' }\n`;

/** Two steps: write 'yes' into a and 'big' into b; then write c. */
const files: Record<string, string> = {
  'lab.yaml': validFile('lab.yaml', '  - network\n', '  - first\n  - second\n'),
  '01-first.md': '# First\n\nWrite two files.\n\n```controller\necho yes > a\n```\n',
  'solution/01': '# terminal: controller\necho yes > a\necho big > b\n',
  'checks/01.yaml': `checks:\n${says('a says yes', 'a', 'yes')}${says('b says big', 'b', 'big')}`,
  '02-second.md': '# Second\n\nWrite another.\n',
  'solution/02': '# terminal: controller\necho end > c\n',
  'checks/02.yaml': `checks:\n${says('c says end', 'c', 'end')}`,
  'mistakes/no.yaml':
    'title: no instead of yes\nstep: first\ntrips: a says yes\ninstead: |\n  # terminal: controller\n  echo no > a\n  echo big > b\nundo: |\n  # terminal: controller\n  rm a b\n',
  'mistakes/unended.yaml':
    'title: an open end\nstep: second\ntrips: c says end\ninstead: |\n  # terminal: controller\n  echo on > c\nundo: |\n  # terminal: controller\n  rm c\n',
  'mistakes/other-name.yaml':
    'title: small instead of big\nstep: first\ntrips: b says big\ninstead: |\n  # terminal: controller\n  echo yes > a\n  echo small > b\nundo: |\n  # terminal: controller\n  rm a b\n',
};

async function prove(
  replaced: Record<string, string> = {},
  isWhole = true,
  onlyStep?: number,
): Promise<LabReport> {
  const unused = { '01-network.md': undefined };
  await using labs = await labFolder({ ...unused, ...files, ...replaced });
  const lab = await readLab(labs.path, 'sample');
  const signal = new AbortController().signal;
  return proveLab(lab, {
    platform,
    isWhole,
    isKept: false,
    signal,
    onProgress: () => undefined,
    ...(onlyStep === undefined ? {} : { onlyStep }),
  });
}

/** What did not come out as it should, but for checks that were not tried at all. */
const unproven = ({ assertions }: LabReport) =>
  assertions
    .filter(({ outcome, phase }) => outcome !== 'proven' && phase !== 'tried')
    .map(({ phase, name, outcome }) => `${outcome} ${phase} ${name}`);

it('proves a lab: fails before, passes after, mistakes trip, later steps fail, nothing is left', async () => {
  const report = await prove();
  expect(unproven(report)).toEqual([]);
  expect(report).toMatchObject({ outcome: 'proven', mutationScore: 1, untried: [] });
  expect(Object.keys(report.phases).sort()).toEqual(
    ['after', 'again', 'before', 'destroy', 'later', 'mistake', 'solution', 'start'].sort(),
  );
  expect(report.assertions.map(({ step, phase }) => `${step} ${phase}`)).toEqual([
    ...[
      '1 before',
      '1 before',
      '1 mistake',
      '1 mistake',
      '1 solution',
      '1 after',
      '1 after',
      '1 again',
      '1 again',
      '1 unchanged',
    ],
    ...['2 before', '2 mistake', '2 solution', '2 after', '2 again', '2 unchanged', '0 destroy'],
  ]);
  expect(destroyed).toEqual(['sample']);
  expect(await readdir(folder)).toEqual(['a', 'b', 'c']);
});

it('the short run leaves mistakes and repetitions out', async () => {
  const report = await prove({}, false);
  expect(report).toMatchObject({ outcome: 'proven', mutationScore: null });
  expect(new Set(report.assertions.map(({ phase }) => phase))).toEqual(
    new Set(['before', 'solution', 'after', 'destroy']),
  );
});

it('a check that passes before its step is found out', async () => {
  const always = "  - name: always\n    exec: { on: controller, argv: ['true'] }\n";
  const report = await prove({ 'checks/01.yaml': files['checks/01.yaml'] + always });
  expect(unproven(report)).toEqual(['failed before always']);
});

it('a mistake that no check notices, or that trips two, is found out', async () => {
  const unnoticed = files['mistakes/other-name.yaml']!.replace('echo small > b', 'echo big > b');
  expect(unproven(await prove({ 'mistakes/other-name.yaml': unnoticed }))).toEqual([
    'failed mistake small instead of big',
  ]);
  const both = files['mistakes/other-name.yaml']!.replace('echo yes > a', 'echo no > a');
  const report = await prove({ 'mistakes/other-name.yaml': both });
  expect(report).toMatchObject({ outcome: 'failed', mutationScore: 2 / 4 });
  expect(report.assertions.find(({ name }) => name === 'small instead of big')!.detail).toContain(
    'it also trips\na says yes',
  );
});

it('an effect that waits for the tripped cause is not a second one', async () => {
  const needing = says('b is not empty', 'b', 'b.*', '    needs: [b says big]\n');
  expect(unproven(await prove({ 'checks/01.yaml': files['checks/01.yaml'] + needing }))).toEqual([]);
});

/** A fault of the first step, with the shell commands that inject and mend it. */
const fault = (inject: string, fix = 'echo yes > a; echo big > b', trips = 'b says big') =>
  `title: it breaks\nstep: first\ntrips: ${trips}\ninject: |\n  # terminal: controller\n  ${inject}\nfix: |\n  # terminal: controller\n  ${fix}\nsymptom: b is wrong\ncause: somebody wrote into it\n`;

it('a mistake is not noticed by a lab that breaks', async () => {
  // a daemon dies when the looks before the step are over
  const onProgress = (text: string) => {
    if (text.includes('fails before: b says big')) isServiceUp = false;
  };
  await using labs = await labFolder({ '01-network.md': undefined, ...files });
  const lab = await readLab(labs.path, 'sample');
  const signal = new AbortController().signal;
  const report = await proveLab(lab, { platform, isWhole: true, isKept: false, signal, onProgress });
  const mistake = report.assertions.find(({ phase }) => phase === 'mistake')!;
  expect(mistake).toMatchObject({ outcome: 'broken', noticedBy: [] });
  expect(mistake.detail).toContain('the lab itself counts as broken meanwhile');
});

it('a check that nothing trips is found out', async () => {
  const report = await prove({ 'mistakes/no.yaml': files['mistakes/unended.yaml']! });
  expect(unproven(report)).toEqual([]);
  expect(report.untried).toEqual([{ step: 1, check: 'a says yes' }]);
  expect(report).toMatchObject({ outcome: 'failed', mutationScore: 3 / 4 });
});

it('a fault is noticed by the check it names, and its fix makes the step pass again', async () => {
  const report = await prove({ 'faults/breaks.yaml': fault('echo small > b') });
  expect(unproven(report)).toEqual([]);
  expect(report).toMatchObject({ outcome: 'proven', mutationScore: 1 });
  const found = report.assertions.filter(({ phase }) => phase === 'fault' || phase === 'fixed');
  expect(found.map(({ phase, noticedBy }) => [phase, noticedBy])).toEqual([
    ['fault', ['b says big']],
    ['fixed', undefined],
  ]);
});

it('a fault may break what comes after its check, which counts as noticed too', async () => {
  const report = await prove({ 'faults/breaks.yaml': fault('rm a b', undefined, 'a says yes') });
  expect(unproven(report)).toEqual([]);
  expect(report.assertions.find(({ phase }) => phase === 'fault')!.noticedBy).toEqual([
    'a says yes',
    'b says big',
  ]);
});

it('a fault that nothing notices is found out', async () => {
  expect(unproven(await prove({ 'faults/breaks.yaml': fault('true') }))).toEqual(['failed fault it breaks']);
});

it('a fault that another check notices first is found out', async () => {
  const report = await prove({ 'faults/breaks.yaml': fault('rm a b') });
  expect(unproven(report)).toEqual(['failed fault it breaks']);
  expect(report).toMatchObject({ outcome: 'failed', mutationScore: 3 / 4 });
  expect(report.assertions.find(({ phase }) => phase === 'fault')!.detail).toContain(
    "the first check that notices it is not 'b says big'\na says yes",
  );
});

it('a fix that does not mend ends the proof', async () => {
  const report = await prove({ 'faults/breaks.yaml': fault('rm b', 'echo small > b') });
  expect(unproven(report)).toEqual(['failed fixed it breaks']);
  expect(report.assertions.some(({ step }) => step === 2)).toBe(false);
});

it('a check that changes something is found out', async () => {
  const writes =
    "  - name: d is written\n    within: 0.2\n    exec: { on: controller, argv: [sh, -c, 'echo more >> d; cat b'], stdout: '.' }\n";
  const report = await prove({ 'checks/01.yaml': files['checks/01.yaml'] + writes });
  expect(unproven(report)).toEqual(['failed unchanged ']);
  const { detail } = report.assertions.find(({ phase }) => phase === 'unchanged')!;
  expect(detail).toMatch(/^- controller: \.\/d \d+\n[^]*^\+ controller: \.\/d \d+$/m);
});

it('one step alone is proven after the solutions before it', async () => {
  const report = await prove({}, true, 2);
  expect(unproven(report)).toEqual([]);
  expect(report.assertions.map(({ step, phase }) => `${step} ${phase}`)).toEqual([
    ...[
      '1 solution',
      '2 before',
      '2 mistake',
      '2 solution',
      '2 after',
      '2 again',
      '2 unchanged',
      '0 destroy',
    ],
  ]);
  expect(report).toMatchObject({ outcome: 'proven', mutationScore: 1, untried: [] });
});

it('a solution that fails is shown with its output and ends the proof', async () => {
  const report = await prove({ 'solution/01': '# terminal: controller\necho yes > a\nls nowhere\n' });
  const { detail } = report.assertions.find(({ phase }) => phase === 'solution')!;
  expect(detail).toContain('controller# ls nowhere\nended with exit code 2');
  expect(detail).toMatch(/cannot access '?nowhere/);
  expect(report.assertions.some(({ step }) => step === 2)).toBe(false);
  expect(destroyed).toEqual(['sample']);
});

it("a solution that fails in a broken lab is the lab's fault", async () => {
  const breaks = '# terminal: controller\necho yes > a\nls nowhere\n';
  isServiceUp = false;
  const report = await prove({ 'solution/01': breaks });
  const solution = report.assertions.find(({ phase }) => phase === 'solution')!;
  expect(solution.outcome).toBe('broken');
  expect(solution.detail).toContain('the lab is broken: service daemon on controller does not run');
});

it('where a lab of that name runs already, nothing runs, and it is left alone', async () => {
  await using labs = await labFolder({ '01-network.md': undefined, ...files });
  const lab = await readLab(labs.path, 'sample');
  const start = () => Promise.reject(new LabExists('run-sample'));
  const signal = new AbortController().signal;
  const options = { platform: { start }, isWhole: false, isKept: false, signal, onProgress: () => undefined };
  const report = await proveLab(lab, options);
  expect(report).toMatchObject({ outcome: 'nothing', assertions: [] });
  expect(report.note).toContain(
    "A lab named 'run-sample' exists already. 'patchbay down run-sample' removes it.",
  );
  expect(destroyed).toEqual([]);
});

it('a later step that already passes is found out', async () => {
  const report = await prove({ 'solution/01': `${files['solution/01']}echo end > c\n` });
  expect(unproven(report)).toEqual(['failed before c says end']);
});

it('a failed check while a service is down makes the lab broken, never the learner wrong', async () => {
  isServiceUp = false;
  const report = await prove();
  expect(report.outcome).toBe('broken');
  expect(report.assertions[0]).toMatchObject({ outcome: 'broken', phase: 'before' });
  expect(report.assertions[0]!.detail).toContain('service daemon on controller does not run');
});

it('an interrupted proof takes its lab down', async () => {
  const stop = new AbortController();
  await using labs = await labFolder({ '01-network.md': undefined, ...files });
  const lab = await readLab(labs.path, 'sample');
  const onProgress = (text: string) => {
    if (text.includes('step 1')) stop.abort();
  };
  const report = await proveLab(lab, {
    platform,
    isWhole: true,
    isKept: true,
    signal: stop.signal,
    onProgress,
  });
  expect(report).toMatchObject({ outcome: 'nothing', note: 'interrupted' });
  expect(destroyed).toEqual(['sample']);
});
