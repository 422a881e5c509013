import { expect, it } from 'vitest';
import { describeLab } from '../../../../server/appliance/cli/status.ts';
import type { LabStatus } from '../../../../server/appliance/labs/list.ts';

const now = 600_000;
const lab: LabStatus = {
  name: 'play',
  entry: 'play',
  isWarm: false,
  createdAt: 0,
  nodes: [
    { name: 'controller', kind: 'controller', state: 'paused', address: '10.64.0.2', image: 'c', wires: {} },
  ],
  endpoints: { network: 'http://127.0.0.1:32768' },
};

it('tells the age, each node with what its container does, and where the APIs are', () => {
  expect(describeLab(lab, now).split('\n')).toEqual([
    'play, up 10 min',
    '  controller   paused    10.64.0.2',
    '  network API  http://127.0.0.1:32768',
  ]);
});

it('tells a lab that waits for a learner from one that somebody has', () => {
  const [head] = describeLab({ ...lab, name: 'ovs-0a1b', entry: 'ovs', isWarm: true }, now).split('\n');
  expect(head).toBe('ovs-0a1b (ovs), up 10 min, kept warm for whoever asks next');
});
