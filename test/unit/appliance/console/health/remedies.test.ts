// What is done about which fault, and what the page offers.
import { expect, it } from 'vitest';
import type { Fault } from '../../../../../server/appliance/checks/faults/types.ts';
import { problemOfFaults } from '../../../../../server/appliance/console/health/problem.ts';
import { mendsOf, nodesToRestart } from '../../../../../server/appliance/console/health/remedies.ts';

const fault = (kind: Fault['kind'], node = 'network', name = 'x'): Fault => ({
  ...{ kind, node, name },
  text: `${name} on ${node} is wrong`,
});

it('does what mends several faults once', () => {
  const mends = mendsOf([
    fault('bridge', 'network', 'br-ex'),
    fault('bridge', 'network', 'br-int'),
    fault('service', 'network', 'neutron-l3-agent'),
    fault('controller', 'compute1', '5672'),
    fault('controller', 'compute1', '9696'),
  ]);
  expect(mends.map(({ doing }) => doing)).toEqual([
    'Making the bridges on network again',
    'Starting neutron-l3-agent on network',
    'Connecting compute1 again',
  ]);
});

it('starts nodes anew for what is left, and none for a full disk', () => {
  const left = [fault('disk', 'compute1'), fault('wire', 'network'), fault('agent', 'network')];
  expect(nodesToRestart(left)).toEqual(['network']);
  expect(nodesToRestart([fault('disk')])).toEqual([]);
});

it('offers repair first, reset after a repair that was not enough, and repair again for a full disk', () => {
  const remedies = (found: Fault, isMended: boolean) => problemOfFaults([found], isMended).remedies;
  expect(remedies(fault('wire'), false)).toEqual(['repair', 'reset']);
  expect(remedies(fault('wire'), true)).toEqual(['reset']);
  expect(remedies(fault('disk'), true)).toEqual(['repair', 'reset']);
  const problem = problemOfFaults([fault('wire'), fault('agent')], false);
  expect(problem).toMatchObject({
    message: 'X on network is wrong. One more fault beside it.',
    node: 'network',
  });
  expect(problem.logTail).toEqual(['X on network is wrong.']);
});
