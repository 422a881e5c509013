// The first lab as a learner does it: a real cloud started from the browser, its commands run by click, its checks asked.
import { randomBytes } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import type { Console } from '../../server/appliance/http/console.ts';
import { startConsole } from '../../server/appliance/http/start-console.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { ensureNodeImages } from '../../server/appliance/set-up/node-images.ts';
import { launchBrowser } from '../support/browser.ts';
import { buildPage, openConsole, readTerminal, type LearnerPage } from '../support/console-page.ts';

const entry = 'ovs-vlan-one-tenant';

let engine: Engine;
let served: Console;
let browser: Browser;
let learner: LearnerPage;
let page: Page;
let before: string[];
const errors: string[] = [];
const sockets = new Set<WebSocketRoute>();

beforeAll(async () => {
  buildPage();
  engine = await connectEngine(process.env);
  const images = await ensureNodeImages(engine, { onBuild: () => undefined });
  before = (await listLabs(engine)).map(({ name }) => name);
  const { labs: labsFolder, images: imagesFolder } = folders;
  const log = { info: () => {}, error: (message: string) => void errors.push(message) };
  served = await startConsole({
    engine,
    port: 0,
    images,
    labsFolder,
    imagesFolder,
    log,
    secret: randomBytes(32),
    stateFolder: mkdtempSync(join(tmpdir(), 'first-lab-')),
  });
  browser = await launchBrowser();
  learner = await openConsole(browser, served.oneTimeLink());
  page = learner.page;
  await page.routeWebSocket(/./, (socket) => {
    const server = socket.connectToServer();
    sockets.add(socket);
    socket.onClose(() => {
      sockets.delete(socket);
      void server.close();
    });
  });
  await page.reload();
});
afterAll(async () => {
  await learner[Symbol.asyncDispose]();
  await browser.close();
  await served.close();
  for (const { name } of await listLabs(engine)) if (!before.includes(name)) await destroyLab(engine, name);
});

const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 30_000 });
const check = async (verdict: string) => {
  await page.getByRole('button', { name: 'Check', exact: true }).click();
  await page.locator('.headline', { hasText: verdict }).waitFor({ timeout: 60_000 });
};
/** Clicks the step's commands one after the other, each when the shell is back at its prompt. */
const runCommands = async () => {
  const commands = page.locator('.guide-text > .command .command-run');
  for (let at = 0; at < (await commands.count()); at++) {
    await commands.nth(at).click();
    await soon(() => readTerminal(page)).toMatch(/[#$]\s*$/);
  }
};

it('starts the lab and sees every node become ready', async () => {
  await page
    .locator('.card', { has: page.getByRole('heading', { name: 'One tenant, two networks, one router' }) })
    .getByRole('button', { name: /^Start/ })
    .click();
  await page.getByRole('progressbar', { name: 'Progress of compute2' }).waitFor();
  await page.getByRole('tab', { name: 'controller' }).waitFor({ timeout: 120_000 });
  await soon(() => readTerminal(page)).toContain('controller');
});

it('fails the first check before anything was done, in four parts', async () => {
  await page.getByRole('button', { name: 'Begin' }).click();
  await check('Failed');
  expect(await page.locator('.verdict-failed dt').allTextContents()).toEqual([
    'Observed',
    'Expected',
    'Where to look',
    'See it yourself',
  ]);
});

it('passes the first check after its commands were run by click', async () => {
  await runCommands();
  await check('Passed');
});

it('goes on after the connection was cut', async () => {
  await page
    .locator('.terminal-panel:not([hidden]) textarea')
    .pressSequentially('(sleep 2; echo printed-$((40+2))) &\n');
  for (const socket of [...sockets]) await socket.close();
  await soon(() => readTerminal(page)).toContain('printed-42');
  expect((await readTerminal(page)).split('printed-42').length).toBe(2);
  await page.getByText('Live').waitFor();
});

it('opens a terminal on another node', async () => {
  await page.getByRole('button', { name: '+ Terminal' }).click();
  await page.getByRole('menuitem', { name: /^compute1/ }).click();
  await page.getByRole('tab', { name: 'compute1', selected: true }).waitFor();
  await soon(() => readTerminal(page)).toContain('compute1');
  await page.keyboard.type('ovs-vsctl list-br\n');
  await soon(() => readTerminal(page)).toMatch(/\nbr-int\n/);
});

it('shows the topology as it is', async () => {
  await page.locator('.thing-node', { hasText: 'compute2' }).waitFor();
  // edges are drawn once the sizes of both ends are known
  await expect.poll(() => page.locator('.react-flow__edge').count(), { timeout: 10_000 }).toBe(10);
});

it('takes the lab down and leaves nothing', async () => {
  await page.getByRole('button', { name: 'Lab', exact: true }).click();
  await page.getByRole('menuitem', { name: /^End lab/ }).click();
  await page.getByRole('button', { name: 'End the lab' }).click();
  await page.getByText('This lab is not running').waitFor({ timeout: 60_000 });
  const after = (await listLabs(engine)).filter((lab) => lab.entry === entry).map(({ name }) => name);
  expect(after.filter((name) => !before.includes(name))).toEqual([]);
  expect(errors).toEqual([]);
  expect(learner.errors).toEqual([]);
});
