// Two labs from the first click to the last check as a learner does them, in a browser, on real clouds; on the way the
// connection is cut and the appliance dies.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { readLab } from '../../server/appliance/catalog/read-lab.ts';
import type { Lab } from '../../server/appliance/catalog/types.ts';
import { connectEngine, type Engine } from '../../server/appliance/engine/engine.ts';
import { destroyLab } from '../../server/appliance/labs/destroy.ts';
import { listLabs } from '../../server/appliance/labs/list.ts';
import { folders } from '../../server/appliance/set-up/folders.ts';
import { startAppliance, type Appliance } from '../support/appliance.ts';
import { launchBrowser } from '../support/browser.ts';
import { openConsole, type LearnerPage } from '../support/console-page.ts';
import { createLearner, soon, type Learner } from '../support/learner.ts';

describe.each(['ovs-vlan-one-tenant', 'linuxbridge-vlan-two-tenants'])('%s', (entry) => {
  let lab: Lab;
  let engine: Engine;
  let state: string;
  let appliance: Appliance;
  let browser: Browser;
  let window: LearnerPage;
  let page: Page;
  let learner: Learner;
  /** Of the lab that was started here. */
  let id: string | undefined;
  const sockets = new Set<WebSocketRoute>();

  beforeAll(async () => {
    lab = await readLab(folders.labs, entry);
    engine = await connectEngine(process.env);
    state = await mkdtemp(join(tmpdir(), 'patchbay-walk-'));
    appliance = await startAppliance({ state });
    browser = await launchBrowser();
    window = await openConsole(browser, appliance.link);
    page = window.page;
    await page.routeWebSocket(/./, (socket) => {
      const server = socket.connectToServer();
      sockets.add(socket);
      socket.onClose(() => {
        sockets.delete(socket);
        void server.close();
      });
    });
    await page.reload();
    learner = createLearner(page);
  });
  afterAll(async () => {
    await browser.close();
    await appliance[Symbol.asyncDispose]();
    if (id !== undefined) await destroyLab(engine, id);
    await rm(state, { recursive: true, force: true });
  });

  const doStep = async (number: number) => {
    await page.getByRole('button', { name: number === 1 ? 'Begin' : 'Next step' }).click();
    await page.getByText(`Step ${number} of ${lab.steps.length}`).waitFor();
    await learner.type(lab.steps[number - 1]!.solution);
    await learner.check('Passed');
  };

  it('starts from the catalog', async () => {
    await learner.start(lab.title);
    id = /\/labs\/([^/]+)/.exec(page.url())?.[1];
  });

  it('fails the first check before anything was done, in four parts', async () => {
    await page.getByRole('button', { name: 'Begin' }).click();
    await learner.check('Failed');
    expect(await page.locator('.verdict-failed dt').allTextContents()).toEqual([
      'Observed',
      'Expected',
      'Where to look',
      'See it yourself',
    ]);
    await page.getByRole('button', { name: 'Back' }).click();
  });

  it('passes the first two steps by typing', async () => {
    for (const number of [1, 2]) await doStep(number);
  });

  it('goes on after the connection was cut', async () => {
    await page
      .locator('.terminal-panel:not([hidden]) textarea')
      .pressSequentially('(sleep 2; echo printed-$((40+2))) &\n');
    for (const socket of [...sockets]) await socket.close();
    await soon(() => learner.terminalText()).toContain('printed-42');
    expect((await learner.terminalText()).split('printed-42').length).toBe(2);
    await page.getByText('Live', { exact: true }).waitFor();
    await doStep(3);
  });

  it('goes on in the same shells after the appliance died', async () => {
    await learner.type([{ place: 'controller', text: 'kept=in-this-shell', line: 0 }]);
    const { port } = new URL(appliance.link);
    await appliance.kill();
    await page.getByText('Connection lost; labs go on').waitFor();
    appliance = await startAppliance({ state, port: Number(port) });
    await page.getByText('Live', { exact: true }).waitFor({ timeout: 60_000 });
    await page.getByText(`3 of ${lab.steps.length} passed`).waitFor();
    await page.getByText('Connection lost. The shell goes on').waitFor({ state: 'hidden' });
    await learner.type([{ place: 'controller', text: 'echo "$kept-after-all"', line: 0 }]);
    expect(await learner.terminalText()).toContain('in-this-shell-after-all');
  });

  it('passes every other step by typing', async () => {
    for (let number = 4; number <= lab.steps.length; number++) await doStep(number);
    await page.getByText(`${lab.steps.length} of ${lab.steps.length} passed`).waitFor();
  });

  it('takes the lab down and leaves nothing', async () => {
    await page.getByRole('button', { name: 'Lab', exact: true }).click();
    await page.getByRole('menuitem', { name: /^End lab/ }).click();
    await page.getByRole('button', { name: 'End the lab' }).click();
    await page.getByText('This lab is not running').waitFor({ timeout: 60_000 });
    expect(await listLabs(engine, id)).toEqual([]);
    // a refused connection is the only thing that an appliance's death may write into the browser's log
    expect(
      window.errors.filter((error) => !/WebSocket|ERR_CONNECTION|ERR_SOCKET_NOT_CONNECTED/.test(error)),
    ).toEqual([]);
  });
});
