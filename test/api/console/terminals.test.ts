// Terminals over WebSockets: output is numbered and replayed, the process outlives sockets, one viewer owns the size.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { TerminalState } from '../../../server/appliance/http/types.ts';
import { createDemoLabs } from '../../support/demo-labs.ts';
import {
  eventsOf,
  refusalOf,
  terminalOf,
  testConsole,
  type TestConsole,
} from '../../support/console-client.ts';
import { playTerminal, type PlayedTerminal } from '../../support/played-terminal.ts';

let page: TestConsole;
let played: PlayedTerminal;
let path: string;
const viewer = (id: string, after = 0) => terminalOf(page.connect(`${path}?viewer=${id}&after=${after}`));
const opened = (client: ReturnType<typeof terminalOf>) => client.seen(({ messages }) => messages.length > 0);

beforeEach(async () => {
  page = await testConsole();
  const lab = await page.labs.start('demo');
  played = playTerminal();
  page.labs.openTerminal = () => Promise.resolve(played.process);
  const body = { place: 'controller', columns: 100, rows: 30 };
  const { id } = (await page.ask('POST', `/api/labs/${lab}/terminals`, { body })).body as TerminalState;
  path = `/api/labs/${lab}/terminals/${id}`;
});
afterEach(() => page[Symbol.asyncDispose]());

it('carries keys in and output out', async () => {
  const terminal = viewer('a');
  await opened(terminal);
  terminal.request({ type: 'input', data: 'ls\r' });
  while (played.calls.length === 0) await new Promise(setImmediate);
  expect(played.calls).toEqual(['write ls\r']);
  played.print('a file\r\n');
  await terminal.seen(({ output }) => output() === 'a file\r\n');
});

it('replays to a reconnecting viewer exactly what it missed', async () => {
  const first = viewer('a');
  await opened(first);
  played.print('before ');
  await first.seen(({ output }) => output() === 'before ');
  first.socket.terminate();
  played.print('while away ');
  const second = viewer('a', first.offset());
  await second.seen(({ output }) => output() !== '');
  played.print('after');
  await second.seen(({ output }) => output() === 'while away after');
  expect(second.messages[0]).toMatchObject({ type: 'opened', offset: 7, replayUntil: 18 });
});

it('replays everything to a page that was loaded anew', async () => {
  played.print('one\r\ntwo\r\n');
  const terminal = viewer('new');
  await terminal.seen(({ output }) => output() === 'one\r\ntwo\r\n');
});

it('starts at a line when what a viewer missed is no longer kept', async () => {
  for (let line = 0; line < 40; line++) played.print(`${line} ${'x'.repeat(10_000)}\r\n`);
  const terminal = viewer('late', 5);
  await opened(terminal);
  const [message] = terminal.messages;
  if (message?.type !== 'opened') throw new Error('expected opened');
  expect(message.offset).toBeGreaterThan(5);
  await terminal.seen(({ output }) => output() !== '');
  expect(terminal.output()).toMatch(/^\d+ x/);
});

it('holds the process back until its viewer has drawn a flood', async () => {
  const terminal = viewer('a');
  await opened(terminal);
  const flood = 'y\r\n'.repeat(60_000);
  played.print(flood);
  expect(played.calls).toContain('pause');
  await terminal.seen(({ output }) => output().length >= 128 * 1024);
  while (terminal.offset() < flood.length) {
    const drawn = terminal.offset();
    terminal.request({ type: 'acknowledge', offset: drawn });
    await terminal.seen(({ offset }) => offset() > drawn);
  }
  terminal.request({ type: 'acknowledge', offset: flood.length });
  terminal.request({ type: 'input', data: 'end' });
  while (!played.calls.includes('write end')) await new Promise(setImmediate);
  expect(played.calls.filter((call) => /pause|resume/.test(call))).toEqual(['pause', 'resume']);
  expect(terminal.output()).toBe(flood);
});

it('lets the process go on when its viewer leaves in the middle of a flood', async () => {
  const terminal = viewer('a');
  await opened(terminal);
  played.print('y\r\n'.repeat(60_000));
  terminal.socket.terminate();
  while (!played.calls.includes('resume')) await new Promise(setImmediate);
  expect(played.calls).toEqual(['pause', 'resume']);
});

it('follows the size of one viewer only, until another takes it over', async () => {
  const owner = viewer('a');
  await opened(owner);
  const watcher = viewer('b');
  await opened(watcher);
  expect(watcher.messages[0]).toMatchObject({ isOwner: false, columns: 100, rows: 30 });
  watcher.request({ type: 'resize', columns: 50, rows: 10 });
  watcher.request({ type: 'own-size' });
  await watcher.seen(({ messages }) =>
    messages.some((message) => message.type === 'size' && message.isOwner),
  );
  watcher.request({ type: 'resize', columns: 60, rows: 20 });
  await owner.seen(({ messages }) =>
    messages.some((message) => message.type === 'size' && message.columns === 60),
  );
  expect(played.calls).toEqual(['resize 60x20']);
});

it('gives the size to the viewer that stays', async () => {
  const owner = viewer('a');
  await opened(owner);
  const watcher = viewer('b');
  await opened(watcher);
  owner.socket.terminate();
  await watcher.seen(({ messages }) =>
    messages.some((message) => message.type === 'size' && message.isOwner),
  );
});

it('tells every viewer when the process ends, and takes the tab away', async () => {
  const events = eventsOf(page.connect('/api/events'));
  await events.until(({ type }) => type === 'snapshot');
  const terminal = viewer('a');
  await opened(terminal);
  played.end('the shell has ended');
  await terminal.seen(({ messages }) => messages.some(({ type }) => type === 'ended'));
  const gone = await events.until((event) => event.type === 'changed' && event.change.kind === 'terminals');
  expect(gone).toMatchObject({ change: { terminals: [] } });
  expect(await refusalOf(page.connect(path))).toBe(404);
});

it('ends the process when the tab is closed, not when a socket is', async () => {
  const terminal = viewer('a');
  await opened(terminal);
  terminal.socket.terminate();
  expect(await refusalOf(page.connect(path))).toBe(101);
  expect((await page.ask('DELETE', path)).status).toBe(204);
  expect(await refusalOf(page.connect(path))).toBe(404);
});

it('drops a socket that sends what is no terminal request', async () => {
  const terminal = viewer('a');
  await opened(terminal);
  terminal.socket.send('{"type":"resize","columns":-1,"rows":1e9}');
  await new Promise((closed) => terminal.socket.on('close', closed));
  expect(played.calls).toEqual([]);
});

it('names a second terminal of a place apart', async () => {
  const lab = page.labs.running()[0]!.id;
  const body = { place: 'controller', columns: 80, rows: 24 };
  const { body: second } = await page.ask('POST', `/api/labs/${lab}/terminals`, { body });
  expect(second).toMatchObject({ place: 'controller', title: 'controller 2' });
});

it('says why a place has no terminal', async () => {
  page.labs.openTerminal = () => Promise.reject(new Error('vm09 is not running.'));
  const lab = page.labs.running()[0]!.id;
  const body = { place: 'vm:vm09', columns: 80, rows: 24 };
  const answer = await page.ask('POST', `/api/labs/${lab}/terminals`, { body });
  expect([answer.status, answer.body]).toEqual([
    409,
    { title: 'No terminal on vm:vm09', detail: 'vm09 is not running.' },
  ]);
});

it('finds again what an earlier console opened, and replays over its death exactly what was missed', async () => {
  const labs = createDemoLabs();
  const lab = await labs.start('demo');
  const kept = playTerminal({ start: 1000, end: 1014, columns: 120, rows: 40 });
  const state = { id: 'kept', place: 'network', title: 'network' };
  labs.joinTerminals = () => Promise.resolve([{ state, process: kept.process }]);
  setTimeout(() => kept.print('first\r\n', 1000), 20);
  setTimeout(() => kept.print('second\r', 1007), 60);
  await using later = await testConsole(labs);
  const events = eventsOf(later.connect('/api/events'));
  const snapshot = await events.until(({ type }) => type === 'snapshot');
  expect(snapshot).toMatchObject({ state: { labs: [{ terminals: [state] }] } });
  const address = `/api/labs/${lab}/terminals/kept`;
  const back = terminalOf(later.connect(`${address}?viewer=a&after=1007`));
  await back.seen(({ output }) => output() === 'second\r');
  expect(back.messages[0]).toMatchObject({ offset: 1007, replayUntil: 1014, columns: 120, rows: 40 });
});

it('tells a gap where output was lost on the way from the node', async () => {
  const terminal = viewer('a');
  await opened(terminal);
  played.print('seen', 0);
  await terminal.seen(({ output }) => output() === 'seen');
  played.print('later', 500_000);
  await terminal.seen(({ output }) => output().endsWith('later'));
  expect(terminal.messages.at(-1)).toEqual({ type: 'gap', offset: 500_000 });
});

it('lets go of the programs when the console closes, and ends none', async () => {
  await page.running.close();
  expect(played.calls).toEqual(['leave']);
});
