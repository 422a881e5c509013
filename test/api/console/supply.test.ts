// What the console tells of labs that are ready at once, and how a broken one is mended with one click.
import { expect, it } from 'vitest';
import { applyEvent, type NumberedState } from '../../../web/src/state/apply-event.ts';
import { eventsOf, testConsole } from '../../support/console-client.ts';

it('pushes how many labs are ready at once, and tells a browser that comes later', async () => {
  await using page = await testConsole();
  const events = eventsOf(page.connect('/api/events'));
  await events.until(({ type }) => type === 'snapshot');
  page.labs.setWarm('demo', 2);
  expect(await events.until(({ type }) => type === 'catalog')).toMatchObject({ warm: { demo: 2 } });
  const state = events.all.reduce<NumberedState | undefined>(applyEvent, undefined)!.state;
  expect(state.warm).toEqual({ demo: 2 });
  const late = eventsOf(page.connect('/api/events'));
  expect(await late.until(({ type }) => type === 'snapshot')).toMatchObject({ state: { warm: { demo: 2 } } });
});

it.each(['repair', 'restart'])('%s is under way at once and pushed until the lab is ready', async (verb) => {
  await using page = await testConsole();
  const events = eventsOf(page.connect('/api/events'));
  await events.until(({ type }) => type === 'snapshot');
  const { body } = await page.ask('POST', '/api/labs', { body: { entry: 'demo' } });
  const { id } = body as { id: string };
  const phases = () =>
    events.all.flatMap((event) =>
      event.type === 'changed' && event.change.kind === 'head' ? [event.change.head] : [],
    );
  await expect.poll(() => phases().at(-1)?.phase).toBe('ready');
  expect(await page.ask('POST', `/api/labs/${id}/${verb}`)).toMatchObject({ status: 202 });
  await expect
    .poll(() => phases().some(({ phase, doing }) => phase === 'repairing' && doing !== ''))
    .toBe(true);
  await expect.poll(() => phases().at(-1)?.phase).toBe('ready');
  expect(await page.ask('POST', `/api/labs/none/${verb}`)).toMatchObject({ status: 404 });
});
