// The panes of the lab page and what the keyboard does with them; small windows, large letters.
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
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
beforeEach(() => page.setViewportSize({ width: 1280, height: 720 }));

const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });
const visible = () =>
  page.evaluate<string[]>(
    '[...document.querySelectorAll("[data-pane]:not([hidden])")].map((one) => one.dataset.pane)',
  );
const focused = () => page.evaluate('document.activeElement?.getAttribute("aria-label")');
const width = async (pane: string) => (await page.locator(`#pane-${pane}`).boundingBox())!.width;

it('moves a bar by the arrow keys and finds it there after a reload', async () => {
  await state.look('open');
  const before = await width('guide');
  await page.getByRole('separator', { name: 'Width of the guide' }).focus();
  for (let count = 0; count < 4; count++) await page.keyboard.press('ArrowRight');
  await soon(() => width('guide')).toBeGreaterThan(before + 80);
  const moved = await width('guide');
  await page.reload();
  await soon(() => width('guide')).toBe(moved);
});

it('moves a bar by the mouse', async () => {
  await state.look('open');
  const bar = (await page.getByRole('separator', { name: 'Height of the terminals' }).boundingBox())!;
  await page.mouse.move(bar.x + 200, bar.y + 3);
  await page.mouse.down();
  await page.mouse.move(bar.x + 200, bar.y - 100);
  await page.mouse.up();
  const after = (await page.getByRole('separator', { name: 'Height of the terminals' }).boundingBox())!;
  expect(bar.y - after.y).toBeGreaterThan(80);
});

it('hides, shows, maximises and arranges panes', async () => {
  await state.look('open');
  await page.getByRole('button', { name: 'Hide: Topology' }).click();
  expect(await visible()).toEqual(['guide', 'terminals']);
  await page.reload();
  await soon(visible).toEqual(['guide', 'terminals']);
  await page.getByRole('button', { name: 'Topology', exact: true }).click();
  await soon(visible).toEqual(['guide', 'terminals', 'topology']);
  await page.locator('#pane-guide').focus();
  await page.keyboard.press('m');
  await soon(visible).toEqual(['guide']);
  await page.keyboard.press('m');
  await soon(visible).toEqual(['guide', 'terminals', 'topology']);
  await page.keyboard.press('a');
  await page.getByRole('button', { name: 'Arrangement: topology below the guide' }).waitFor();
});

it('shows the terminals when a command of the guide is run and they are hidden', async () => {
  await state.look('open');
  await page.getByRole('button', { name: 'Hide: Terminals' }).click();
  await page.locator('.command-run').first().click();
  await soon(visible).toContain('terminals');
});

it('has tabs in a narrow window, and nothing runs out of it', async () => {
  await page.setViewportSize({ width: 640, height: 720 });
  await state.look('failed');
  expect(await visible()).toEqual(['guide']);
  await page.getByRole('tab', { name: 'Guide' }).focus();
  await page.keyboard.press('ArrowRight');
  await soon(visible).toEqual(['terminals']);
  await page.getByRole('tab', { name: 'Topology' }).click();
  await page.locator('.thing-node').first().waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(640);
});

it('is usable at 200 % zoom and with the largest letters', async () => {
  // 1280 by 720 at 200 % is a window of 640 by 360
  await page.setViewportSize({ width: 640, height: 360 });
  for (const name of ['open', 'broken', 'ended', 'queued']) {
    await state.look(name);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(640);
  }
  await page.setViewportSize({ width: 1280, height: 720 });
  await state.look('open');
  for (let count = 0; count < 3; count++) await page.getByRole('button', { name: 'Larger text' }).click();
  await page.getByRole('tab', { name: 'Guide' }).waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(1280);
});

it('goes through the steps by single keys, which can be switched off', async () => {
  await state.look('open');
  await page.keyboard.press('n');
  await page.getByText('Step 4 of 11').waitFor();
  await page.keyboard.press('p');
  await page.getByText('Step 3 of 11').waitFor();
  await page.keyboard.press('c');
  await soon(() => state.served.requests.map(({ path }) => path)).toEqual([
    '/api/labs/ovs-vlan-one-tenant/steps/3/check',
  ]);
  await page.keyboard.press('?');
  await page.getByRole('dialog', { name: 'Keyboard' }).waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.getByRole('checkbox', { name: /Single keys/ }).click();
  await page.keyboard.press('Escape');
  await page.keyboard.press('n');
  await page.getByText('Step 3 of 11').waitFor();
});

it('types letters into a terminal, not into the page', async () => {
  await state.look('open');
  await page.locator('.terminal-panel:not([hidden]) textarea').focus();
  await page.keyboard.press('n');
  await page.keyboard.press('?');
  expect(await page.getByRole('dialog').count()).toBe(0);
  await page.getByText('Step 3 of 11').waitFor();
});

it('skips to a pane as the first stops of the Tab key', async () => {
  await state.look('open');
  await page.keyboard.press('Tab');
  await page.keyboard.press('Tab');
  await soon(() => page.evaluate('document.activeElement?.textContent')).toBe('Skip to: Terminals');
  await page.keyboard.press('Enter');
  await soon(focused).toBe('Terminals');
});

it('gives the focus back to the button that asked', async () => {
  await state.look('open');
  await page.getByRole('button', { name: /^Bring me/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor();
  await page.keyboard.press('Escape');
  await soon(() => page.evaluate('document.activeElement?.textContent')).toContain('Bring me');
});
