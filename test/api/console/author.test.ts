// The author's console: what is saved in a lab's folder is pushed, with what is wrong and where.
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeNewLab } from '../../../server/appliance/author/new-lab.ts';
import { noLabs } from '../../../server/appliance/author/no-labs.ts';
import { createPreview, type Preview } from '../../../server/appliance/author/preview.ts';
import { serveConsole, type Console } from '../../../server/appliance/http/console.ts';
import type { AuthorState } from '../../../server/appliance/http/types.ts';
import { consoleClient, temporaryJourneys, type ConsoleClient } from '../../support/console-client.ts';
import { labFolder, type LabFolder } from '../../support/lab-folder.ts';

const log = { info: () => {}, error: () => {} };
let labs: LabFolder;
let folder: string;
let preview: Preview;
let running: Console;
let client: ConsoleClient;

beforeEach(async () => {
  labs = await labFolder();
  await makeNewLab(labs.path, 'first-network');
  folder = join(labs.path, 'first-network');
  preview = await createPreview(labs.path, 'first-network');
  const journeys = await temporaryJourneys();
  running = await serveConsole({ ...noLabs(labs.path), port: 0, journeys, log, author: preview });
  client = await consoleClient(running.oneTimeLink(), running.url);
});
afterEach(async () => {
  preview.close();
  await running.close();
  await labs[Symbol.asyncDispose]();
});

/** Pushed states, one after the other. */
async function* pushes(): AsyncGenerator<AuthorState> {
  const answer = await fetch(`${running.url}/api/author/events`, { headers: { Cookie: client.cookie } });
  expect(answer.headers.get('content-type')).toMatch(/^text\/event-stream/);
  let text = '';
  for await (const piece of answer.body!.pipeThrough(new TextDecoderStream())) {
    text += piece;
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      yield JSON.parse(text.slice('data: '.length, end)) as AuthorState;
      text = text.slice(end + 2);
    }
  }
}

async function next(states: AsyncGenerator<AuthorState>): Promise<AuthorState> {
  const { value } = await states.next();
  return value as AuthorState;
}

/** The first push of which something is true. */
async function until(
  states: AsyncGenerator<AuthorState>,
  isSo: (state: AuthorState) => boolean,
): Promise<AuthorState> {
  for (;;) {
    const state = await next(states);
    if (isSo(state)) return state;
  }
}

it('a new lab has nothing wrong, and its steps are shown with their checks and their trials', async () => {
  const states = pushes();
  const state = await next(states);
  expect(state).toMatchObject({ findings: [], isReadable: true, isCloudChanged: false });
  expect(state.guide).toMatchObject({ title: 'First network', steps: [{ title: 'Create a network' }] });
  expect(state.steps[0]!.checks.map(({ triedBy }) => triedBy)).toEqual([
    ['The name is misspelt'],
    ['The network is created as the administrator'],
  ]);
  expect((await client.ask('GET', '/api/author')).body).toEqual(state);
  await states.return(undefined);
});

it('a save is pushed: text, findings with file and line, and what can no longer be read', async () => {
  const states = pushes();
  await next(states);
  await writeFile(
    join(folder, '01-network.md'),
    '# Another title\n\n```controller\nneutron net-create net02\n```\n',
  );
  const edited = await until(states, ({ findings }) => findings.length > 0);
  expect(edited.guide.steps[0]!.title).toBe('Another title');
  expect(edited.findings).toEqual([
    {
      ...{ severity: 'error', file: 'first-network/01-network.md', line: 4, field: '' },
      message:
        "the solution does not run 'neutron net-create net02' on controller. It runs 'neutron net-create net01'",
    },
  ]);
  await writeFile(join(folder, 'checks/01.yaml'), 'checks:\n  - name: It answers\n    pong: {}\n');
  const unreadable = await until(states, ({ isReadable }) => !isReadable);
  expect(unreadable.guide.steps[0]!.title).toBe('Another title');
  expect(unreadable.findings[0]).toMatchObject({ file: 'first-network/checks/01.yaml', line: 3 });
  await states.return(undefined);
});

it('a save by renaming, and a folder made later, are noticed too', async () => {
  const states = pushes();
  await next(states);
  await writeFile(join(folder, '.new'), '# Renamed into place\n');
  await rename(join(folder, '.new'), join(folder, '01-network.md'));
  await until(states, ({ guide }) => guide.steps[0]!.title === 'Renamed into place');
  await mkdir(join(folder, 'faults'));
  await writeFile(join(folder, 'faults/gone.yaml'), 'title: The network is gone\n');
  await until(states, ({ findings }) => findings.some(({ file }) => file.endsWith('faults/gone.yaml')));
  await rm(join(folder, 'faults'), { recursive: true });
  await until(states, ({ isReadable }) => isReadable);
  await states.return(undefined);
});

it('another cloud than the running lab has is said, until it has it again', async () => {
  const states = pushes();
  preview.startedAs('first-network');
  expect(await until(states, ({ lab }) => lab !== undefined)).toMatchObject({ isCloudChanged: false });
  const head = join(folder, 'lab.yaml');
  const text = await readFile(head, 'utf8');
  await writeFile(head, `${text}cloud: { compute: 3 }\n`);
  await until(states, ({ isCloudChanged }) => isCloudChanged);
  await writeFile(head, text);
  await until(states, ({ isCloudChanged }) => !isCloudChanged);
  await states.return(undefined);
});

it('strangers see nothing, and a lab cannot be started where none can run', async () => {
  expect((await fetch(`${running.url}/api/author`)).status).toBe(401);
  expect((await fetch(`${running.url}/api/author/events`)).status).toBe(401);
  const started = await client.ask('POST', '/api/labs', { body: { entry: 'first-network' } });
  expect(started).toMatchObject({ status: 409, body: { title: 'Not now' } });
});

it('a new lab is refused where there is one, and with a name that is none', async () => {
  await expect(makeNewLab(labs.path, 'sample')).rejects.toThrow(/There is a .*sample already/);
  await expect(makeNewLab(labs.path, '../out')).rejects.toThrow("'../out' is no name for a lab");
});
