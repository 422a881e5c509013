// The appliance in a container of its own, given the engine's socket: its labs are its siblings.
import { execFile } from 'node:child_process';
import { copyFile, mkdir, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLab } from '../../server/appliance/catalog/read-lab.ts';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import type { LabState, StepState, TerminalState } from '../../server/appliance/http/types.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import { createPerformer } from '../../server/appliance/proof/perform.ts';
import { attachLab } from '../../server/appliance/proof/attach-lab.ts';
import { ensureBaseImage } from '../../server/appliance/set-up/base-image.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import {
  consoleClient,
  eventsOf,
  refusalOf,
  terminalOf,
  type ConsoleClient,
} from '../support/console-client.ts';
import { leftOvers } from '../support/nodes.ts';

const image = 'patchbay-test-appliance';
const name = `patchbay-test-appliance-${process.pid}`;
const entry = 'ovs-vlan-one-tenant';
let engine: Engine;
let url: string;
let client: ConsoleClient;
let lab: string | undefined;

const docker = async (...argv: string[]) =>
  (await promisify(execFile)('docker', argv, { cwd: folders.root, maxBuffer: 64 * 1024 * 1024 })).stdout;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}
/** The link that the container's appliance prints once it serves. */
async function linkIn(): Promise<string> {
  for (const end = Date.now() + 120_000; ; await delay(500)) {
    const link = /http\S+\?token=\S+/.exec(await docker('logs', name))?.[0];
    if (link !== undefined) return link;
    if (Date.now() > end) throw new Error('the appliance in the container gave no link');
  }
}
const running = async (id: string) => {
  const socket = client.connect('/api/events');
  const snapshot = await eventsOf(socket).until(({ type }) => type === 'snapshot');
  socket.close();
  const { labs } = (snapshot as { state: { labs: LabState[] } }).state;
  return labs.find((one) => one.id === id);
};

beforeAll(async () => {
  engine = await connectEngine(process.env);
  await ensureBaseImage(engine, () => undefined);
  const certificates = process.env.NODE_EXTRA_CA_CERTS;
  const forNpm = join(folders.build, 'extra-ca.pem');
  await mkdir(folders.build, { recursive: true });
  if (certificates !== undefined) await copyFile(certificates, forNpm);
  await docker('build', '-t', image, '.');
  await rm(forNpm, { force: true });

  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  await docker(
    ...['run', '-d', '--name', name, '-p', `127.0.0.1:${port}:8642`, '-e', `PATCHBAY_URL=${url}`],
    ...['-v', '/var/run/docker.sock:/var/run/docker.sock', '-v', `${name}:/var/lib/patchbay`, image],
  );
  client = await consoleClient(await linkIn());
});
afterAll(async () => {
  await docker('rm', '-f', name).catch(() => '');
  await docker('volume', 'rm', '-f', name).catch(() => '');
  if (lab !== undefined) await destroyLab(engine, lab);
});

it('starts a lab on the engine beside it, and its first check passes once its step is done', async () => {
  const started = await client.ask('POST', '/api/labs', { body: { entry } });
  expect(started.status, started.text).toBe(202);
  const id = (lab = (started.body as LabState).id);
  await expect
    .poll(async () => (await running(id))?.phase, { timeout: 180_000, interval: 1000 })
    .toBe('ready');
  const before = (await client.ask('POST', `/api/labs/${id}/steps/1/check`)).body as StepState;
  expect(before.verdict).toBe('failed');
  const { steps } = await readLab(folders.labs, entry);
  const performer = createPerformer((await attachLab(engine, id)).openTerminal);
  expect(await performer.perform(steps[0]!.solution)).toBeUndefined();
  performer.close();
  const after = (await client.ask('POST', `/api/labs/${id}/steps/1/check`)).body as StepState;
  expect(after, JSON.stringify(after.checks)).toMatchObject({ verdict: 'passed' });
});

it('opens terminals, and finds lab and terminals again when its container is made anew', async () => {
  const body = { place: 'network', columns: 100, rows: 30 };
  const opened = await client.ask('POST', `/api/labs/${lab!}/terminals`, { body });
  const path = `/api/labs/${lab!}/terminals/${(opened.body as TerminalState).id}?viewer=x`;
  const terminal = terminalOf(client.connect(`${path}&after=0`));
  await terminal.seen(({ messages }) => messages.length > 0);
  terminal.request({ type: 'input', data: 'echo marked-$((40+2)); cat\r' });
  await terminal.seen(({ output }) => output().includes('marked-42'));

  await docker('kill', name);
  await docker('rm', name);
  await docker(
    ...['run', '-d', '--name', name, '-p', `127.0.0.1:${new URL(url).port}:8642`],
    ...['-e', `PATCHBAY_URL=${url}`, '-v', '/var/run/docker.sock:/var/run/docker.sock'],
    ...['-v', `${name}:/var/lib/patchbay`, image],
  );
  await linkIn();
  // the volume keeps the secret: the browser is signed in still
  const again = terminalOf(client.connect(`${path}&after=${terminal.offset()}`));
  await again.seen(({ messages }) => messages.length > 0);
  expect(again.messages[0]).toMatchObject({ type: 'opened', offset: terminal.offset() });
  const state = await running(lab!);
  expect(state).toMatchObject({
    phase: 'ready',
    steps: [{ verdict: 'passed' }, ...Array<object>(10).fill({})],
  });
  const check = (await client.ask('POST', `/api/labs/${lab!}/steps/1/check`)).body as StepState;
  expect(check.verdict).toBe('passed');
});

it('invites a learner by a link that leads to the published port', async () => {
  const said = await docker('exec', name, '/patchbay/patchbay', 'invite', 'anna');
  const link = /http\S+/.exec(said)![0];
  expect(new URL(link).origin).toBe(url);
  const anna = await consoleClient(link);
  expect(await refusalOf(anna.connect('/api/events'))).toBe(101);
  expect((await anna.ask('DELETE', `/api/labs/${lab!}`)).status).toBe(404);
  const foreign = { host: 'evil.example', origin: 'http://evil.example' };
  expect((await anna.ask('GET', '/api/catalog', { headers: foreign })).status).toBe(403);
});

it('takes the lab down and leaves nothing, though it was a member of its network', async () => {
  expect((await client.ask('DELETE', `/api/labs/${lab!}`)).status).toBe(202);
  await expect.poll(() => leftOvers(engine, lab!), { timeout: 60_000 }).toEqual([]);
  lab = undefined;
});
