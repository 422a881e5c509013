// Terminals in a real browser, over programs that the test plays: search, copy and paste, two windows, cut connections, keys.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import type { Browser, Page, WebSocketRoute } from 'playwright-core';
import { seriousFindings } from '../support/axe.ts';
import { launchBrowser } from '../support/browser.ts';
import { testConsole, type TestConsole } from '../support/console-client.ts';
import { openConsole, readTerminal, type LearnerPage } from '../support/console-page.ts';
import { playTerminal, type PlayedTerminal } from '../support/played-terminal.ts';

let browser: Browser;
let console: TestConsole;
let learner: LearnerPage;
let page: Page;
/** Programs in the order in which their terminals were opened. */
let played: PlayedTerminal[];
let labId: string;

const soon = <T>(look: () => T | Promise<T>) => expect.poll(look, { timeout: 15_000 });

beforeAll(async () => {
  browser = await launchBrowser();
});
afterAll(() => browser.close());
beforeEach(async () => {
  console = await testConsole();
  played = [];
  console.labs.openTerminal = (_lab, _state, size) => {
    const one = playTerminal(size);
    played.push(one);
    return Promise.resolve(one.process);
  };
  labId = await console.labs.start('demo');
  await soon(() => console.labs.running()[0]?.phase).toBe('ready');
  learner = await openLab();
  page = learner.page;
  await soon(() => played.length).toBe(1);
  played[0]!.print('$ ');
  await page.locator('.terminal-panel:not([hidden]) .xterm-screen').click();
});
afterEach(async () => {
  await learner[Symbol.asyncDispose]();
  await console[Symbol.asyncDispose]();
});

async function openLab(): Promise<LearnerPage> {
  const opened = await openConsole(browser, console.running.oneTimeLink());
  await opened.page.goto(`${console.running.url}/labs/${labId}`);
  await opened.page.locator('.terminal-panel:not([hidden]) .xterm-screen').waitFor();
  return opened;
}
const copied = () => page.evaluate<string>('navigator.clipboard.readText()');
const putOnClipboard = (text: string) =>
  page.evaluate(`navigator.clipboard.writeText(${JSON.stringify(text)})`);
const note = (text: string | RegExp, on: Page = page) =>
  on.locator('.terminal-panel:not([hidden]) .terminal-note', { hasText: text });
const sizeOf = ({ calls }: PlayedTerminal) => calls.findLast((call) => call.startsWith('resize'))?.slice(7);

it('searches the output, also what has scrolled away, and counts', async () => {
  const lines = Array.from({ length: 400 }, (_, at) => (at % 150 === 7 ? `needle ${at}` : `line ${at}`));
  played[0]!.print(`${lines.join('\r\n')}\r\n`);
  await page.keyboard.press('Control+Shift+F');
  const field = page.getByRole('searchbox', { name: 'Search the output' });
  await field.fill('needle');
  const count = page.locator('.terminal-search-count');
  await soon(() => count.textContent()).toBe('3 of 3');
  await field.press('Enter');
  await soon(() => count.textContent()).toBe('1 of 3');
  await field.press('Shift+Enter');
  await soon(() => count.textContent()).toBe('3 of 3');
  await field.press('Shift+Enter');
  await soon(() => count.textContent()).toBe('2 of 3');
  expect(await readTerminal(page)).toContain('needle 157');
  expect(await seriousFindings(page)).toEqual([]);
  await field.fill('nowhere to be found');
  await soon(() => count.textContent()).toBe('Not found');
  await field.press('Escape');
  await page.keyboard.type('x');
  await soon(() => played[0]!.typed()).toBe('x');
});

it('copies what is selected, and sends Ctrl+C to the program where nothing is', async () => {
  played[0]!.print('\r\ncopyable\r\n');
  await soon(() => readTerminal(page)).toContain('copyable');
  const row = page.locator('.terminal-panel:not([hidden]) .xterm-accessibility-tree [role=listitem]').nth(1);
  const box = (await row.boundingBox())!;
  const select = () => page.mouse.dblclick(box.x + 20, box.y + box.height / 2);
  await select();
  await page.keyboard.press('Control+Shift+C');
  await soon(copied).toBe('copyable');
  await putOnClipboard('');
  await page.keyboard.press('Control+C');
  await soon(copied).toBe('copyable');
  expect(played[0]!.typed()).toBe('');
  await page.keyboard.press('Control+C');
  await soon(() => played[0]!.typed()).toBe('\x03');
  await select();
  await page.mouse.click(box.x + 20, box.y + box.height / 2, { button: 'middle' });
  await soon(() => played[0]!.typed()).toBe('\x03copyable');
});

it('asks before it pastes several lines, unless the program takes them in brackets', async () => {
  await putOnClipboard('first\nsecond\n');
  const paste = () => page.keyboard.press('Control+Shift+V');
  await paste();
  await note('Paste 2 lines?').waitFor();
  expect(await seriousFindings(page)).toEqual([]);
  await page.keyboard.press('Escape');
  await note('Paste 2 lines?').waitFor({ state: 'detached' });
  expect(played[0]!.typed()).toBe('');
  await paste();
  await note('Paste 2 lines?').getByRole('button', { name: 'Paste' }).click();
  await soon(() => played[0]!.typed()).toBe('first\rsecond\r');
  played[0]!.print('\x1b[?2004h');
  await putOnClipboard('third\nfourth');
  await soon(async () => {
    if (!played[0]!.typed().includes('third')) await paste();
    return played[0]!.typed();
  }).toBe('first\rsecond\r\x1b[200~third\rfourth\x1b[201~');
});

it('lets one window set the size and others watch it whole, and hands it over by a click', async () => {
  await using other = await openLab();
  const watching = note('Watching', other.page);
  const owners = await soon(() => sizeOf(played[0]!))
    .toMatch(/^\d+x\d+$/)
    .then(() => sizeOf(played[0]!)!);
  await watching.waitFor();
  expect(await watching.textContent()).toContain(`Watching, ${owners.replace('x', '×')}`);

  await other.page.setViewportSize({ width: 900, height: 600 });
  const overflow = () =>
    other.page.evaluate<boolean[]>(`(() => {
      const panel = document.querySelector('.terminal-panel:not([hidden])');
      const frame = panel.querySelector('.terminal-screen').getBoundingClientRect();
      const cells = panel.querySelector('.xterm-screen').getBoundingClientRect();
      return [cells.right > frame.right + 1, cells.bottom > frame.bottom + 1];
    })()`);
  await soon(overflow).toEqual([false, false]);
  expect(sizeOf(played[0]!)).toBe(owners);

  await watching.getByRole('button', { name: 'Take over' }).click();
  await watching.waitFor({ state: 'detached' });
  await soon(() => sizeOf(played[0]!)).not.toBe(owners);
  await note('Watching').waitFor();
  expect(await note('Watching').textContent()).toContain(sizeOf(played[0]!)!.replace('x', '×'));
});

it('shows what comes after its tab was behind others while the window became smaller', async () => {
  played[0]!.print(Array.from({ length: 100 }, (_, at) => `line ${at}\r\n`).join(''));
  await soon(() => readTerminal(page)).toContain('line 99');
  await page.locator('.terminal-panel textarea').focus();
  await page.keyboard.press('Control+Shift+Enter');
  // not when it is opened but when the page has heard of it, it comes to the front
  await soon(() => page.getByRole('tab').nth(1).getAttribute('aria-selected')).toBe('true');
  await page.setViewportSize({ width: 1280, height: 700 });
  // typed before the browser has drawn the tab: faster than a person, as fast as a click on a command of the guide
  await page.evaluate(`(async () => {
    document.querySelector('[role=tab]').click();
    await Promise.resolve();
    const clipboardData = new DataTransfer();
    clipboardData.setData('text/plain', 'x');
    const paste = new ClipboardEvent('paste', { clipboardData, bubbles: true });
    document.querySelector('.terminal-panel textarea').dispatchEvent(paste);
  })()`);
  await soon(() => played[0]!.typed()).toBe('x');
  played[0]!.print('x\r\nlast words\r\n$ ');
  await soon(() => readTerminal(page)).toContain('last words');
});

it('comes back after a cut connection, by itself or by the button, and says what was lost', async () => {
  const routes = new Set<WebSocketRoute>();
  let isCut = false;
  await page.routeWebSocket(/terminals/, (socket) => {
    if (isCut) return void socket.close();
    const server = socket.connectToServer();
    routes.add(socket);
    socket.onClose(() => void server.close());
  });
  await page.reload();
  await soon(() => routes.size).toBeGreaterThan(0);
  await soon(() => readTerminal(page)).toContain('$');
  const cut = async () => {
    isCut = true;
    for (const route of routes) await route.close();
    routes.clear();
    await note('Connection lost').waitFor();
  };

  await cut();
  played[0]!.print('written meanwhile ');
  isCut = false;
  await note('Connection lost').waitFor({ state: 'detached' });
  await soon(() => readTerminal(page)).toContain('$ written meanwhile');
  expect((await readTerminal(page)).match(/meanwhile/g)).toHaveLength(1);

  await cut();
  for (let line = 0; line < 5000; line++) played[0]!.print(`${line} ${'0123456789'.repeat(9)}\r\n`);
  played[0]!.print('the end');
  // several tries fail first, so that the wait is long enough to be cut short by hand
  await soon(() => note(/next try in [3-5] s/).count()).toBe(1);
  isCut = false;
  await note('Connection lost').getByRole('button', { name: 'Reconnect' }).click();
  await soon(() => readTerminal(page)).toContain('the end');
  expect(await note('were not shown here').textContent()).toMatch(/^\d+ KiB of output before this/);
  await note('were not shown here').getByRole('button', { name: 'Dismiss' }).click();
  await note('were not shown here').waitFor({ state: 'detached' });
});

it('keeps what is typed before the output of old is drawn, and answers no question of old again', async () => {
  const questions = '\x1b[6n\x1b[c\x1b[>c\x1b[?2004$p\x1bP$qm\x1b\\\x1b]10;?\x1b\\\x1b[?1004h';
  const answers = /R␛\[\?1;2c␛\[>0;276;0c␛\[\?2004;2\$y␛P1\$r0m␛\\␛\]10;rgb:[^␛]+␛\\␛\[I$/;
  played[0]!.print(questions);
  await soon(() => played[0]!.typed().replaceAll('\x1b', '␛')).toMatch(answers);
  const before = played[0]!.typed().length;

  const { promise: typedAll, resolve: release } = Promise.withResolvers<void>();
  let isHeld = false;
  await page.routeWebSocket(/terminals/, (socket) => {
    const server = socket.connectToServer();
    let order: Promise<void> = typedAll;
    server.onMessage((message) => {
      isHeld = true;
      order = order.then(() => socket.send(message));
    });
  });
  await page.reload();
  await soon(() => isHeld).toBe(true);
  await page.locator('.terminal-panel:not([hidden]) textarea').pressSequentially('early\n');
  release();
  await soon(() => played[0]!.typed().slice(before)).toContain('early\r');
  await page.keyboard.type('late');
  await soon(() => played[0]!.typed().slice(before)).toBe('early\rlate');
  played[0]!.print('\x1b[c');
  await soon(() => played[0]!.typed().slice(before)).toBe('early\rlate\x1b[?1;2c');
});

it('gives the keys to a new terminal that the page hears of before its request is answered', async () => {
  await page.route(/\/terminals$/, async (route) => {
    const response = await route.fetch();
    await page.getByRole('tab', { name: 'controller 2' }).waitFor();
    await route.fulfill({ response });
  });
  await page.keyboard.press('Control+Shift+Enter');
  await page.getByRole('tab', { name: 'controller 2', selected: true }).waitFor();
  await soon(async () => {
    await page.keyboard.type('b');
    return played[1]!.typed();
  }).toMatch(/^b+$/);
});

it('opens, changes and leaves terminals by keys alone', async () => {
  await page.keyboard.press('Control+Shift+Enter');
  await page.getByRole('tab', { name: 'controller 2', selected: true }).waitFor();
  await soon(() => played.length).toBe(2);
  played[1]!.print('$ ');
  await soon(async () => {
    await page.keyboard.type('b');
    return played[1]!.typed();
  }).toMatch(/^b+$/);
  await page.keyboard.press('Control+Shift+ArrowLeft');
  await page.getByRole('tab', { name: 'controller', exact: true, selected: true }).waitFor();
  await soon(async () => {
    await page.keyboard.type('a');
    return played[0]!.typed();
  }).toMatch(/^a+$/);
  await page.keyboard.press('F6');
  const inside = () => page.evaluate<boolean>("document.activeElement.closest('.terminal-panel') !== null");
  await soon(inside).toBe(false);
  await page.getByText('Keys', { exact: true }).click();
  await page.getByText('search the output').waitFor();
});
