// Terminals outlive the appliance: it is killed as by a power cut and started again while programs run in them.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import type { ConsoleState, TerminalState } from '../../server/appliance/http/types.ts';
import { createLab } from '../../server/appliance/labs/create.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import { exec } from '../../server/appliance/labs/exec.ts';
import { defaultSpec } from '../../server/appliance/labs/spec.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import {
  consoleClient,
  eventsOf,
  terminalOf,
  type ConsoleClient,
  type TerminalClient,
} from '../support/console-client.ts';

const lab = 'test-terminals';
let engine: Engine;
let state: string;
let appliance: Appliance;
let client: ConsoleClient;

const run = async (node: string, ...argv: string[]) => {
  const { code, stdout, stderr } = await exec(engine, lab, node, argv, { timeoutMs: 60_000 });
  if (code !== 0) throw new Error(`${argv.join(' ')} on ${node}: code ${code}\n${stderr}`);
  return stdout;
};
const start = async () => {
  appliance = await startAppliance({ state });
  client = await consoleClient(appliance.link);
};
const open = async (place: string) => {
  const body = { place, columns: 100, rows: 30 };
  const answer = await client.ask('POST', `/api/labs/${lab}/terminals`, { body });
  expect(answer.status, answer.text).toBe(201);
  return answer.body as TerminalState;
};
const view = ({ id }: TerminalState, after = 0): TerminalClient =>
  terminalOf(client.connect(`/api/labs/${lab}/terminals/${id}?viewer=learner&after=${after}`));
const type = (terminal: TerminalClient, data: string) => terminal.request({ type: 'input', data });
const shows = (terminal: TerminalClient, text: RegExp) =>
  expect.poll(() => terminal.output(), { timeout: 90_000 }).toMatch(text);
const opening = (terminal: TerminalClient) => terminal.seen(({ messages }) => messages.length > 0);
const tabs = async () => {
  const socket = client.connect('/api/events');
  const first = await eventsOf(socket).until(({ type: kind }) => kind === 'snapshot');
  socket.close();
  const { labs } = (first as { state: ConsoleState }).state;
  return labs.find(({ id }) => id === lab)!.terminals;
};

const instance = [
  'set -e',
  '. /root/openrc-admin',
  'neutron net-create probe',
  'neutron subnet-create probe 192.168.77.0/24 --name probe',
  'nova boot --image cirros --flavor m1.tiny --nic net-name=probe probe --poll',
].join('\n');

beforeAll(async () => {
  engine = await connectEngine(process.env);
  const images = await ensureNodeImages(engine, { onBuild: () => undefined });
  const { signal } = new AbortController();
  await createLab(engine, defaultSpec(lab), {
    ...{ images, imagesFolder: folders.images, signal, isCloudAwaited: true },
    onEvent: () => undefined,
  });
  await run('controller', 'bash', '-c', instance);
  await run('network', 'ip', 'netns', 'add', 'probe');
  state = await mkdtemp(join(tmpdir(), 'patchbay-state-'));
  await start();
});
afterAll(async () => {
  await appliance?.[Symbol.asyncDispose]();
  await destroyLab(engine, lab);
  await rm(state, { recursive: true, force: true });
});

it('programs go on while no appliance is there, and a browser gets exactly what it missed', async () => {
  const places = ['network', 'vm:probe', 'netns:network:probe'];
  // one after the other: tabs come back in the order in which they were opened
  const opened: TerminalState[] = [];
  for (const place of places) opened.push(await open(place));
  const before = opened.map((one) => view(one));
  await Promise.all(before.map(opening));

  // one line for each 50 ms, numbered by the node, to be missed by nobody
  type(before[0]!, 'tcpdump -lni mgmt0 icmp & (for i in $(seq 1 400); do echo tick-$i; sleep 0.05; done)\r');
  type(before[1]!, 'for i in $(seq 1 20); do echo guest-$i; sleep 1; done\r');
  type(before[2]!, 'ip netns identify; for i in $(seq 1 20); do echo space-$i; sleep 1; done\r');
  await shows(before[0]!, /listening on mgmt0/);
  const pinging = run('controller', 'ping', '-i', '0.2', '-c', '60', 'network');
  await shows(before[0]!, /seq 5,/);
  await shows(before[0]!, /tick-20\r/);
  await shows(before[1]!, /\nguest-2\r/);
  await shows(before[2]!, /probe\r\nspace-1\r\nspace-2\r/);

  await appliance.kill();
  await start();
  expect(await tabs()).toEqual(opened);
  const after = opened.map((one, index) => view(one, before[index]!.offset()));
  await Promise.all(after.map(opening));
  for (const [index, { messages }] of after.entries())
    expect(messages[0]).toMatchObject({ type: 'opened', offset: before[index]!.offset() });
  await shows(after[0]!, /tick-400\r/);
  await shows(after[1]!, /guest-20\r/);
  await shows(after[2]!, /space-20\r/);
  await pinging;

  const numbers = (at: number, word: string) =>
    [...(before[at]!.output() + after[at]!.output()).matchAll(new RegExp(`${word}-(\\d+)\r`, 'g'))].map(
      ([, number]) => Number(number),
    );
  const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
  expect(numbers(0, 'tick')).toEqual(upTo(400));
  expect(numbers(1, 'guest')).toEqual(upTo(20));
  expect(numbers(2, 'space')).toEqual(upTo(20));
  const whole = before[0]!.output() + after[0]!.output();
  const requests = [...whole.matchAll(/echo request, id \d+, seq (\d+)/g)].map(([, seq]) => Number(seq));
  expect(requests).toEqual(upTo(60));
});

it('a full-screen program keeps its size, and sees a new one at once', async () => {
  const opened = await open('compute1');
  const first = view(opened);
  await opening(first);
  type(first, 'stty size; echo "$TERM"; trap "stty size" WINCH\r');
  await shows(first, /30 100\r\nxterm-256color/);
  await appliance.kill();
  await start();
  const second = view(opened);
  await opening(second);
  expect(second.messages[0]).toMatchObject({ columns: 100, rows: 30, isOwner: true });
  second.request({ type: 'resize', columns: 132, rows: 43 });
  type(second, 'true\r');
  await shows(second, /43 132/);
});

it('leaves nothing in the nodes of a terminal that was closed or left', async () => {
  const [left, closed] = [await open('controller'), await open('controller')];
  const terminals = [view(left), view(closed)];
  await Promise.all(terminals.map(opening));
  type(terminals[0]!, 'exit 3\r');
  await terminals[0]!.seen(({ messages }) => messages.some((message) => message.type === 'ended'));
  expect(terminals[0]!.messages.at(-1)).toEqual({ type: 'ended', reason: 'exit code 3' });
  type(terminals[1]!, 'sleep 4242 & sleep 4243\r');
  await shows(terminals[1]!, /sleep 4243/);
  await client.ask('DELETE', `/api/labs/${lab}/terminals/${closed.id}`);
  for (const { id } of await tabs()) await client.ask('DELETE', `/api/labs/${lab}/terminals/${id}`);
  const look =
    'ls -A /run/terminals 2>/dev/null; pgrep -fa "[n]ode-terminal|[s]leep 424|[t]cpdump|[n]c -UN" || true';
  for (const node of ['controller', 'network', 'compute1', 'compute2'])
    await expect.poll(() => run(node, 'sh', '-c', look)).toBe('');
});

it('says which namespaces there are when one is not', async () => {
  const body = { place: 'netns:network:nowhere', columns: 80, rows: 24 };
  const answer = await client.ask('POST', `/api/labs/${lab}/terminals`, { body });
  expect(answer.status).toBe(409);
  expect(answer.text).toMatch(/no namespace 'nowhere' on network\. There are:.*probe/);
});
