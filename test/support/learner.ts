// A learner in front of the console: reads steps, types into terminals, presses Check. For end-to-end tests.
import { expect } from 'vitest';
import type { Locator, Page } from 'playwright-core';
import type { LabCommand } from '../../server/appliance/catalog/types.ts';
import { readTerminal } from './console-page.ts';

const answerWithinMs = 30_000;

export interface Learner {
  /** Starts a lab from its card and waits for its first terminal. */
  start(title: string): Promise<void>;
  /** Types commands, each into the terminal of its place, and waits for each to end well. */
  type(commands: LabCommand[]): Promise<void>;
  /** Presses Check and waits for its verdict: 'Passed', 'Failed', 'Lab broken'. */
  check(verdict: string): Promise<void>;
  /** Clicks the commands of the step's text, each when the shell is back at its prompt. */
  runShownCommands(): Promise<void>;
  terminalText(): Promise<string>;
}

/** Polls until `look` fits, for as long as an answer of a real lab may take. */
export const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: answerWithinMs });

export function createLearner(page: Page): Learner {
  let typed = 0;
  const front = () => page.locator('.terminal-panel:not([hidden])');
  const tabAt = async (place: string): Promise<Locator> => {
    const name = place.replace(/^vm:/, '');
    const tab = page.getByRole('tab', { name, exact: true });
    if ((await tab.count()) === 0) {
      await page.getByRole('button', { name: '+ Terminal' }).click();
      await page.getByRole('menuitem', { name: new RegExp(`^${name}( |$)`) }).click();
      await tab.waitFor({ timeout: answerWithinMs });
    }
    return tab;
  };

  /** What somebody in front of it would see: the whole terminal, and where the keys go. */
  const whereItStands = async (what: string) => {
    const focused = await page.evaluate(() => {
      const at = document.activeElement;
      return `${at?.tagName} ${at?.getAttribute('aria-label') ?? ''} in ${at?.closest('[id]')?.id ?? 'no tab'}`;
    });
    const notes = await page.locator('.terminal-panel:not([hidden]) [role=status]').allTextContents();
    return [what, `keys go to ${focused}`, ...notes, await readTerminal(page)].join('\n');
  };

  return {
    async start(title) {
      const card = page.locator('.card', { has: page.getByRole('heading', { name: title, exact: true }) });
      await card.getByRole('button', { name: /^Start/ }).click();
      await page.getByRole('progressbar', { name: 'Progress of compute2' }).waitFor();
      await page.getByRole('tab', { name: 'controller' }).waitFor({ timeout: 120_000 });
      await soon(() => readTerminal(page)).toContain('controller');
    },
    async type(commands) {
      for (const { place, text } of commands) {
        await (await tabAt(place)).click();
        const keys = front().locator('textarea');
        await keys.focus();
        // what ended how, told by the shell itself; the sum keeps the echo of this line from being taken for it
        const mark = `walked-${1000 + ++typed}-`;
        await page.keyboard.type(`${text}\n`);
        await page.keyboard.type(`echo walked-$((1000+${typed}))-$?\n`);
        await expect
          .poll(() => readTerminal(page), { timeout: 90_000 })
          .toContain(mark)
          .catch(async (error: unknown) => {
            throw new Error(await whereItStands(`'${text}' at ${place} does not end`), { cause: error });
          });
        const code = new RegExp(`${mark}(\\d+)`).exec(await readTerminal(page))?.[1];
        expect({ place, text, code }).toEqual({ place, text, code: '0' });
      }
    },
    async check(verdict) {
      await page.getByRole('button', { name: 'Check', exact: true }).click();
      await page
        .locator('.headline', { hasText: verdict })
        .waitFor({ timeout: 90_000 })
        .catch(async (error: unknown) => {
          const shown = await page.locator('.guide-text .check').allInnerTexts();
          throw new Error(`No verdict '${verdict}' but: ${shown.join('\n')}`, { cause: error });
        });
    },
    async runShownCommands() {
      const commands = page.locator('.guide-text > .command .command-run');
      for (let at = 0; at < (await commands.count()); at++) {
        await commands.nth(at).click();
        await soon(() => readTerminal(page)).toMatch(/[#$]\s*$/);
      }
    },
    terminalText: () => readTerminal(page),
  };
}
