// Every state of a lab on its page: what it says, what it asks for, and that nobody is shut out by how it looks.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Page } from 'playwright-core';
import { seriousFindings } from '../support/axe.ts';
import { openStatePage, type StatePage } from '../support/state-page.ts';

let state: StatePage;
let page: Page;
beforeAll(async () => {
  state = await openStatePage();
  page = state.page;
});
afterAll(() => state[Symbol.asyncDispose]());

const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });
const button = (name: string | RegExp) => page.getByRole('button', { name, exact: typeof name === 'string' });
const asked = () => state.served.requests.map(({ method, path, body }) => ({ method, path, body }));
const posted = (path: string, body?: unknown) => [
  { method: 'POST', path: `/api/labs/ovs-vlan-one-tenant/${path}`, body },
];

it('has no serious accessibility findings in any state, light or dark', async () => {
  const found: string[] = [];
  for (const { name } of state.states) {
    await state.look(name);
    await page.emulateMedia({ colorScheme: 'dark', reducedMotion: 'reduce' });
    for (const finding of await seriousFindings(page)) found.push(`${name}, dark: ${finding}`);
    // only colours differ
    await page.emulateMedia({ colorScheme: 'light' });
    for (const finding of await seriousFindings(page, ['color-contrast']))
      found.push(`${name}, light: ${finding}`);
  }
  await page.emulateMedia({ colorScheme: 'light' });
  expect(found).toEqual([]);
});

it('opens the next hint and tells how many are left', async () => {
  await state.look('failed');
  await page.getByText('Hint 1 of 3').waitFor();
  await button(/^Next hint \(2 left\)/).click();
  await soon(asked).toEqual(posted('steps/3/hint'));
});

it('offers the solution when all hints are open', async () => {
  await state.look('failed-all-hints');
  await page.getByText('The solution is the next help there is').waitFor();
  expect(await button(/hint/).count()).toBe(0);
  await button('Show the solution').click();
  await page.getByRole('group', { name: 'Solution' }).locator('.command').nth(2).waitFor();
});

it('says what is lost before it brings the lab to the end of a step', async () => {
  await state.look('open');
  await button(/^Bring me to the end of this step/).click();
  const dialog = page.getByRole('dialog', { name: 'Go to the end of step 3?' });
  await dialog.getByText('Everything you built in the nodes').waitFor();
  await button('Keep it as it is').click();
  await dialog.waitFor({ state: 'detached' });
  expect(asked()).toEqual([]);
  await button(/^Bring me to the end of this step/).click();
  await button('Go to the end of step 3').click();
  await soon(asked).toEqual(posted('bring', { step: 3 }));
});

it('asks before it starts over, and Escape changes nothing', async () => {
  await state.look('open');
  await button(/^Lab/).click();
  await page.getByRole('menuitem', { name: /^Start over/ }).click();
  await page.getByRole('dialog').getByText('All 11 steps are open again').waitFor();
  await page.keyboard.press('Escape');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(asked()).toEqual([]);
});

it('gives ways out of a broken lab, the mildest first, and asks only where something is lost', async () => {
  await state.look('broken');
  const ways = page.getByRole('list', { name: 'Ways out, the mildest first' }).getByRole('button');
  expect(await ways.allTextContents()).toEqual([
    'Repair',
    'Restart the nodes',
    'Build it again …',
    'Start over …',
  ]);
  await button(/^Build it again/).click();
  await button('Keep it as it is').click();
  await button('Repair').click();
  await soon(asked).toEqual(posted('repair'));
  await page.getByText('End of the log of compute1').click();
  await page.getByText('cannot create a bridge named br-int').waitFor();
});

it('says what the appliance refuses', async () => {
  await state.look('broken');
  state.served.refuseNext(409, { title: 'Not now', detail: 'The lab is being repaired already.' });
  await button('Repair').click();
  await page.getByText('The lab is being repaired already.').waitFor();
});

it('shows the time left, amber and aloud when it is short, and gives more', async () => {
  const soonShort = new Date(Date.now() + 15 * 60_000 + 8000).toISOString();
  await state.look('open', (lab) => ({ ...lab, clock: { endsAt: soonShort, extendMinutes: 30 } }));
  expect(await page.locator('.lab-clock-short').count()).toBe(0);
  await page.getByRole('alert').getByText('15 minutes left in this lab').waitFor();
  await page.locator('.lab-clock-short').waitFor();
  await button(/^\+30 min/).click();
  await soon(asked).toEqual(posted('extend'));
});

it('shuts a step with a way round it where gating is soft', async () => {
  await state.look('shut-soft');
  await page.getByText('“Give the tenant a network”, has to pass first').waitFor();
  expect(await button('Check').getAttribute('aria-disabled')).toBe('true');
  await button('Open this step anyway').click();
  await soon(asked).toEqual(posted('steps/5/open'));
  await button('Go to step 3').click();
  await page.getByText('Step 3 of 11').waitFor();
});

it('leaves a shut step readable, and no way round it, where gating is hard', async () => {
  await state.look('shut-hard');
  await page.getByText('You can read on').waitFor();
  expect(await button('Open this step anyway').count()).toBe(0);
  expect(await button('Show the solution').count()).toBe(0);
  await page.getByText('Boot the first instance').first().waitFor();
  await button('Check').click({ force: true });
  await page.getByText('Step 3 has to pass first', { exact: true }).waitFor();
  expect(asked()).toEqual([]);
});

it('shows a replay with its bar, its step and the command being typed', async () => {
  const lab = await state.look('replaying');
  const bar = page.getByRole('progressbar', { name: 'Progress of the replay' });
  expect(Number(await bar.getAttribute('value'))).toBeCloseTo(7 / 21);
  await page.locator('.replay-now').getByText('neutron net-create net01').waitFor();
  const command = { place: 'netns:network:qrouter-1', text: 'ip addr' };
  const next = { ...lab, replay: { step: 5, until: 6, command, commandsDone: 18, commandsTotal: 21 } };
  state.served.show([next]);
  await page.getByText('qrouter-1 on network').waitFor();
  await page.locator('.replay-current').getByText('5. ').waitFor();
});

it('tells the place in the queue, why, and how to leave it', async () => {
  await state.look('queued');
  await page.getByText('Place 2 of 3 waiting').waitFor();
  await page.getByText('It needs 560 MB; 310 MB are free').waitFor();
  await button(/^Leave the queue/).click();
  await button('Leave the queue').click();
  await soon(asked).toEqual([{ method: 'DELETE', path: '/api/labs/ovs-vlan-one-tenant', body: undefined }]);
});

it('resumes a lab whose time is over', async () => {
  await state.look('ended');
  await page.getByText('Nothing is lost: 2 of 11 steps stay passed').waitFor();
  await button('Resume').click();
  await soon(asked).toEqual(posted('resume'));
});

it('says why a lab did not start, and starts it again', async () => {
  await state.look('not-started');
  await page.getByText('No space left on device').waitFor();
  await button('Start it again').click();
  await soon(() => asked()[0]).toEqual({
    ...{ method: 'POST', path: '/api/labs', body: { entry: 'ovs-vlan-one-tenant' } },
  });
});

it('looks back when all steps have passed, and on to the next lab', async () => {
  await state.look('recap');
  await page.getByText('All 11 steps have passed').waitFor();
  await page.getByText('Name the nine devices').waitFor();
  await page.getByText('Two tenants, two networks, two routers').waitFor();
  await page.getByRole('link', { name: 'Look at it in the catalog' }).click();
  await page.locator('#lab-ovs-two-tenants').waitFor();
});

it('announces a verdict, whichever step is in view', async () => {
  const lab = await state.look('checking');
  const failed = state.states.find(({ name }) => name === 'failed')!.lab;
  await page.getByRole('button', { name: 'Back' }).click();
  state.served.show([{ ...lab, steps: failed.steps }]);
  const said = 'Step 3, attempt 2: failed. net01 is on VLAN 101. Observed: provider:segmentation_id is 110.';
  await page.getByRole('status').filter({ hasText: said }).waitFor({ state: 'attached' });
});

it('draws only the step that changed', async () => {
  const lab = await state.look('open');
  await page.locator('.thing-node').first().waitFor();
  await page.evaluate(
    `window.touched = 0;
     new MutationObserver((records) => (window.touched += records.length)).observe(document.querySelector('.panes'),
       { subtree: true, childList: true, attributes: true, characterData: true })`,
  );
  const steps = lab.steps.map((step) => (step.number === 7 ? { ...step, isChecking: true } : step));
  state.served.show([{ ...lab, steps }]);
  await page.locator('.strip li', { hasText: '7' }).getByRole('img', { name: 'being checked' }).waitFor();
  expect(await page.evaluate('window.touched')).toBeLessThan(8);
});
