import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { divide, longestFirst, secondsOf } from '../support/longest-first.ts';
import { root } from '../support/sources.ts';

const known = Object.keys(secondsOf);
const itself = (file: string) => file;

it('files that are known to be long come first, the longest of all at the head, the others as they were', () => {
  const sorted = longestFirst(
    ['test/lab/rpc.test.ts', ...known.toReversed(), 'test/lab/nodes.test.ts'],
    itself,
  );
  const seconds = sorted.map((file) => secondsOf[file] ?? 0);
  expect(seconds).toEqual(seconds.toSorted((a, b) => b - a));
  expect(sorted.slice(-2)).toEqual(['test/lab/rpc.test.ts', 'test/lab/nodes.test.ts']);
});

it('parts hold every file once, take about as long, and do not hang on the order', () => {
  const files = known.filter((file) => file.startsWith('test/host/'));
  const parts = divide(files, 2, itself);
  expect(parts.flat().toSorted()).toEqual(files.toSorted());
  const [one, two] = parts.map((part) => part.reduce((sum, file) => sum + secondsOf[file]!, 0));
  expect(Math.abs(one! - two!)).toBeLessThan(10);
  expect(divide(files.toReversed(), 2, itself)).toEqual(parts);
});

it('each that is named is there', () => {
  expect(known.filter((file) => !existsSync(join(root, file)))).toEqual([]);
});
