// Rules that a reader relies on: short files, no leftovers, nothing that ties the project to one machine.
import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { root, sourcesBelow, textOf } from '../support/sources.ts';

const sources = ['server', 'web/src', 'test', 'labs'].flatMap(sourcesBelow);
const tracked = execFileSync('git', ['ls-files'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(Boolean);

it('no source file is longer than 400 lines', () => {
  const long = sources
    .map((path) => ({ path, lines: textOf(path).split('\n').length - 1 }))
    .filter(({ lines }) => lines > 400);
  expect(long).toEqual([]);
});

it('no test is skipped or focused', () => {
  const marked = sourcesBelow('test').filter((path) =>
    /\b(it|test|describe)\.(skip|only|todo)\b/.test(textOf(path)),
  );
  expect(marked.filter((path) => !path.endsWith('house-rules.test.ts'))).toEqual([]);
});

it('no drawer is named utils, common, helpers, manager or misc', () => {
  const drawers = /(^|\/)(utils?|common|helpers?|manager|misc)(\.tsx?$|\/)/;
  expect(
    sources.filter((path) => drawers.test(path) && path !== 'server/cloud/model/options/common.ts'),
  ).toEqual([]);
});

it('the lock file records no download address', () => {
  expect(textOf('package-lock.json')).not.toMatch(/"resolved": "http/);
});

it('no tracked file is a build product or a log', () => {
  expect(tracked.filter((path) => /(^|\/)(node_modules|dist|build)\/|\.log$/.test(path))).toEqual([]);
});
