import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { packTar } from '../../../../server/appliance/engine/tar.ts';

const list = (archive: Buffer) =>
  execFileSync('tar', ['-tvf', '-'], { input: archive }).toString().trim().split('\n');

test('tar reads what was packed, with modes and contents', () => {
  const archive = packTar([
    { path: 'etc' },
    { path: 'etc/secret', content: 'abc', mode: 0o600 },
    { path: 'bin/run', content: '#!/bin/sh\n', mode: 0o755 },
  ]);
  expect(list(archive).map((line) => [line.slice(0, 10), line.split(' ').at(-1)])).toEqual([
    ['drwxr-xr-x', 'etc/'],
    ['-rw-------', 'etc/secret'],
    ['-rwxr-xr-x', 'bin/run'],
  ]);
  expect(execFileSync('tar', ['-xOf', '-', 'etc/secret'], { input: archive }).toString()).toBe('abc');
});

test('a path of more than a hundred characters is kept whole', () => {
  const path = `${'folder/'.repeat(15)}file`;
  expect(list(packTar([{ path, content: 'x' }]))[0]).toContain(path);
});

test('the same files make the same archive', () => {
  const entries = [{ path: 'a', content: 'b' }];
  expect(packTar(entries)).toEqual(packTar(entries));
});
