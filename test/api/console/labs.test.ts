// Labs over the console's API: started, followed by events, checked, taken down.
import { expect, it } from 'vitest';
import { applyEvent, type NumberedState } from '../../../web/src/state/apply-event.ts';
import type {
  ConsoleEvent,
  Guide,
  LabHead,
  LabState,
  StepState,
} from '../../../server/appliance/http/types.ts';
import { eventsOf, testConsole, type TestConsole } from '../../support/console-client.ts';

async function startedLab(page: TestConsole): Promise<LabState> {
  const events = eventsOf(page.connect('/api/events'));
  // a lab that was ready before the connection was there would never be told
  await events.until(({ type }) => type === 'snapshot');
  const { body } = await page.ask('POST', '/api/labs', { body: { entry: 'demo' } });
  await events.until((event) => headOf(event)?.phase === 'ready');
  return body as LabState;
}

/** What an event says of a lab as a whole; one that starts at once is ready when it is first heard of. */
function headOf(event: ConsoleEvent): LabHead | undefined {
  if (event.type !== 'changed') return undefined;
  if (event.change.kind === 'lab-added') return event.change.lab;
  return event.change.kind === 'head' ? event.change.head : undefined;
}

it('serves the catalog and a guide as blocks', async () => {
  await using page = await testConsole();
  expect((await page.ask('GET', '/api/catalog')).body).toMatchObject([{ id: 'demo', stepCount: 2 }]);
  const guide = (await page.ask('GET', '/api/catalog/demo/guide')).body as Guide;
  expect(guide.steps[0]!.blocks).toContainEqual({
    kind: 'commands',
    commands: [
      { place: 'controller', text: 'source openrc-admin' },
      { place: 'controller', text: expect.stringMatching(/^neutron net-create net01 .*\n.*101$/) as string },
    ],
  });
});

it('pushes a starting lab node by node until it is ready', async () => {
  await using page = await testConsole();
  const events = eventsOf(page.connect('/api/events'));
  await events.until(({ type }) => type === 'snapshot');
  await page.ask('POST', '/api/labs', { body: { entry: 'demo' } });
  await events.until((event) => headOf(event)?.phase === 'ready');
  const state = events.all.reduce<NumberedState | undefined>(applyEvent, undefined)!.state;
  expect(state.labs[0]!.nodes.map(({ phase }) => phase)).toEqual(Array(5).fill('ready'));
  expect(state.labs[0]!.steps.map(({ title }) => title)).toEqual([
    'Create the first network',
    'Look at the flows on the compute node',
  ]);
});

it('brings a browser that comes later to the same state', async () => {
  await using page = await testConsole();
  const lab = await startedLab(page);
  const late = eventsOf(page.connect('/api/events'));
  const snapshot = await late.until(({ type }) => type === 'snapshot');
  expect(snapshot).toMatchObject({ state: { labs: [{ id: lab.id, phase: 'ready' }] } });
});

it('tells which node failed to start, with the end of its log', async () => {
  await using page = await testConsole();
  page.labs.failNode('compute1');
  const events = eventsOf(page.connect('/api/events'));
  await events.until(({ type }) => type === 'snapshot');
  await page.ask('POST', '/api/labs', { body: { entry: 'demo' } });
  const event = await events.until((one) => headOf(one)?.phase === 'broken');
  expect(headOf(event)?.problem).toMatchObject({ node: 'compute1', logTail: expect.any(Array) as string[] });
});

it('answers a check with what was observed, expected, where to look and a command', async () => {
  await using page = await testConsole();
  const { id } = await startedLab(page);
  const step = (await page.ask('POST', `/api/labs/${id}/steps/1/check`)).body as StepState;
  expect(step).toMatchObject({ verdict: 'failed', attempts: 1, isChecking: false });
  expect(step.checks[0]).toEqual({
    name: 'net01 exists',
    verdict: 'failed',
    observed: 'the API lists no network',
    expected: 'a network named net01',
    where: 'neutron-server on the controller',
    command: { place: 'controller', text: 'neutron net-list' },
  });
});

it('calls a step whose checks cannot be run broken, never passed', async () => {
  await using page = await testConsole();
  page.labs.check = () => Promise.reject(new Error('the controller does not answer'));
  const { id } = await startedLab(page);
  const step = (await page.ask('POST', `/api/labs/${id}/steps/1/check`)).body as StepState;
  expect(step.verdict).toBe('broken');
  expect(step.checks[0]!.observed).toBe('the controller does not answer');
});

it('runs a check once when it is asked for twice', async () => {
  await using page = await testConsole();
  const { id } = await startedLab(page);
  let runs = 0;
  const check = page.labs.check;
  page.labs.check = async (...words) => {
    runs++;
    await new Promise((done) => setTimeout(done, 50));
    return check(...words);
  };
  const path = `/api/labs/${id}/steps/1/check`;
  await Promise.all([page.ask('POST', path), page.ask('POST', path)]);
  expect(runs).toBe(1);
});

it('refuses to check a lab that is still starting', async () => {
  await using page = await testConsole();
  const { body } = await page.ask('POST', '/api/labs', { body: { entry: 'demo' } });
  const answer = await page.ask('POST', `/api/labs/${(body as LabState).id}/steps/1/check`);
  expect(answer.status).toBe(409);
});

it('shows the solution of a step', async () => {
  await using page = await testConsole();
  const { id } = await startedLab(page);
  const { body } = await page.ask('GET', `/api/labs/${id}/steps/2/solution`);
  expect(body).toEqual({ step: 2, commands: [{ place: 'compute1', text: 'ovs-ofctl dump-flows br-int' }] });
});

it('takes a lab down and says so to everybody', async () => {
  await using page = await testConsole();
  const { id } = await startedLab(page);
  const events = eventsOf(page.connect('/api/events'));
  await events.until(({ type }) => type === 'snapshot');
  expect((await page.ask('DELETE', `/api/labs/${id}`)).status).toBe(202);
  await events.until((event) => event.type === 'changed' && event.change.kind === 'lab-removed');
  expect((await page.ask('POST', `/api/labs/${id}/steps/1/check`)).status).toBe(404);
});

it('says what is wrong with a request and changes nothing', async () => {
  await using page = await testConsole();
  const cases: [string, string, unknown, number, string][] = [
    ['POST', '/api/labs', { entry: 'nowhere' }, 404, "There is no lab 'nowhere'"],
    ['POST', '/api/labs', { entry: 'demo', extra: 1 }, 400, 'Unrecognized key'],
    ['POST', '/api/labs', '{"entry', 400, 'JSON'],
    ['POST', '/api/labs/none/steps/1/check', {}, 404, "There is no running lab 'none'"],
    ['GET', '/api/nowhere', undefined, 404, "There is no address '/nowhere'"],
  ];
  for (const [method, path, body, status, detail] of cases) {
    const answer = await page.ask(method, path, { body });
    expect([answer.status, answer.body]).toEqual([
      status,
      { title: expect.any(String) as string, detail: expect.stringContaining(detail) as string },
    ]);
  }
  expect(page.labs.running()).toEqual([]);
});
