import { expect, test } from 'vitest';
import { tallyOf } from '../../../../server/appliance/cli/test-projects.ts';

test('a report counts as it says', () => {
  expect(tallyOf({ numPassedTests: 7, numFailedTests: 2, success: false }, 1)).toEqual({
    passed: 7,
    failed: 2,
  });
});

test('a file that cannot be loaded is a failure although no test failed', () => {
  expect(tallyOf({ numPassedTests: 7, numFailedTests: 0, success: false }, 1)).toEqual({
    passed: 7,
    failed: 1,
  });
  expect(tallyOf(undefined, 1)).toEqual({ passed: 0, failed: 1 });
});

test('a project without tests counts nothing', () => {
  expect(tallyOf({ numPassedTests: 0, numFailedTests: 0, success: true }, 0)).toEqual({
    passed: 0,
    failed: 0,
  });
});
