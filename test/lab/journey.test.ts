// The life of a learner's lab on real nodes, with an appliance that is killed in between: what was told is there again,
// labs are brought to a step, reset, run out of time and are resumed.
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import type { LabState, StepState } from '../../server/appliance/http/types.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { consoleClient, type ConsoleClient } from '../support/console-client.ts';
import { followConsole, type FollowedConsole } from '../support/follow-console.ts';

const entry = 'ovs-vlan-one-tenant';
const state = mkdtempSync(join(tmpdir(), 'journey-lab-'));
let engine: Engine;
let appliance: Appliance | undefined;
let client: ConsoleClient;
let page: FollowedConsole;
let id = '';

async function start(argv: string[] = []): Promise<void> {
  appliance = await startAppliance({ state, argv });
  client = await consoleClient(appliance.link);
  page = await followConsole(client);
}
const now = (): LabState | undefined => page.state().labs.find((lab) => lab.id === id);
const until = (isWanted: (lab: LabState) => boolean, mayBreak = false) =>
  page.until(id, isWanted, { mayBreak });
/** Ends the appliance as a power cut does, and starts it again. */
async function cutPower(): Promise<void> {
  page.close();
  await appliance!.kill();
  await start();
}
const post = async (path: string, body: unknown = {}) => {
  const { status, body: answer } = await client.ask('POST', `/api/labs/${id}${path}`, { body });
  expect([200, 202], JSON.stringify(answer)).toContain(status);
  return answer;
};
const check = async (step: number) => ((await post(`/steps/${step}/check`)) as StepState).verdict;
const passedSteps = ({ steps }: LabState) =>
  steps.filter(({ passedAt }) => passedAt !== undefined).map(({ number }) => number);
const isReady = ({ phase }: LabState) => phase === 'ready';
/** Asks for fresh nodes and waits until the lab is ready on them. */
async function remade(path: string, body?: unknown): Promise<LabState> {
  const before = now()?.readyAt;
  await post(path, body);
  return until((lab) => isReady(lab) && lab.readyAt !== before, now()?.phase === 'broken');
}

beforeAll(async () => {
  engine = await connectEngine(process.env);
  await start();
});
afterAll(async () => {
  page.close();
  await appliance?.[Symbol.asyncDispose]();
  if (id !== '') await destroyLab(engine, id);
  rmSync(state, { recursive: true });
});

it('starts a lab, and the first check fails', async () => {
  id = ((await client.ask('POST', '/api/labs', { body: { entry } })).body as LabState).id;
  await until(isReady);
  expect(await check(1)).toBe('failed');
});

it('brings it to the end of step 2: the steps are replayed, looked at and claimed', async () => {
  const lab = await remade('/bring', { step: 2 });
  expect(passedSteps(lab)).toEqual([1, 2]);
  expect(lab.steps.map(({ isReplayed }) => isReplayed === true).slice(0, 3)).toEqual([true, true, false]);
  expect(lab.steps[0]).toMatchObject({ verdict: 'passed', attempts: 1 });
  expect(await check(3)).toBe('failed');
});

it('an appliance that was killed knows all of it again, and the nodes never noticed', async () => {
  const before = await until(({ steps }) => steps[2]!.attempts === 1);
  await cutPower();
  const after = await until(isReady);
  // what nodes and cloud tell is asked for anew and comes later
  const told = { instances: [], plumbing: [] };
  expect({ ...after, ...told }).toEqual({ ...before, ...told });
  expect(await check(2)).toBe('passed');
});

it('an appliance that was killed while it replayed goes on by itself', async () => {
  await post('/bring', { step: 3 });
  await until(({ phase, replay }) => phase === 'replaying' && replay!.step === 2);
  await cutPower();
  const lab = await until(isReady, true);
  expect(passedSteps(lab)).toEqual([1, 2, 3]);
  expect([await check(1), await check(2), await check(3), await check(4)]).toEqual([
    ...['passed', 'passed', 'passed', 'failed'],
  ]);
});

it('is reset to the start', async () => {
  const lab = await remade('/reset');
  expect(passedSteps(lab)).toEqual([]);
  expect(lab.steps.every(({ attempts }) => attempts === 0)).toBe(true);
  expect(await check(1)).toBe('failed');
});

it('nodes that somebody removed are made anew on request', async () => {
  await remade('/bring', { step: 1 });
  await destroyLab(engine, id);
  const lost = await until(({ phase }) => phase === 'broken', true);
  expect([lost.problem!.remedies, passedSteps(lost)]).toEqual([['resume'], [1]]);
  const lab = await remade('/resume');
  expect(passedSteps(lab)).toEqual([1]);
  expect(await check(1)).toBe('passed');
});

it('a lab whose time is over ends and loses nothing', async () => {
  page.close();
  await appliance![Symbol.asyncDispose]();
  await start(['--time', '0.5']);
  await until(isReady);
  await remade('/bring', { step: 1 });
  const ended = await until(({ phase }) => phase === 'ended');
  expect(passedSteps(ended)).toEqual([1]);
  expect((await listLabs(engine, id)).flatMap(({ nodes }) => nodes)).toEqual([]);
  const lab = await remade('/resume');
  expect([passedSteps(lab), lab.phase]).toEqual([[1], 'ready']);
});

it('ended by its owner nothing of it is left, also when it is being replayed', async () => {
  await post('/bring', { step: 3 });
  await until(({ phase }) => phase === 'replaying');
  await client.ask('DELETE', `/api/labs/${id}`);
  await page.untilGone(id);
  expect((await listLabs(engine, id)).flatMap(({ nodes }) => nodes)).toEqual([]);
  expect(readdirSync(join(state, 'labs'))).toEqual([]);
});
