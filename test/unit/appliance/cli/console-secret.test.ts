import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { consoleSecret } from '../../../../server/appliance/cli/console-secret.ts';

const folder = mkdtempSync(join(tmpdir(), 'console-secret-'));
afterAll(() => rmSync(folder, { recursive: true }));

it('is made once, also by two at the same time, and read by its owner only', async () => {
  const [one, two] = await Promise.all([consoleSecret(folder), consoleSecret(folder)]);
  expect(one).toEqual(two);
  expect(await consoleSecret(folder)).toEqual(one);
  expect(statSync(join(folder, 'console-secret')).mode & 0o777).toBe(0o600);
});

it('names its file when that is damaged', async () => {
  writeFileSync(join(folder, 'console-secret'), 'short');
  await expect(consoleSecret(folder)).rejects.toThrow('console-secret is damaged');
});
