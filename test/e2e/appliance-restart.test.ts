// A browser over the death of the appliance: it is killed as by a power cut, and its tabs come back by themselves.
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Browser } from 'playwright-core';
import { connectEngine } from '../../server/appliance/engine/engine.ts';
import { defaultSpec } from '../../server/appliance/labs/spec.ts';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { launchBrowser } from '../support/browser.ts';
import { openConsole, readTerminal } from '../support/console-page.ts';
import { startNodes, type Nodes } from '../support/nodes.ts';

const lab = 'test-restart';
let nodes: Nodes;
let browser: Browser;
let state: string;
let port: number;
let appliance: Appliance;

const start = async () => (appliance = await startAppliance({ state, port }));

/** A port that is free now: the appliance comes back where its browser looks for it. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return address.port;
}

beforeAll(async () => {
  nodes = await startNodes(await connectEngine(process.env), defaultSpec(lab));
  state = await mkdtemp(join(tmpdir(), 'patchbay-state-'));
  port = await freePort();
  browser = await launchBrowser();
  await start();
});
afterAll(async () => {
  await browser?.close();
  await appliance?.[Symbol.asyncDispose]();
  await nodes?.[Symbol.asyncDispose]();
  await rm(state, { recursive: true, force: true });
});

it('shows after a crash of the appliance the same tab with every line, those written meanwhile too', async () => {
  await using learner = await openConsole(browser, appliance.link);
  const { page } = learner;
  await page.goto(`http://127.0.0.1:${port}/labs/${lab}`);
  await page.getByRole('tab', { name: 'controller' }).waitFor();
  await expect.poll(() => readTerminal(page), { timeout: 20_000 }).toContain('controller');
  await page.locator('.terminal-panel:not([hidden]) .xterm-screen').click();
  await page.keyboard.type('for i in $(seq 1 150); do echo "line $i of it"; sleep 0.1; done\n');
  await expect.poll(() => readTerminal(page), { timeout: 20_000 }).toContain('line 20 of it');

  await appliance.kill();
  await page.getByText('Connection lost. The shell goes on').waitFor();
  await start();
  await expect.poll(() => readTerminal(page), { timeout: 60_000 }).toContain('line 150 of it');
  expect(await page.getByRole('tab', { selected: true }).first().textContent()).toContain('controller');

  await page.keyboard.press('Control+Shift+F');
  await page.getByRole('searchbox', { name: 'Search the output' }).fill(' of it');
  // each line once, and the command that was typed
  await expect.poll(() => page.locator('.terminal-search-count').textContent()).toBe('151 of 151');
  expect(await page.locator('.terminal-note').allTextContents()).toEqual([]);
});
