// What the page is shown of a lab while it starts, runs and fails.
import { expect, it } from 'vitest';
import { freeName } from '../../../../server/appliance/console/lab-service.ts';
import {
  afterEvent,
  afterFailure,
  afterLook,
  problemFrom,
  startingLab,
} from '../../../../server/appliance/console/lab-view.ts';
import type { LabStatus } from '../../../../server/appliance/labs/list.ts';
import { defaultSpec } from '../../../../server/appliance/labs/spec.ts';

const about = { title: 'Demo', learner: 'local', startedAt: '2026-01-01T10:00:00.000Z' };
const starting = startingLab(defaultSpec('demo', { computeCount: 1 }), about);
const nodeEvent = (node: string, phase: 'creating' | 'wired' | 'ready', detail = '') =>
  ({ kind: 'node', lab: 'demo', node, phase, detail }) as const;
const status = (states: Record<string, string>): LabStatus => ({
  ...{ name: 'demo', entry: 'demo', isWarm: false, createdAt: 0, endpoints: {} },
  nodes: Object.entries(states).map(([name, state]) => ({
    ...{ name, kind: name.replace(/\d/, ''), state, address: '10.0.0.2', image: 'x', wires: {} },
  })),
});

it('shows every node with its NICs before anything is made', () => {
  expect(
    starting.nodes.map(({ name, phase, nics }) => [
      name,
      phase,
      nics.map((nic) => `${nic.name} ${nic.wire}`),
    ]),
  ).toEqual([
    ['controller', 'waiting', ['mgmt0 management']],
    ['network', 'waiting', ['mgmt0 management', 'eth0 external', 'eth1 data']],
    ['compute1', 'waiting', ['mgmt0 management', 'eth1 data']],
    ['outside', 'waiting', ['mgmt0 management', 'eth0 external']],
  ]);
});

it('never goes backwards while a node starts', () => {
  const events = [
    nodeEvent('network', 'creating'),
    nodeEvent('network', 'wired', 'Wired: eth0, eth1'),
    nodeEvent('network', 'ready'),
  ];
  let lab = starting;
  const seen = events.map((event) => (lab = afterEvent(lab, event)).nodes[1]!);
  expect(seen.map(({ progress }) => progress)).toEqual([0.1, 0.6, 1]);
  expect(seen.map(({ doing }) => doing)).toEqual(['', 'Wired: eth0, eth1; waiting for its services', '']);
});

it('keeps the reason of a failed start while its remains are removed', () => {
  const detail = 'Node network did not start.\n  first line of its log\n  second';
  const failed = afterEvent(starting, { kind: 'lab', lab: 'demo', phase: 'failed', detail });
  const removed = afterEvent(failed, {
    kind: 'lab',
    lab: 'demo',
    phase: 'stopped',
    detail: 'Nothing is left',
  });
  expect(removed).toMatchObject({
    phase: 'broken',
    problem: { message: 'Node network did not start.', logTail: ['first line of its log', 'second'] },
  });
});

it('points at the node that failed', () => {
  const { nodes, doing } = afterFailure(starting, problemFrom('It ended.', 'network'));
  expect(nodes.map(({ phase }) => phase)).toEqual(['stopped', 'failed', 'stopped', 'stopped']);
  expect(doing).toBeUndefined();
});

it('finds a lab that another program started, and sees a node stop and come back', () => {
  const found = afterLook(undefined, status({ controller: 'running', network: 'running' }), about);
  expect(found).toMatchObject({
    phase: 'ready',
    title: 'Demo',
    nodes: [{ phase: 'ready' }, { phase: 'ready' }],
  });
  const down = afterLook(found, status({ controller: 'running', network: 'exited' }), about);
  expect(down).toMatchObject({ phase: 'broken', problem: { node: 'network' } });
  const back = afterLook(down, status({ controller: 'running', network: 'running' }), about);
  expect(back).toMatchObject({ phase: 'ready', nodes: [{}, { phase: 'ready', doing: '' }] });
  expect(back.problem).toBeUndefined();
});

it('keeps the order of the nodes, whatever order the engine lists them in', () => {
  const running = {
    outside: 'running',
    compute2: 'running',
    network: 'running',
    compute1: 'running',
    controller: 'running',
  };
  const { nodes } = afterLook(undefined, status(running), about);
  expect(nodes.map(({ name }) => name)).toEqual(['controller', 'network', 'compute1', 'compute2', 'outside']);
});

it('gives every lab of a folder a name of its own', () => {
  const names = Array.from({ length: 30 }, () => freeName('demo', []));
  expect(new Set(names).size).toBeGreaterThan(20);
  expect(names.filter((name) => !/^demo-[0-9a-f]{4}$/.test(name))).toEqual([]);
  expect(freeName('a'.repeat(50), names).length).toBeLessThanOrEqual(40);
});
