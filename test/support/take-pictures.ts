// Pictures of every page and state, light and dark, for a person to look at:
// node test/support/take-pictures.ts FOLDER [WIDTHxHEIGHT] [light|dark] [STATE...]
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { launchBrowser } from './browser.ts';
import { serveStates } from './state-console.ts';
import { everyState } from './states/every-state.ts';
import { firstLabShown } from './states/first-lab.ts';

const [folder = 'build/pictures', size = '1280x720', theme = 'light', ...wanted] = process.argv.slice(2);
const [width = 1280, height = 720] = size.split('x').map(Number);
mkdirSync(folder, { recursive: true });
const shown = await firstLabShown();
const states = everyState(shown.source);
const catalogLabs = ['ready', 'queued', 'starting', 'not-started', 'time-short', 'broken', 'ended'].flatMap(
  (name) => {
    const state = states.find((one) => one.name === name);
    return state === undefined ? [] : [{ ...state.lab, id: `lab-${name}` }];
  },
);
await using served = await serveStates(shown);
const browser = await launchBrowser();
const context = await browser.newContext({
  viewport: { width, height },
  colorScheme: theme === 'dark' ? 'dark' : 'light',
});
const page: Page = await context.newPage();
const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
const take = (name: string) => page.screenshot({ path: join(folder, `${name}-${width}-${theme}.png`) });

if (isWanted('catalog')) {
  await page.goto(served.url);
  await page.locator('.card').first().waitFor();
  await take('catalog');
}
if (isWanted('help')) {
  await page.goto(served.url);
  await page.locator('.card').first().waitFor();
  await page.keyboard.press('?');
  await page.getByRole('dialog').waitFor();
  await take('help');
}
if (isWanted('catalog-running')) {
  served.show(catalogLabs);
  await page.goto(served.url);
  await page.locator('.card').first().waitFor();
  await take('catalog-running');
}
for (const { name, lab, step } of states) {
  if (!isWanted(name)) continue;
  served.show([lab]);
  await page.goto(served.url);
  await page.evaluate(
    ([key, value]) => sessionStorage.setItem(key!, value!),
    [`patchbay-step-${lab.id}`, String(step ?? 0)],
  );
  await page.goto(`${served.url}/labs/${lab.id}`);
  await page.locator('.guide-text h2').first().waitFor();
  await page
    .locator('.thing-node')
    .first()
    .waitFor({ timeout: 15_000 })
    .catch(() => undefined);
  await page.waitForTimeout(400);
  await take(name);
}
await context.close();
await browser.close();
