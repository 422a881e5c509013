import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { raiseWatchers, readWatchers } from '../../../../server/appliance/set-up/inotify.ts';

let folder: string;
let file: string;
let said: string[];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'patchbay-inotify-'));
  file = join(folder, 'max_user_instances');
  said = [];
});
afterEach(() => rmSync(folder, { recursive: true }));
const raise = () => raiseWatchers((text) => said.push(text), file);

it('raises a bound that a class would reach, and says so', () => {
  writeFileSync(file, '128\n');
  raise();
  expect(readFileSync(file, 'utf8')).toBe('1024\n');
  expect(said).toEqual(['Raised fs.inotify.max_user_instances from 128 to 1024: labs share it']);
});

it('leaves a higher bound, and a system without one, as they are', () => {
  writeFileSync(file, '8192\n');
  raise();
  expect(readFileSync(file, 'utf8')).toBe('8192\n');
  rmSync(file);
  raise();
  expect([readWatchers(file), said]).toEqual([undefined, []]);
});
