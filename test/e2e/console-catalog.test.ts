// The catalog: what is there, what can be found, what it loads.
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../support/axe.ts';
import { root } from '../support/sources.ts';
import { openStatePage, type StatePage } from '../support/state-page.ts';

let state: StatePage;
let page: Page;
beforeAll(async () => {
  state = await openStatePage();
  page = state.page;
});
afterAll(() => state[Symbol.asyncDispose]());
beforeEach(async () => {
  state.served.show(
    ['queued', 'not-started', 'time-short', 'broken', 'ended'].map((name) => ({
      ...state.states.find((one) => one.name === name)!.lab,
      id: `lab-${name}`,
    })),
  );
  state.served.requests.length = 0;
  await page.goto(state.served.url);
  await page.locator('.card').first().waitFor();
});

const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });
const titles = () => page.locator('.card-title').allTextContents();
const row = (id: string) => page.getByRole('article', { name: new RegExp(`${id}$`) });

it('lists the labs that are there with phase, reason, progress and time', async () => {
  await row('lab-queued').getByText('Queued, 2 of 3').waitFor();
  await row('lab-queued').getByText('It needs 560 MB').waitFor();
  await row('lab-not-started').getByText('Node network stopped').waitFor();
  await row('lab-time-short').getByText('11 min left').waitFor();
  await row('lab-broken').getByText('2 of 11 steps').waitFor();
  await row('lab-ended').getByRole('button', { name: 'Resume' }).click();
  await soon(() => state.served.requests).toEqual([{ method: 'POST', path: '/api/labs/lab-ended/resume' }]);
});

it('follows what is pushed', async () => {
  const lab = { ...state.states.find(({ name }) => name === 'open')!.lab, id: 'lab-queued' };
  state.served.show([lab]);
  await row('lab-queued').getByText('Ready').waitFor();
  await soon(() => page.locator('.running-lab').count()).toBe(1);
});

it('finds labs by level and by words, in the order of the guide', async () => {
  expect(await titles()).toEqual([
    'One tenant, two networks, one router',
    'Two tenants, two networks, two routers',
    'Who answers the ARP?',
    'half-written',
  ]);
  await page.keyboard.press('/');
  await page.keyboard.type('tenant addresses');
  await soon(titles).toEqual(['Two tenants, two networks, two routers']);
  await page.getByRole('status').filter({ hasText: '1 of 4' }).waitFor();
  await page.locator('.filter-levels').getByText('advanced').click();
  await page.getByText('No lab fits').waitFor();
  await page.getByRole('button', { name: 'Show all labs' }).click();
  await soon(titles).toHaveLength(4);
});

it('says what is ready at once, what is proven, and why a lab cannot be started', async () => {
  const first = page.locator('#lab-ovs-vlan-one-tenant');
  await first.getByText('Ready at once').waitFor();
  state.served.tellWarm({ 'ovs-two-tenants': 2 });
  await page.locator('#lab-ovs-two-tenants').getByText('Ready at once').waitFor();
  expect(await first.getByText('Ready at once').count()).toBe(0);
  await first.getByText('Proven here').waitFor();
  await first.getByText('560 MB').waitFor();
  await page.locator('#lab-l2-population').getByText('Not proven on this machine yet').waitFor();
  const half = page.locator('#lab-half-written');
  await half.getByText('lab.yaml:4').waitFor();
  expect(await half.getByRole('button').isDisabled()).toBe(true);
});

it.each(['light', 'dark'] as const)(
  'has no serious accessibility findings in the %s theme',
  async (colorScheme) => {
    await page.emulateMedia({ colorScheme });
    expect(await seriousFindings(page)).toEqual([]);
    state.served.show([]);
    await page.getByRole('heading', { name: /^Build a cloud network/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  },
);

it('loads neither terminals nor the topology, and little else', async () => {
  const loaded: string[] = [];
  page.on('request', (request) => loaded.push(request.url()));
  await page.reload();
  await page.locator('.card').first().waitFor();
  expect(loaded.filter((url) => /deck|topology|elk|lab-page/.test(url))).toEqual([]);
  const assets = join(root, 'web', 'dist', 'assets');
  const start = (await readdir(assets)).filter((name) => /^index-.*\.js$/.test(name));
  const bytes = start.reduce((sum, name) => sum + statSync(join(assets, name)).size, 0);
  expect(bytes).toBeLessThan(300_000);
});

it('fits into a narrow window', async () => {
  await page.setViewportSize({ width: 400, height: 720 });
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(400);
  expect(await page.evaluate('document.querySelector("main").scrollWidth')).toBeLessThanOrEqual(400);
});
