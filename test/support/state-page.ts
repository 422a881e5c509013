// A browser that looks at one state of the console.
import type { Browser, Page } from 'playwright-core';
import type { LabState } from '../../server/appliance/http/types.ts';
import { launchBrowser } from './browser.ts';
import { serveStates, type StateConsole } from './state-console.ts';
import { everyState, type NamedState } from './states/every-state.ts';
import { firstLabShown } from './states/first-lab.ts';

export interface StatePage extends AsyncDisposable {
  page: Page;
  served: StateConsole;
  states: NamedState[];
  /** Opens the page of a lab in the state of that name, changed by `change`. */
  look(name: string, change?: (lab: LabState) => LabState): Promise<LabState>;
}

/** Opens a browser; every file of tests has one. */
export async function openStatePage(): Promise<StatePage> {
  const shown = await firstLabShown();
  const states = everyState(shown.source);
  const served = await serveStates(shown);
  const browser: Browser = await launchBrowser();
  const context = await browser.newContext({ viewport: { width: 1280, height: 720 } });
  const page = await context.newPage();
  page.setDefaultTimeout(15_000);
  return {
    page,
    served,
    states,
    async look(name, change = (lab) => lab) {
      const state = states.find((one) => one.name === name);
      if (state === undefined) throw new Error(`There is no state '${name}' in every-state.ts.`);
      const lab = change(state.lab);
      served.requests.length = 0;
      served.show([lab]);
      if (!page.url().startsWith(served.url)) await page.goto(served.url);
      await page.evaluate(
        ([key, value]) => {
          localStorage.clear();
          sessionStorage.setItem(key!, value!);
        },
        [`patchbay-step-${lab.id}`, String(state.step ?? 0)],
      );
      await page.goto(`${served.url}/labs/${lab.id}`);
      await page.locator('.guide-text h2').first().waitFor();
      return lab;
    },
    async [Symbol.asyncDispose]() {
      await browser.close();
      await served[Symbol.asyncDispose]();
    },
  };
}
