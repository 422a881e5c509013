// The first lab as the console would show it in the middle of a lesson, and a catalog around it.
import { sourceOf } from '../../../server/appliance/console/lab-source.ts';
import { readLab } from '../../../server/appliance/catalog/read-lab.ts';
import type { LabSource } from '../../../server/appliance/http/deps.ts';
import type {
  CatalogEntry,
  CheckVerdict,
  LabProblem,
  LabState,
  NodeState,
  StepState,
} from '../../../server/appliance/http/types.ts';
import { folders } from '../../../server/appliance/set-up/folders.ts';
import type { Shown } from '../state-console.ts';

export const minutesFromNow = (minutes: number) => new Date(Date.now() + minutes * 60_000).toISOString();

export const screen = `\x1b[1;32mroot@controller\x1b[0m:~# source openrc-admin
\x1b[1;32mroot@controller\x1b[0m:~# neutron net-list
+--------------------------------------+----------+----------------------------------------------------+
| id                                   | name     | subnets                                            |
+--------------------------------------+----------+----------------------------------------------------+
| 3f0b8f0e-5b8e-4d3c-9a51-3c2a51a9c0de | public01 | 5b1f6a1c-6c53-4a34-8c62-0e6c9a1f2f11 10.64.201.0/24 |
+--------------------------------------+----------+----------------------------------------------------+
\x1b[1;32mroot@controller\x1b[0m:~# `;

/** The first lab's text, cards around it, and no lab running. */
export async function firstLabShown(): Promise<Shown> {
  const source = sourceOf(await readLab(folders.labs, 'ovs-vlan-one-tenant'));
  return { source, catalog: catalogOf(source), labs: [], screen };
}

function catalogOf({ entry }: LabSource): CatalogEntry[] {
  const first: CatalogEntry = {
    ...entry,
    warm: 1,
    lastProvenAt: '2026-11-24T09:30:00Z',
    needs: { memoryMegabytes: 560, processorPercent: 5 },
  };
  return [
    first,
    {
      ...first,
      id: 'ovs-two-tenants',
      title: 'Two tenants, two networks, two routers',
      level: 'intermediate',
      minutes: 45,
      chapter: 'Chapter 5, Networking scenarios: Open vSwitch, scenario 2',
      summary: 'Two tenants with the same addresses that never meet, each behind a router of its own.',
      outcomes: [
        'Tell two namespaces with the same subnet apart',
        'Show that a frame of one tenant never reaches the other',
      ],
      warm: 0,
    },
    {
      ...first,
      id: 'l2-population',
      title: 'Who answers the ARP?',
      level: 'advanced',
      chapter: 'Chapter 6, L2 population: Open vSwitch',
      summary: 'Tunnels that flood, and the same ones once the servers tell every agent who lives where.',
      outcomes: ['Count the copies of a broadcast frame with and without L2 population'],
      warm: 0,
      lastProvenAt: undefined,
    },
    {
      ...first,
      id: 'half-written',
      title: 'half-written',
      minutes: 0,
      stepCount: 0,
      nodeNames: [],
      chapter: '',
      summary: '',
      outcomes: [],
      warm: 0,
      needs: undefined,
      lastProvenAt: undefined,
      problem: "labs/half-written/lab.yaml:4: level: expected one of 'beginner', 'intermediate', 'advanced'",
    },
  ];
}

export const failedChecks: CheckVerdict[] = [
  {
    name: 'net01 exists',
    verdict: 'passed',
    observed: 'net01 in the list of networks',
    expected: 'a network named net01',
    where: 'neutron-server on the controller',
    command: { place: 'controller', text: 'neutron net-list' },
  },
  {
    name: 'net01 is on VLAN 101',
    verdict: 'failed',
    observed: 'provider:segmentation_id is 110',
    expected: 'provider:segmentation_id 101',
    where: 'the provider attributes of net01',
    command: { place: 'controller', text: 'neutron net-show net01' },
  },
];
export const passedChecks = failedChecks.map((check): CheckVerdict => ({ ...check, verdict: 'passed' }));
export const brokenChecks: CheckVerdict[] = [
  {
    name: 'net01 exists',
    verdict: 'broken',
    observed: 'neutron-server does not answer: connection to 172.20.0.2:9696 refused',
    expected: 'an answer of the Networking API',
    where: 'the controller: is neutron-server running?',
    command: { place: 'controller', text: 'sv status neutron-server' },
  },
];

export const problem: LabProblem = {
  message: 'Node compute1 has lost its bridge br-int.',
  node: 'compute1',
  logTail: [
    'neutron-openvswitch-agent: ERROR br-int is not there; it is made anew in 5 s',
    'neutron-openvswitch-agent: ERROR ovs-vsctl add-br br-int: exit 1',
    'ovs-vsctl: cannot create a bridge named br-int because a port of that name exists',
  ],
  remedy: 'Repair makes the bridge again and lets the agent wire every port anew.',
  remedies: ['repair', 'restart', 'resume', 'reset'],
};

/** A ready lab in its third step: one passed, one replayed. */
export function readyLab({ entry, steps }: LabSource, part: Partial<LabState> = {}): LabState {
  return {
    id: entry.id,
    entry: entry.id,
    title: entry.title,
    phase: 'ready',
    gating: 'free',
    startedAt: minutesFromNow(-22),
    readyAt: minutesFromNow(-21),
    clock: { endsAt: minutesFromNow(68), extendMinutes: 30 },
    wires: [
      { name: 'external', purpose: 'the world outside', cidr: '10.64.201.0/24' },
      { name: 'data', purpose: 'tenant networks' },
      { name: 'management', purpose: 'APIs, messages, database' },
    ],
    nodes: entry.nodeNames.map(readyNode),
    instances: [{ name: 'vm01', node: 'compute1', status: 'ACTIVE', addresses: ['192.168.101.3'] }],
    terminals: [
      { id: 't1', place: 'controller', title: 'controller' },
      { id: 't2', place: 'compute1', title: 'compute1' },
    ],
    steps: steps.map(({ number, title }): StepState => {
      const open: StepState = {
        number,
        title,
        isChecking: false,
        attempts: 0,
        checks: [],
        hints: [],
        hintsLeft: 3,
      };
      if (number > 2) return open;
      const passedAt = minutesFromNow(-15 + number);
      const passed: StepState = {
        ...open,
        verdict: 'passed',
        checks: passedChecks,
        checkedAt: passedAt,
        passedAt,
      };
      return number === 1 ? { ...passed, attempts: 1 } : { ...passed, attempts: 0, isReplayed: true };
    }),
    ...part,
  };
}

function readyNode(name: string): NodeState {
  const wire: Record<string, string> = { outside: 'external', compute1: 'data', compute2: 'data' };
  const nics = name === 'network' ? ['external', 'data'] : [wire[name]].filter((one) => one !== undefined);
  return {
    ...{ name, role: name.replace(/\d$/, ''), phase: 'ready', progress: 1, doing: '' },
    nics: [
      { name: 'mgmt0', wire: 'management', address: '172.20.0.2' },
      ...nics.map((one, index) => ({ name: `eth${index + (one === 'data' ? 1 : 0)}`, wire: one })),
    ],
  };
}
