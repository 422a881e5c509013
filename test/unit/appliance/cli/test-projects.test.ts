import { join } from 'node:path';
import { expect, it } from 'vitest';
import { groupsOf, tallyOf } from '../../../../server/appliance/cli/test-projects.ts';
import { folders } from '../../../../server/appliance/set-up/folders.ts';

const file = join(folders.root, 'test', 'api', 'x.test.ts');
const passed = { status: 'passed', fullName: 'works' };
const failed = {
  status: 'failed',
  fullName: 'works as well',
  failureMessages: ['\u001b[31mexpected 1\u001b[39m\nat x'],
};

it('counts what passed and names what failed, with its message', () => {
  const testResults = [{ name: file, status: 'failed', assertionResults: [passed, failed] }];
  expect(tallyOf('api', [{ numPassedTests: 1, testResults }], 1)).toEqual({
    passed: 1,
    failed: 1,
    failures: ['test/api/x.test.ts > works as well\n    expected 1\n    at x'],
  });
});

it('counts a file that cannot be loaded, and a run without a report, as one failure each', () => {
  const testResults = [{ name: file, status: 'failed', message: 'no such module', assertionResults: [] }];
  expect(tallyOf('api', [{ numPassedTests: 0, testResults }], 1).failures).toEqual([
    'test/api/x.test.ts > the file itself\n    no such module',
  ]);
  expect(tallyOf('host', [], 1)).toEqual({
    passed: 0,
    failed: 1,
    failures: ['host: the runner ended with 1'],
  });
});

it('counts a project without tests that ended well as nothing', () => {
  expect(tallyOf('api', [{ numPassedTests: 0, testResults: [] }], 0)).toEqual({
    passed: 0,
    failed: 0,
    failures: [],
  });
});

it('runs the host tests beside those before them, and everything else by itself', () => {
  expect(groupsOf(['unit', 'api', 'mariadb', 'host', 'lab'])).toEqual([
    ['unit'],
    ['api', 'mariadb', 'host'],
    ['lab'],
  ]);
  expect(groupsOf(['host'])).toEqual([['host']]);
});
