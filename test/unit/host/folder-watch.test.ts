// A folder is watched also where the kernel has no watcher left.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { watchFolder } from '../../../server/host/folder-watch.ts';

const bound = vi.hoisted(() => ({ isReached: false }));
vi.mock('node:fs', async (importOriginal) => {
  const real = await importOriginal<typeof import('node:fs')>();
  const watch = (...words: Parameters<typeof real.watch>) => {
    if (bound.isReached) throw Object.assign(new Error('too many open files'), { code: 'EMFILE' });
    return real.watch(...words);
  };
  return { ...real, watch };
});

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'patchbay-watch-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe.each([
  ['told by the kernel', false],
  ['by looking', true],
])('%s', (_how, isReached) => {
  beforeEach(() => void (bound.isReached = isReached));

  it('names what comes, changes and goes, and nothing once it is closed', async () => {
    const names: (string | null)[] = [];
    writeFileSync(join(folder, 'there'), '');
    const watcher = watchFolder(folder, (name) => names.push(name));
    const untilNamed = (name: string) => vi.waitFor(() => expect(names).toContain(name), { timeout: 3_000 });
    writeFileSync(join(folder, 'qrouter-1'), '');
    await untilNamed('qrouter-1');
    names.length = 0;
    writeFileSync(join(folder, 'there'), 'changed');
    await untilNamed('there');
    names.length = 0;
    rmSync(join(folder, 'qrouter-1'));
    await untilNamed('qrouter-1');
    watcher.close();
    names.length = 0;
    writeFileSync(join(folder, 'late'), '');
    await new Promise((resolve) => setTimeout(resolve, 700));
    expect(names).toEqual([]);
  });
});

it('a folder that is not there is an error', () => {
  bound.isReached = false;
  expect(() => watchFolder(join(folder, 'gone'), () => {})).toThrow('ENOENT');
});
