// What ends the build of an instance that hosts could not start, in Nova's words.
import { expect, it } from 'vitest';
import { endOfBuild } from '../../../../server/cloud/compute/build-failure.ts';
import { newFault, showFault } from '../../../../server/cloud/compute/fault.ts';

const failure = { uuid: 'vm01', reason: 'no disk', is_local: true };
const failures = (count: number) =>
  Array.from({ length: count }, (_, index) => ({ host: `compute${index + 1}`, reason: 'no disk' }));

it.each([
  ['another host may try', failure, { host: null, failures: failures(2) }, 3, undefined],
  [
    'all attempts are used up',
    failure,
    { host: null, failures: failures(3) },
    3,
    'Exceeded maximum number of retries. Exceeded max scheduling attempts 3 for instance vm01. Last exception: no disk',
  ],
  ['its host was forced', failure, { host: 'compute1', failures: failures(1) }, 3, 'no disk'],
  ['there is one attempt', failure, { host: null, failures: failures(1) }, 1, 'no disk'],
  [
    'no host can help',
    { ...failure, is_local: false },
    { host: null, failures: failures(1) },
    3,
    'Build of instance vm01 aborted: no disk',
  ],
])('where %s', (_what, failed, spec, maxAttempts, message) => {
  expect(endOfBuild(failed, spec, maxAttempts)).toBe(message);
});

it('a message is as long as in Nova; details of a 500 are for administrators', () => {
  const fault = newFault('x'.repeat(300), 'compute1: no disk');
  expect(fault.message).toHaveLength(255);
  expect(showFault(fault, true)).toEqual({
    code: 500,
    created: expect.stringMatching(/^[-\d]{10}T[:\d]{8}Z$/) as string,
    message: 'x'.repeat(255),
    details: 'compute1: no disk',
  });
  expect(showFault(fault, false)).not.toHaveProperty('details');
  expect(showFault({ ...fault, code: 404 }, false)).toHaveProperty('details');
});
