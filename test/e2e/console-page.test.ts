// The page in a real browser over demo labs: everything a learner sees, without waiting for containers.
import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, afterEach, expect, it } from 'vitest';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { serveConsole, type Console } from '../../server/appliance/http/console.ts';
import { seriousFindings } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { openConsole, readTerminal, type LearnerPage } from '../support/console-page.ts';
import { temporaryJourneys } from '../support/console-client.ts';
import { createDemoLabs, type DemoLabs } from '../support/demo-labs.ts';

let browser: Browser;
let labs: DemoLabs;
let served: Console;
let learner: LearnerPage;
let page: Page;
let serve: (port: number) => Promise<Console>;
const secret = randomBytes(32);

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  labs = createDemoLabs(60);
  const log = { info: () => {}, error: () => {} };
  const journeys = (labs.journeys = await temporaryJourneys());
  serve = (port) => serveConsole({ port, labs, checks: labs, journeys, log, secret });
  served = await serve(0);
  learner = await openConsole(browser, served.oneTimeLink());
  page = learner.page;
});
afterEach(async () => {
  await learner[Symbol.asyncDispose]();
  await served.close();
});

/** Waits for an effect, as long as a busy machine may need. */
const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });

async function startLab(): Promise<void> {
  await page.getByRole('button', { name: /^Start the lab/ }).click();
  await page.getByRole('tab', { name: 'controller' }).waitFor();
}
async function restartConsole(): Promise<void> {
  await served.close();
  served = await serve(Number(new URL(served.url).port));
}
const firstStep = () => page.getByRole('button', { name: 'Begin' }).click();
const check = () => page.getByRole('button', { name: 'Check', exact: true }).click();
const run = (text: string) =>
  page.getByRole('main').locator('.command-run', { hasText: text }).first().click();
const headline = (text: string) => page.getByRole('main').locator('.headline', { hasText: text }).waitFor();

it('starts a lab and shows every node becoming ready', async () => {
  const release = labs.holdNode('compute2');
  await page.getByRole('button', { name: /^Start the lab/ }).click();
  await page.getByRole('heading', { name: 'Starting five nodes' }).waitFor();
  await page.getByRole('progressbar', { name: 'Progress of compute2' }).waitFor();
  expect(await page.getByRole('progressbar').count()).toBe(5);
  await page.locator('.start-node', { hasText: 'controller' }).getByText('ready').waitFor();
  await page.getByText('waiting for the agents').first().waitFor();
  release();
  await page.getByRole('tab', { name: 'controller' }).waitFor();
  expect(learner.errors).toEqual([]);
});

it('runs commands of the text in their terminal, then passes the check', async () => {
  await startLab();
  await firstStep();
  await run('source openrc-admin');
  await run('neutron net-create net01');
  await check();
  await headline('Passed');
  expect(labs.typed.map(({ place, command }) => `${place}: ${command.split(' ')[0]!}`)).toEqual([
    'controller: source',
    'controller: neutron',
  ]);
  expect(await readTerminal(page)).toContain('ran: source openrc-admin');
});

it('opens the terminal a command belongs to', async () => {
  await startLab();
  await firstStep();
  await page.getByRole('button', { name: 'Next step' }).click();
  await run('ip addr show eth0');
  await page.getByRole('tab', { name: 'vm01', selected: true }).waitFor();
  await soon(() => labs.typed).toEqual([{ place: 'vm:vm01', command: 'ip addr show eth0' }]);
});

it('tells a mistake in four parts, the command among them a click away', async () => {
  await startLab();
  await firstStep();
  await page
    .locator('.terminal-panel:not([hidden]) textarea')
    .pressSequentially('neutron net-create net01 --provider:segmentation_id 110\n');
  await check();
  await headline('Failed');
  const verdict = page.locator('.verdict-failed');
  expect(await verdict.locator('dt').allTextContents()).toEqual([
    'Observed',
    'Expected',
    'Where to look',
    'See it yourself',
  ]);
  expect(await verdict.locator('dd').first().textContent()).toBe('provider:segmentation_id is 110');
  await verdict.locator('.command-run').click();
  await soon(() => labs.typed.at(-1)?.command).toBe('neutron net-show net01');
});

it('shows the solution only when asked', async () => {
  await startLab();
  await firstStep();
  const solution = page.getByRole('group', { name: 'Solution' });
  expect(await solution.locator('.command').count()).toBe(0);
  await page.getByRole('button', { name: 'Show the solution' }).click();
  await solution.locator('.command').nth(1).waitFor();
});

it('shows what was printed while the connection was cut, once', async () => {
  const open = new Set<WebSocketRoute>();
  let isCut = false;
  await page.routeWebSocket(/./, (socket) => {
    if (isCut) return void socket.close();
    const server = socket.connectToServer();
    open.add(socket);
    socket.onClose(() => void server.close());
  });
  await page.reload();
  await startLab();
  await page.locator('.terminal-panel:not([hidden]) textarea').pressSequentially('later\n');
  await soon(() => labs.typed.length).toBe(1);
  isCut = true;
  for (const socket of open) await socket.close();
  await page.getByText('The shell goes on').waitFor();
  await soon(() => labs.hasPrintedLater()).toBe(true);
  isCut = false;
  await soon(() => readTerminal(page)).toContain('printed later');
  expect((await readTerminal(page)).split('printed later').length).toBe(2);
});

it('stays signed in and in the lab when the appliance is restarted', async () => {
  await startLab();
  await firstStep();
  await restartConsole();
  await page.getByRole('tab', { name: 'controller' }).waitFor({ state: 'detached' });
  await page.getByText('Live').waitFor();
  await run('source openrc-admin');
  await soon(() => labs.typed).toEqual([{ place: 'controller', command: 'source openrc-admin' }]);
});

it('finds its terminals, with their text, after a reload', async () => {
  await startLab();
  await firstStep();
  await run('source openrc-admin');
  await soon(() => labs.typed.length).toBe(1);
  await page.reload();
  await page.getByRole('tab', { name: 'controller', selected: true }).waitFor();
  await soon(() => readTerminal(page)).toContain('ran: source openrc-admin');
  await page.getByText('Step 1 of 2').waitFor();
  expect(await page.getByRole('tab', { name: /^controller/ }).count()).toBe(1);
});

it('says which node failed and what its log ended with', async () => {
  labs.failNode('network');
  await page.getByRole('button', { name: /^Start the lab/ }).click();
  await page.getByText('Node network stopped while openvswitch was starting.').waitFor();
  await page.getByText('runsv openvswitch: exit 1').waitFor();
});

it('copies what is selected in the terminal with Ctrl+Shift+C', async () => {
  await startLab();
  await page.locator('.terminal-panel:not([hidden]) textarea').pressSequentially('echo word-to-copy\n');
  await page.locator('.xterm-rows').getByText('word-to-copy', { exact: true }).dblclick({ force: true });
  await page.keyboard.press('Control+Shift+C');
  await soon(() => page.evaluate('navigator.clipboard.readText()')).toBe('word-to-copy');
});

it('pastes what was copied in the text with Ctrl+Shift+V', async () => {
  await startLab();
  await firstStep();
  await page.getByRole('button', { name: 'Copy source openrc-admin' }).click();
  await page.locator('.terminal-panel:not([hidden]) textarea').focus();
  await page.keyboard.press('Control+Shift+V');
  await page.keyboard.press('Enter');
  await soon(() => labs.typed).toEqual([{ place: 'controller', command: 'source openrc-admin' }]);
});

it('is used by keyboard alone', async () => {
  await page.getByRole('button', { name: /^Start the lab/ }).focus();
  await page.keyboard.press('Enter');
  await page.getByRole('tab', { name: 'controller' }).waitFor();
  await page.keyboard.press('F6');
  await page.keyboard.press('F6');
  await soon(() => page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe(
    'Terminal controller. F6 leaves it.',
  );
  await page.keyboard.type('echo typed\n');
  await soon(() => labs.typed).toEqual([{ place: 'controller', command: 'echo typed' }]);
  for (const pane of ['Topology', 'Guide']) {
    await page.keyboard.press('F6');
    await soon(() => page.evaluate('document.activeElement?.getAttribute("aria-label")')).toBe(pane);
  }
});

it('answers after a program has flooded the screen', async () => {
  await startLab();
  await page.locator('.terminal-panel:not([hidden]) textarea').pressSequentially('flood\n');
  await page.locator('.terminal-panel:not([hidden]) textarea').pressSequentially('echo after\n');
  await soon(() => readTerminal(page)).toMatch(/\nafter\n/);
});

// Tried again: on a busy machine the picture was once without its wires.
it('draws nodes, NICs and wires, and the same as text', { retry: 2 }, async () => {
  await startLab();
  await page.locator('.thing-node', { hasText: 'compute1' }).waitFor();
  await expect.poll(() => page.locator('.react-flow__edge').count()).toBe(10);
  await page.getByRole('button', { name: 'compute1', exact: true }).click();
  await page.getByRole('complementary', { name: 'Details: compute1' }).waitFor();
  await page.keyboard.press('ArrowDown');
  await page.keyboard.press('Enter');
  const details = page.getByRole('complementary', { name: /^Details: .* of compute1/ });
  await details.getByRole('button', { name: 'Close' }).click();
  await details.waitFor({ state: 'detached' });
  await page.getByText('The same as text').click();
  await page.getByRole('cell', { name: 'vm01 ACTIVE 192.168.101.3' }).waitFor();
  expect(learner.errors).toEqual([]);
});

it('ends a lab after asking', async () => {
  await startLab();
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await page.getByRole('menuitem', { name: /^End lab/ }).click();
  await page.getByRole('dialog').getByText('Everything you built').waitFor();
  await page.getByRole('button', { name: 'End the lab' }).click();
  await page.getByText('This lab is not running').waitFor();
  expect(labs.running()).toEqual([]);
});

it.each(['light', 'dark'] as const)(
  'has no serious accessibility findings in the %s theme',
  async (colorScheme) => {
    const release = labs.holdNode('outside');
    await page.emulateMedia({ colorScheme });
    await page.getByRole('button', { name: /^Start the lab/ }).waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    await page.getByRole('button', { name: /^Start the lab/ }).click();
    await page.getByRole('progressbar').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
    release();
    await page.getByRole('tab', { name: 'controller' }).waitFor();
    await firstStep();
    await check();
    await headline('Failed');
    expect(await seriousFindings(page)).toEqual([]);
    await page.locator('.thing-node').first().waitFor();
    expect(await seriousFindings(page)).toEqual([]);
  },
);
