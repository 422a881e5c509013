import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { contentHash, entriesHash, readFolder } from '../../../../server/appliance/set-up/content-hash.ts';

test('parts that join to the same text differ', () => {
  expect(contentHash(['ab', 'c'])).not.toBe(contentHash(['a', 'bc']));
});

test('a folder keeps its hash when only times change, and loses it with a byte', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-hash-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'one');
  writeFileSync(file, 'text');
  const hash = async () => entriesHash(await readFolder(folder));
  const first = await hash();
  utimesSync(file, 1, 1);
  expect(await hash()).toBe(first);
  writeFileSync(file, 'texT');
  expect(await hash()).not.toBe(first);
});

test('a script is executable whatever the checkout says', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-hash-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'run'), '#!/bin/sh\n', { mode: 0o644 });
  writeFileSync(join(folder, 'text'), 'text', { mode: 0o755 });
  expect((await readFolder(folder)).map(({ path, mode }) => [path, mode])).toEqual([
    ['run', 0o755],
    ['text', 0o644],
  ]);
});
