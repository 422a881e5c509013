// A value in a file: whole whatever happens, also to its writer.
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { jsonFile } from '../../../server/lib/json-file.ts';
import { root } from '../../support/sources.ts';

const folder = mkdtempSync(join(tmpdir(), 'json-file-'));
afterAll(() => rmSync(folder, { recursive: true }));

interface Counted {
  count: number;
}
const parse = (value: unknown): Counted => {
  const { count } = value as Counted;
  if (typeof count !== 'number') throw new Error('count: it is no number');
  return { count };
};

function counted(name: string) {
  const damages: string[] = [];
  const path = join(folder, name);
  return { path, damages, file: jsonFile({ path, parse, onDamaged: (line) => damages.push(line) }) };
}

it('gives back what was written, to its owner only', async () => {
  const { path, file } = counted('new/state.json');
  expect(await file.read()).toBeUndefined();
  await file.write({ count: 7 });
  expect(await file.read()).toEqual({ count: 7 });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(statSync(join(folder, 'new')).mode & 0o777).toBe(0o700);
  await file.remove();
  expect(await file.read()).toBeUndefined();
});

it('keeps the order of writes, and each as the value was when it was given', async () => {
  const { path, file } = counted('order.json');
  const value = { count: 0 };
  const writes = Array.from({ length: 20 }, () => {
    value.count++;
    return file.write(value);
  });
  value.count = 99;
  await Promise.all(writes);
  expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ count: 20 });
});

it.each([
  ['half', '{ "count": 1', /JSON/],
  ['strange', '{ "count": "one" }', /count: it is no number/],
  ['empty', '', /JSON/],
])('sets a damaged file aside and goes on: %s', async (name, text, reason) => {
  const { path, file, damages } = counted(`${name}.json`);
  writeFileSync(path, text);
  expect(await file.read()).toBeUndefined();
  expect(damages).toEqual([expect.stringMatching(reason)]);
  const [aside] = readdirSync(folder).filter((one) => one.startsWith(`${name}.json.damaged-`));
  expect(readFileSync(join(folder, aside!), 'utf8')).toBe(text);
  await file.write({ count: 2 });
  expect(await file.read()).toEqual({ count: 2 });
});

it('goes on after a write that failed', async () => {
  const blocker = join(folder, 'blocked');
  writeFileSync(blocker, '');
  const { file } = counted('blocked/state.json');
  await expect(file.write({ count: 1 })).rejects.toThrow('EEXIST');
  rmSync(blocker);
  await file.write({ count: 2 });
  expect(await file.read()).toEqual({ count: 2 });
});

it('holds what was acknowledged and is whole when its writer is killed in the middle', async () => {
  const { path, file, damages } = counted('killed.json');
  const script = `import { jsonFile } from ${JSON.stringify(join(root, 'server/lib/json-file.ts'))};
    const file = jsonFile({ path: ${JSON.stringify(path)}, parse: (value) => value, onDamaged: () => {} });
    const padding = 'x'.repeat(200_000);
    for (let count = 1; ; count++) {
      await file.write({ count, padding });
      process.stdout.write(count + '\\n');
    }`;
  for (const writes of [1, 3, 6]) {
    const argv = ['--input-type=module', '-e', script];
    const writer = spawn(join(root, 'node_modules/.bin/node'), argv, {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    await new Promise<void>((resolve) => {
      writer.stdout.on('data', (bytes: Buffer) => {
        told += bytes.toString();
        if (told.split('\n').length > writes) writer.kill('SIGKILL');
      });
      writer.once('close', () => resolve());
    });
    const acknowledged = Number(told.trim().split('\n').at(-1));
    const { count } = (await file.read())!;
    // one more may have been written than could be told
    expect([acknowledged, acknowledged + 1]).toContain(count);
  }
  expect(damages).toEqual([]);
});

it('sweeps what a killed writer left, once it is old', async () => {
  const { path, file } = counted('swept.json');
  const leftover = `${path}.writing-1`;
  writeFileSync(leftover, '{ "cou');
  await file.read();
  expect(readdirSync(folder)).toContain('swept.json.writing-1');
  const hourAgo = new Date(Date.now() - 3_600_000);
  utimesSync(leftover, hourAgo, hourAgo);
  await file.read();
  expect(readdirSync(folder)).not.toContain('swept.json.writing-1');
});
