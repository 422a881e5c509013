// A learner's way through a lab over the console's API: hints, gates, reset, bring, resume, the clock, and an appliance
// that is started again over what is on the disk.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { ApiProblem, LabState, StepState } from '../../../server/appliance/http/types.ts';
import { openJourneys } from '../../../server/appliance/journey/journeys.ts';
import { applyEvent, type NumberedState } from '../../../web/src/state/apply-event.ts';
import { eventsOf, terminalOf, testConsole, type TestConsole } from '../../support/console-client.ts';
import { createDemoLabs } from '../../support/demo-labs.ts';

let page: TestConsole;
let id: string;
let now: () => LabState;
let until: (fits: (lab: LabState) => boolean) => Promise<void>;

beforeEach(async () => {
  page = await testConsole();
  const events = eventsOf(page.connect('/api/events'));
  const state = () => events.all.reduce<NumberedState | undefined>(applyEvent, undefined)?.state;
  now = () => state()!.labs.find((lab) => lab.id === id)!;
  until = async (fits) => {
    await events.until(() => {
      const lab = state()?.labs.find((one) => one.id === id);
      return lab !== undefined && fits(lab);
    });
  };
  id = ((await page.ask('POST', '/api/labs', { body: { entry: 'demo' } })).body as LabState).id;
  await until(({ phase }) => phase === 'ready');
});
afterEach(() => page[Symbol.asyncDispose]());

const post = (path: string, body: unknown = {}) => page.ask('POST', `/api/labs/${id}${path}`, { body });
const step = async (path: string) => (await post(path)).body as StepState;
const refusal = async (path: string, body: unknown = {}) => {
  const { status, body: problem } = await post(path, body);
  return `${status} ${(problem as ApiProblem).detail}`;
};
/** Asks for fresh nodes and waits until they are ready. */
const remade = async (path: string, body: unknown = {}) => {
  const { readyAt: before } = now();
  expect((await post(path, body)).status).toBe(202);
  await until(({ phase, readyAt }) => phase === 'ready' && readyAt !== before);
};

it('opens hints as a check keeps failing, and on request', async () => {
  expect(await step('/steps/1/check')).toMatchObject({ hints: [], hintsLeft: 2, attempts: 1 });
  expect(await step('/steps/1/check')).toMatchObject({ hints: ['Is there a network?'], hintsLeft: 1 });
  const both = ['Is there a network?', 'Create one named net01.'];
  expect(await step('/steps/1/hint')).toMatchObject({ hints: both, hintsLeft: 0, attempts: 2 });
  expect(await refusal('/steps/1/hint')).toMatch(/^409 No hint is left/);
  await until(({ steps }) => steps[0]!.hintsLeft === 0);
  expect((await post('/steps/9/hint')).status).toBe(404);
});

it('keeps steps of a hard lab shut, naming the one that must pass first', async () => {
  page.labs.demo.gating = 'hard';
  await remade('/reset');
  expect(now()).toMatchObject({ gating: 'hard', steps: [{}, { isShut: true }] });
  const reason = /^409 Step 2 opens when step 1, 'Create the first network', has passed\.$/;
  for (const verb of ['check', 'hint', 'open']) expect(await refusal(`/steps/2/${verb}`)).toMatch(reason);
  expect((await page.ask('GET', `/api/labs/${id}/steps/2/solution`)).status).toBe(409);
  expect((await page.ask('GET', `/api/catalog/demo/guide`)).status).toBe(200);
  expect(await refusal('/bring', { step: 2 })).toMatch(/^409 .*step 0/);
  page.labs.typed.push({ place: 'controller', command: 'neutron net-create net01 --segmentation_id 101' });
  expect(await step('/steps/1/check')).toMatchObject({ verdict: 'passed' });
  expect((await step('/steps/2/check')).attempts).toBe(1);
});

it('opens a shut step of a soft lab by hand, for good', async () => {
  page.labs.demo.gating = 'soft';
  await remade('/reset');
  expect(await refusal('/steps/2/check')).toMatch(/^409 .*It can be opened before its turn\.$/);
  expect((await step('/steps/2/open')).isShut).toBeUndefined();
  expect((await step('/steps/2/check')).attempts).toBe(1);
});

it('brings a lab to the end of a step: replays, looks, and claims what it saw', async () => {
  const terminal = (await post('/terminals', { place: 'controller', columns: 80, rows: 24 })).body as {
    id: string;
  };
  const watching = terminalOf(page.connect(`/api/labs/${id}/terminals/${terminal.id}?viewer=a&after=0`));
  await watching.seen(({ messages }) => messages.length > 0);
  const bringing = remade('/bring', { step: 1 });
  await watching.seen(({ messages }) => messages.at(-1)!.type === 'ended');
  expect(watching.messages.at(-1)).toMatchObject({ reason: 'The nodes of this lab are made anew.' });
  await bringing;
  expect(now()).toMatchObject({
    terminals: [],
    steps: [{ verdict: 'passed', isReplayed: true, attempts: 0 }, { attempts: 0 }],
  });
  expect(now().steps[1]!.passedAt).toBeUndefined();
  await remade('/reset');
  expect(now().steps[0]).toMatchObject({ attempts: 0, checks: [] });
  expect(now().steps[0]!.passedAt ?? now().steps[0]!.isReplayed).toBeUndefined();
});

it('has a clock that is extended', async () => {
  const { endsAt, extendMinutes } = now().clock!;
  expect(Date.parse(endsAt) - Date.now()).toBeGreaterThan(7_100_000);
  expect((await post('/extend')).status).toBe(202);
  await until(({ clock }) => Date.parse(clock!.endsAt) - Date.parse(endsAt) === extendMinutes * 60_000);
});

it('knows after a restart all that it had told', async () => {
  const told = await step('/steps/1/check');
  await step('/steps/1/hint');
  const { clock } = now();
  await page.running.close();
  // what a new process reads, not what this one remembers
  const labs = Object.assign(createDemoLabs(), {
    running: page.labs.running,
    journeys: await openJourneys({
      stateFolder: page.stateFolder,
      log: { error: (message: string) => expect.unreachable(message) },
    }),
  });
  await using later = await testConsole(labs);
  const events = eventsOf(later.connect('/api/events'));
  const first = await events.until(({ type }) => type === 'snapshot');
  if (first.type !== 'snapshot') throw new Error('expected a snapshot');
  const [lab] = first.state.labs;
  expect(lab!.clock).toEqual(clock);
  expect(lab!.steps[0]).toEqual({ ...told, hints: ['Is there a network?'], hintsLeft: 1 });
});

it('does not tell a verdict that could not be written', async () => {
  const { change } = page.labs.journeys!;
  page.labs.journeys!.change = () => Promise.reject(new Error('ENOSPC: no space left on device'));
  const { status, body } = await post('/steps/1/check');
  expect([status, (body as ApiProblem).detail]).toEqual([500, expect.stringContaining('ENOSPC')]);
  await until(({ steps }) => !steps[0]!.isChecking && steps[0]!.attempts === 0);
  page.labs.journeys!.change = change;
  expect(await step('/steps/1/check')).toMatchObject({ attempts: 1, verdict: 'failed' });
});

it('a check of nodes that were replaced meanwhile says nothing of the new ones', async () => {
  const looked = Promise.withResolvers<void>();
  const check = page.labs.check;
  page.labs.check = async (...words) => {
    await looked.promise;
    return check(...words);
  };
  const checking = post('/steps/1/check');
  await until(({ steps }) => steps[0]!.isChecking);
  await post('/reset');
  looked.resolve();
  expect((await checking).body).toMatchObject({ attempts: 0 });
});
