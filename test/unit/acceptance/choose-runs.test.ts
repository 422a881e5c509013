import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { acceptanceSuites, chooseRuns } from '../../../server/appliance/cli/acceptance-suites.ts';
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

it('every list of tests is a suite, and the other way round', () => {
  const files = readdirSync(join(folders.root, 'test', 'acceptance', 'lists'));
  const lists = files.map((file) => file.replace('.txt', '')).sort();
  const suites = Object.keys(acceptanceSuites).filter((name) => !name.startsWith('guide'));
  expect(suites.sort()).toEqual(lists);
});
