// A lab in every state that the contract has, for looks at the page and for axe.
import type { LabSource } from '../../../server/appliance/http/deps.ts';
import type { LabState, NodeState, StepState } from '../../../server/appliance/http/types.ts';
import { brokenChecks, failedChecks, minutesFromNow, passedChecks, problem, readyLab } from './first-lab.ts';

export interface NamedState {
  name: string;
  lab: LabState;
  /** The page of the guide to look at. */
  step?: number;
}

const withStep = (lab: LabState, number: number, part: Partial<StepState>): LabState => ({
  ...lab,
  steps: lab.steps.map((step) => (step.number === number ? { ...step, ...part } : step)),
});

/** Every state of the lab page, by name. */
export function everyState(source: LabSource): NamedState[] {
  const ready = readyLab(source);
  const { readyAt: _readyAt, clock: _clock, ...fresh } = readyLab(source, { terminals: [], instances: [] });
  const { clock: _timed, ...timeless } = ready;
  const starting: LabState = { ...fresh, steps: fresh.steps.map(unchecked) };
  const hints = [
    'The network that you made is not the one that the check looks for: compare the two lines above.',
    'A provider network is given its VLAN when it is made; nothing changes it later.',
    'Delete the network, then give --provider:segmentation_id 101 when you make it again.',
  ];
  const failed = {
    attempts: 2,
    verdict: 'failed',
    checks: failedChecks,
    checkedAt: minutesFromNow(-1),
  } as const;
  const shut = {
    ...ready,
    steps: ready.steps.map((step) => (step.number > 3 ? { ...step, isShut: true } : step)),
  };
  return [
    {
      name: 'queued',
      lab: {
        ...starting,
        phase: 'queued',
        nodes: starting.nodes.map(waitingNode),
        queue: {
          position: 2,
          length: 3,
          reason: 'It needs 560 MB; 310 MB are free. The next lab ends by itself in 12 minutes.',
        },
      },
    },
    {
      name: 'starting',
      lab: {
        ...starting,
        phase: 'starting',
        doing: 'Starting the nodes',
        startedAt: minutesFromNow(-0.1),
        nodes: starting.nodes.map(startingNode),
      },
    },
    {
      name: 'not-started',
      lab: {
        ...starting,
        phase: 'broken',
        nodes: starting.nodes.map(failedNode),
        problem: {
          ...problem,
          message: 'Node network stopped while openvswitch was starting: exit code 1.',
          node: 'network',
          logTail: [
            'ovsdb-server: /etc/openvswitch/conf.db: I/O error: No space left on device',
            'runsv openvswitch: exit 1',
          ],
          remedy: 'Free some disk space, then start it again. Nothing of it is left on this machine.',
          remedies: [],
        },
      },
    },
    { name: 'introduction', lab: readyLab(source, { steps: ready.steps.map(unchecked) }), step: 0 },
    { name: 'open', lab: ready, step: 3 },
    { name: 'no-clock', lab: timeless, step: 1 },
    {
      name: 'checking',
      lab: withStep(ready, 3, {
        isChecking: true,
        attempts: 1,
        checkingNow: 'net01 is on VLAN 101',
        checks: failedChecks.slice(0, 1),
      }),
      step: 3,
    },
    {
      name: 'failed',
      lab: withStep(ready, 3, { ...failed, hints: hints.slice(0, 1), hintsLeft: 2 }),
      step: 3,
    },
    {
      name: 'failed-all-hints',
      lab: withStep(ready, 3, { ...failed, attempts: 5, hints, hintsLeft: 0 }),
      step: 3,
    },
    {
      name: 'passed',
      lab: withStep(ready, 3, {
        attempts: 3,
        verdict: 'passed',
        checks: passedChecks,
        checkedAt: minutesFromNow(-1),
        passedAt: minutesFromNow(-1),
      }),
      step: 3,
    },
    { name: 'passed-then-failed', lab: withStep(ready, 1, { ...failed, attempts: 4 }), step: 1 },
    {
      name: 'check-broken',
      lab: withStep(ready, 3, {
        attempts: 2,
        verdict: 'broken',
        checks: brokenChecks,
        checkedAt: minutesFromNow(-1),
      }),
      step: 3,
    },
    { name: 'shut-soft', lab: { ...shut, gating: 'soft' }, step: 5 },
    { name: 'shut-hard', lab: { ...shut, gating: 'hard' }, step: 5 },
    { name: 'replayed', lab: ready, step: 2 },
    {
      name: 'replaying',
      lab: {
        ...ready,
        phase: 'replaying',
        terminals: [],
        doing: 'Waiting until the network is ready',
        replay: {
          step: 3,
          until: 6,
          command: {
            place: 'controller',
            text: 'neutron net-create net01 --provider:network_type vlan --provider:physical_network physnet1 --provider:segmentation_id 101',
          },
          commandsDone: 7,
          commandsTotal: 21,
        },
      },
      step: 3,
    },
    {
      name: 'repairing',
      lab: { ...ready, phase: 'repairing', doing: 'Making br-int on compute1 again' },
      step: 3,
    },
    { name: 'broken', lab: { ...ready, phase: 'broken', problem }, step: 3 },
    {
      name: 'node-stopped',
      lab: {
        ...ready,
        phase: 'broken',
        nodes: ready.nodes.map((node) =>
          node.name === 'compute2'
            ? { ...node, phase: 'stopped', progress: 0, doing: 'its container has exited' }
            : node,
        ),
        problem: {
          message: 'Node compute2 has stopped: its container has exited.',
          node: 'compute2',
          remedies: ['restart', 'resume', 'reset'],
        },
      },
      step: 3,
    },
    {
      name: 'time-short',
      lab: { ...ready, clock: { endsAt: minutesFromNow(11.5), extendMinutes: 30 } },
      step: 3,
    },
    {
      name: 'time-nearly-over',
      lab: { ...ready, clock: { endsAt: minutesFromNow(0.8), extendMinutes: 30 } },
      step: 3,
    },
    {
      name: 'ended',
      lab: {
        ...ready,
        phase: 'ended',
        terminals: [],
        instances: [],
        clock: { endsAt: minutesFromNow(-3), extendMinutes: 30 },
        nodes: ready.nodes.map((node) => ({
          ...node,
          phase: 'stopped',
          progress: 0,
          doing: 'removed when the time was over',
        })),
      },
      step: 3,
    },
    {
      name: 'recap',
      lab: {
        ...ready,
        steps: ready.steps.map((step) => ({
          ...step,
          attempts: 1,
          verdict: 'passed',
          checks: passedChecks,
          passedAt: minutesFromNow(-2),
        })),
      },
      step: source.steps.length + 1,
    },
    { name: 'stopping', lab: { ...ready, phase: 'stopping', doing: 'Removing five nodes' }, step: 3 },
  ];
}

const unchecked = ({ number, title }: StepState): StepState => ({
  ...{ number, title, isChecking: false, attempts: 0, checks: [], hints: [], hintsLeft: 3 },
});

const waitingNode = (node: NodeState): NodeState => ({
  ...{ ...node, phase: 'waiting', progress: 0, doing: 'waits for room' },
});

function startingNode(node: NodeState, index: number): NodeState {
  if (index === 0) return node;
  const started = [
    { phase: 'starting', progress: 0.6, doing: 'wired; waiting for its services' },
    { phase: 'starting', progress: 0.35, doing: 'its container is starting' },
    { phase: 'waiting', progress: 0, doing: 'Waiting for the management network' },
  ] as const;
  return { ...node, ...started[Math.min(index, started.length) - 1]! };
}

function failedNode(node: NodeState): NodeState {
  return node.name === 'network'
    ? { ...node, phase: 'failed', progress: 1, doing: 'failed; its last words are above' }
    : { ...node, phase: 'stopped', progress: 0, doing: 'removed again' };
}
