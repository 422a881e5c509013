// When a host gives an instance up: by what failed, how often, and what it was doing.
import { expect, it } from 'vitest';
import {
  isLastTry,
  PluggingFailed,
  taskOf,
  type Failures,
} from '../../../../server/cloud/agents/compute/failing.ts';
import { BindingFailed, BuildFailed } from '../../../../server/cloud/agents/compute/ports.ts';
import { ApiFailure, NoAnswer } from '../../../../server/cloud/client/session.ts';
import { RpcRemoteError, RpcTimeout } from '../../../../server/cloud/rpc/rpc.ts';
import { GuestSlow } from '../../../../server/host/guest-process.ts';
import { CommandFailed } from '../../../../server/host/run.ts';

/** How many tries in a row may fail so, of a hundred. */
function triesUntilEnd(error: Error, hasLooked = true): number | 'never' {
  const memory: Failures = { spent: 0 };
  for (let tries = 1; tries <= 100; tries++)
    if (isLastTry(memory, { task: 'build', error, hasLooked })) return tries;
  return 'never';
}

it.each([
  ['what was asked for cannot be had', new BuildFailed('Image x could not be found.'), 1],
  ['no agent of the host can plug it', new BindingFailed('p1'), 1],
  ['a program says no', new CommandFailed(['mount'], 32, 'no such device'), 3],
  ['a file is missing', new Error("ENOENT: no such file or directory, open '/base'"), 3],
  ['Networking refuses', new ApiFailure(409, 'IpAddressInUse', 'taken'), 3],
  ['a program is too slow', new CommandFailed(['ovs-vsctl'], 124, ''), 12],
  ['the instance is too slow', new GuestSlow('the instance did not start within 5000 ms'), 12],
  ['the switch is not there', new PluggingFailed('no bridge named br-int'), 12],
  ['Networking is away', new NoAnswer('Unable to establish connection'), 'never'],
  ['Networking is broken', new ApiFailure(503, 'Error', 'no database'), 'never'],
  ['Identity does not know the token', new ApiFailure(401, 'Unauthorized', 'who?'), 'never'],
  ['the broker is away', new RpcTimeout('no answer'), 'never'],
  ['the conductor fails', new RpcRemoteError('Error', 'no database'), 'never'],
])('when %s', (_what, error, tries) => {
  expect(triesUntilEnd(error)).toBe(tries);
});

it('a host that cannot even look is tried longer', () => {
  expect(triesUntilEnd(new CommandFailed(['ovs-vsctl'], 1, 'no database'), false)).toBe(12);
});

it('one try that ends well starts the count anew; what others do not answer counts neither way', () => {
  const memory: Failures = { spent: 0 };
  const pass = (error?: Error) => isLastTry(memory, { task: 'build', error, hasLooked: true });
  const broken = new Error('broken');
  expect([pass(broken), pass(broken), pass(), pass(broken), pass(broken)]).not.toContain(true);
  expect(pass(new RpcTimeout('no answer'))).toBe(false);
  expect(pass(broken)).toBe(true);
});

it('what is slow uses little of the patience up that other failures have', () => {
  const memory: Failures = { spent: 0 };
  const pass = (error: Error) => isLastTry(memory, { task: 'build', error, hasLooked: true });
  const slow = new GuestSlow('slow');
  const broken = new Error('broken');
  expect([slow, slow, slow, slow, broken, broken].map(pass)).toEqual([
    ...[false, false, false, false, false, true],
  ]);
});

it('what is as it was wanted is mended for ever', () => {
  const memory: Failures = { spent: 0 };
  const error = new Error('broken');
  for (let tries = 0; tries < 100; tries++)
    expect(isLastTry(memory, { task: undefined, error, hasLooked: true })).toBe(false);
});

it.each([
  ['building', 'spawning', 'running', 'build'],
  ['building', null, 'running', 'build'],
  ['stopped', 'powering-on', 'running', 'start'],
  ['active', 'rebooting', 'running', 'restart'],
  ['active', 'rebuilding', 'running', 'restart'],
  ['active', null, 'running', undefined],
  ['active', 'resize_migrating', 'running', undefined],
  ['active', 'migrating', 'arriving', undefined],
  ['building', 'deleting', 'deleted', undefined],
  ['stopped', null, 'stopped', undefined],
] as const)('%s, %s, wanted %s: %s', (vm_state, task_state, wanted, task) => {
  expect(taskOf({ vm_state, task_state, wanted })).toBe(task);
});
