import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  acceptanceClouds,
  acceptanceSuites,
  chooseRuns,
} from '../../../server/appliance/cli/acceptance-suites.ts';
import { leftOut } from '../../acceptance/tempest/left-out.ts';
import { folders } from '../../../server/appliance/set-up/folders.ts';

it('a suite is run on every cloud it is for, a suite with a cloud on that one, in order of the clouds', () => {
  expect(chooseRuns(['scenario-extra@vlan', 'scenario'])).toEqual([
    { suite: 'scenario', cloud: 'vxlan' },
    { suite: 'scenario', cloud: 'vlan' },
    { suite: 'scenario-extra', cloud: 'vlan' },
    { suite: 'scenario', cloud: 'bridge' },
  ]);
});

it('without a word everything is run; a word that names nothing is told', () => {
  const all = Object.values(acceptanceSuites).flat();
  expect(chooseRuns([])).toHaveLength(all.length);
  expect(() => chooseRuns(['guide', 'guide@bridge'])).toThrow('guide@bridge');
});

it('a test that is left out, with its reason, is one of a list', () => {
  const folder = join(folders.root, 'test', 'acceptance', 'lists');
  const ids = readdirSync(folder).flatMap((file) => readFileSync(join(folder, file), 'utf8').split('\n'));
  for (const name of Object.keys(leftOut)) expect(ids.some((id) => id.startsWith(`${name}[`))).toBe(true);
});

it('every list of tests is a suite, and the other way round', () => {
  const files = readdirSync(join(folders.root, 'test', 'acceptance', 'lists'));
  const lists = files.map((file) => file.replace('.txt', '')).sort();
  const suites = Object.keys(acceptanceSuites).filter((name) => !name.startsWith('guide'));
  expect(suites.sort()).toEqual(lists);
});

it('every cloud has a file of tests, so that it runs beside the others, and the other way round', () => {
  const files = readdirSync(join(folders.root, 'test', 'acceptance')).filter((name) =>
    name.endsWith('.test.ts'),
  );
  expect(files.sort()).toEqual(
    Object.keys(acceptanceClouds)
      .map((cloud) => `${cloud}.test.ts`)
      .sort(),
  );
});
