// The console in a browser, as a learner uses it, for end-to-end tests.
import type { Browser, BrowserContext, Page } from 'playwright-core';

export interface LearnerPage extends AsyncDisposable {
  page: Page;
  context: BrowserContext;
  /** Errors the page threw or logged. */
  errors: string[];
}

/** A new window that opens `link`. */
export async function openConsole(browser: Browser, link: string): Promise<LearnerPage> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  page.on('console', (message) => message.type() === 'error' && errors.push(message.text()));
  await page.goto(link);
  return { page, context, errors, [Symbol.asyncDispose]: () => context.close() };
}

/** The terminal's text as a screen reader gets it; switches the mode on for that. */
export async function readTerminal(page: Page): Promise<string> {
  const mode = page.getByRole('button', { name: 'Screen reader' });
  if ((await mode.getAttribute('aria-pressed')) !== 'true') await mode.click();
  const rows = page.locator('.terminal-panel:not([hidden]) .xterm-accessibility-tree [role=listitem]');
  return (await rows.allTextContents()).map((row) => row.replaceAll('\u00a0', ' ').trimEnd()).join('\n');
}
