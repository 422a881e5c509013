// The whole life of a program that goes on in the background, in a process that has nothing else to wait for.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { root } from '../../../support/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'background-program-'));
afterAll(() => rmSync(folder, { recursive: true }));

const inOwnProcess = (script: string) => {
  const module = join(root, 'server/appliance/set-up/background-program.ts');
  const words = `import { startInBackground } from ${JSON.stringify(module)};
    const start = (program) => startInBackground({ program, argv: ['60'], logFile: ${JSON.stringify(join(folder, 'log'))} });
    ${script}`;
  return promisify(execFile)(join(root, 'node_modules/.bin/node'), ['--input-type=module', '-e', words]);
};

it('is waited for when it is ended', async () => {
  const { stdout } = await inOwnProcess(`await start('sleep')(); console.log('ended');`);
  expect(stdout).toBe('ended\n');
  expect(existsSync(join(folder, 'log'))).toBe(true);
});

it('that cannot be started is nothing to wait for', async () => {
  const { stdout } = await inOwnProcess(`await start('/nonexistent/program')(); console.log('ended');`);
  expect(stdout).toBe('ended\n');
});
