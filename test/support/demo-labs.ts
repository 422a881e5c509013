// A lab service for tests of the console alone: nodes that become ready, a shell that remembers what was typed, checks
// that look at what the shell remembers. It stands where containers stand in the product.
import type {
  CheckService,
  LabService,
  LabSource,
  RunningLab,
  TerminalProcess,
} from '../../server/appliance/http/deps.ts';
import type { CheckVerdict, NodeState } from '../../server/appliance/http/types.ts';
import { extendedClock, startedClock } from '../../server/appliance/journey/clock.ts';
import { afterReplay, beforeMaking, lastPassed } from '../../server/appliance/journey/journey.ts';
import type { Journeys } from '../../server/appliance/journey/journeys.ts';

const entry = {
  id: 'demo',
  title: 'One tenant, two networks, one router',
  level: 'beginner' as const,
  minutes: 35,
  chapter: 'Chapter 5, Open vSwitch, scenario 1',
  summary: 'Build the first scenario with VLANs and follow a frame from an instance to the wire.',
  outcomes: [
    'Create VLAN networks and a router',
    'Name every device a frame passes',
    'Open a floating IP to the world',
  ],
  stepCount: 2,
  nodeNames: ['controller', 'network', 'compute1', 'compute2', 'outside'],
};

const source: LabSource = {
  entry,
  gating: 'free',
  introduction: 'A tenant has **two networks** on VLANs 101 and 102 behind one router.',
  steps: [
    {
      number: 1,
      title: 'Create the first network',
      markdown: [
        'Networks with provider attributes choose their VLAN. Create `net01` on VLAN **101**:',
        '```controller\nsource openrc-admin\nneutron net-create net01 --provider:network_type vlan \\\n  --provider:segmentation_id 101\n```',
        'You should see a table like this:',
        '```text\n+-----------------+------+\n| name            | net01|\n| segmentation_id | 101  |\n+-----------------+------+\n```',
        '> The VLAN is seen on `eth1` only. Inside br-int a local VLAN stands for it.',
        '1. Look at the answer.\n2. Then press Check.',
      ].join('\n\n'),
      solution: [
        { place: 'controller', text: 'source openrc-admin' },
        {
          place: 'controller',
          text: 'neutron net-create net01 --provider:network_type vlan --provider:segmentation_id 101',
        },
      ],
      checks: [
        { name: 'net01 exists', isGuard: false, hints: ['Is there a network?', 'Create one named net01.'] },
        { name: 'net01 is on VLAN 101', isGuard: false, hints: [] },
      ],
    },
    {
      number: 2,
      title: 'Look at the flows on the compute node',
      markdown:
        'Flows translate the VLAN:\n\n```compute1\novs-ofctl dump-flows br-int\n```\n\n```vm:vm01\nip addr show eth0\n```',
      solution: [{ place: 'compute1', text: 'ovs-ofctl dump-flows br-int' }],
      checks: [],
    },
  ],
};

export interface DemoLabs extends LabService, CheckService {
  /** What is remembered of each lab; whoever serves these labs sets it. */
  journeys?: Journeys;
  /** The lab's texts; a test may change them. */
  demo: LabSource;
  /** What was typed, by place. */
  typed: { place: string; command: string }[];
  /** What the command `later` prints has been printed. */
  hasPrintedLater(): boolean;
  /** Keeps a node from becoming ready until what is returned is called. */
  holdNode(name: string): () => void;
  /** Says how many labs of an entry are ready at once. */
  setWarm(entry: string, count: number): void;
  /** Makes a node fail while the next lab starts. */
  failNode(name: string): void;
}

/** @param stepMs how long a node stays in each of its four phases of starting */
export function createDemoLabs(stepMs = 5): DemoLabs {
  const labs = new Map<string, RunningLab & { learner?: string }>();
  const listeners = new Set<(lab: string) => void>();
  const typed: DemoLabs['typed'] = [];
  let failing: string | undefined;
  let held: { name: string; released: Promise<void> } | undefined;
  let hasPrintedLater = false;
  let count = 0;
  const changed = (lab: string) => listeners.forEach((listener) => listener(lab));
  const replacedListeners = new Set<(lab: string, reason: string) => void>();

  const startNode = (lab: RunningLab, node: NodeState, after: number) => {
    const phases = [
      'creating the container',
      'wiring eth1',
      'starting openvswitch',
      'waiting for the agents',
    ];
    phases.forEach((doing, index) =>
      setTimeout(
        () => {
          Object.assign(node, { phase: 'starting', progress: (index + 1) / 5, doing });
          changed(lab.id);
        },
        stepMs * (after + index),
      ),
    );
    setTimeout(
      async () => {
        if (node.name === held?.name) await held.released;
        const isFailed = node.name === failing;
        Object.assign(
          node,
          isFailed
            ? { phase: 'failed', doing: 'exited with code 1' }
            : { phase: 'ready', progress: 1, doing: '' },
        );
        if (isFailed)
          Object.assign(lab, {
            phase: 'broken',
            problem: {
              message: `Node ${node.name} stopped while openvswitch was starting.`,
              node: node.name,
              logTail: ['ovsdb-server: /etc/openvswitch/conf.db: I/O error', 'runsv openvswitch: exit 1'],
              remedy: 'Free some disk space and start the lab again.',
            },
          });
        else if (lab.nodes.every(({ phase }) => phase === 'ready')) await replayDemo(lab);
        changed(lab.id);
      },
      stepMs * (after + phases.length),
    );
  };

  /** Types what a lab that was brought to a step needs, then calls it ready. */
  const replayDemo = async (lab: RunningLab) => {
    const known = demoLabs.journeys?.find(lab.id);
    const until = known?.underway?.kind === 'make' ? known.underway.until : 0;
    for (const { number, title, solution } of demo.steps.filter((step) => step.number <= until))
      for (const [index, command] of solution.entries()) {
        const replay = { step: number, until, command, commandsDone: index, commandsTotal: solution.length };
        Object.assign(lab, { phase: 'replaying', doing: `Typing step ${number}, '${title}'`, replay });
        changed(lab.id);
        await new Promise((done) => setTimeout(done, stepMs * 4));
        typed.push({ place: command.place, command: command.text });
        if (index < solution.length - 1) continue;
        const checks = number === 1 ? firstStep(typed) : [];
        await demoLabs.journeys?.change(lab.id, (journey) =>
          afterReplay(journey, number, checks, new Date()),
        );
      }
    await demoLabs.journeys?.change(lab.id, ({ underway: _underway, ...journey }) => ({
      ...journey,
      clock: startedClock(new Date(), entry.minutes),
    }));
    Object.assign(lab, {
      phase: 'ready',
      doing: undefined,
      replay: undefined,
      readyAt: new Date().toISOString(),
      instances: [{ name: 'vm01', node: 'compute1', status: 'ACTIVE', addresses: ['192.168.101.3'] }],
    });
  };
  const remake = async (id: string, until: number) => {
    const lab = labs.get(id)!;
    await demoLabs.journeys?.change(id, (journey) => beforeMaking(journey, until));
    replacedListeners.forEach((listener) => listener(id, 'The nodes of this lab are made anew.'));
    typed.length = 0;
    const nodes = entry.nodeNames.map(demoNode);
    Object.assign(lab, { phase: 'starting', doing: 'Starting five nodes', problem: undefined, nodes });
    changed(id);
    lab.nodes.forEach((node, index) => startNode(lab, node, index));
  };

  const mend = (id: string, doing: string): Promise<void> => {
    const lab = labs.get(id)!;
    Object.assign(lab, { phase: 'repairing', doing, problem: undefined });
    changed(id);
    setTimeout(
      () => {
        Object.assign(lab, { phase: 'ready', doing: undefined });
        changed(id);
      },
      Math.max(stepMs * 3, 150),
    ); // longer than changes are gathered
    return Promise.resolve();
  };
  const warm: Record<string, number> = {};
  const warmListeners = new Set<() => void>();

  const demo = structuredClone(source);
  const demoLabs: DemoLabs = {
    demo,
    typed,
    hasPrintedLater: () => hasPrintedLater,
    holdNode(name) {
      const { promise, resolve } = Promise.withResolvers<void>();
      held = { name, released: promise };
      return resolve;
    },
    failNode: (name) => (failing = name),
    catalog: () => Promise.resolve([entry]),
    source: (id) => Promise.resolve(id === entry.id ? demo : undefined),
    running: () => [...labs.values()],
    start(id, learner = 'local') {
      const lab: RunningLab = {
        learner,
        id: `${id}-${++count}`,
        entry: id,
        title: entry.title,
        phase: 'starting',
        doing: 'Starting five nodes',
        startedAt: new Date().toISOString(),
        wires: [
          { name: 'management', purpose: 'API and RPC' },
          { name: 'external', purpose: 'the world', cidr: '10.64.201.0/24' },
          { name: 'data', purpose: 'tenant VLANs' },
        ],
        nodes: entry.nodeNames.map(demoNode),
        instances: [],
      };
      labs.set(lab.id, lab);
      lab.nodes.forEach((node, index) => startNode(lab, node, index));
      return Promise.resolve(lab.id);
    },
    destroy(id) {
      const lab = labs.get(id)!;
      Object.assign(lab, { phase: 'stopping', doing: 'Removing five nodes' });
      changed(id);
      setTimeout(() => {
        labs.delete(id);
        changed(id);
      }, stepMs * 3);
      return Promise.resolve();
    },
    reset: (id) => remake(id, 0),
    bring: (id, step) => remake(id, step),
    resume(id) {
      const journey = demoLabs.journeys?.find(id);
      return remake(id, journey === undefined ? 0 : lastPassed(journey));
    },
    repair: (id) => mend(id, 'Putting the cable of eth1 back'),
    restart: (id) => mend(id, 'Starting node network again'),
    suspect: () => undefined,
    warm: () => ({ ...warm }),
    onWarm(listener) {
      warmListeners.add(listener);
      return () => warmListeners.delete(listener);
    },
    setWarm(id, count) {
      warm[id] = count;
      for (const listener of warmListeners) listener();
    },
    async extend(id) {
      await demoLabs.journeys?.change(id, (journey) => ({
        ...journey,
        clock: journey.clock && extendedClock(journey.clock, new Date()),
      }));
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    onReplaced(listener) {
      replacedListeners.add(listener);
      return () => replacedListeners.delete(listener);
    },
    openTerminal: (lab, { place }, size) =>
      labs.get(lab)?.phase === 'ready'
        ? Promise.resolve(
            demoShell(
              place,
              (command) => typed.push({ place, command }),
              () => (hasPrintedLater = true),
              size,
            ),
          )
        : Promise.reject(new Error(`${place} is not running yet.`)),
    joinTerminals: () => Promise.resolve([]),
    check: (_lab, step) => Promise.resolve(step === 1 ? firstStep(typed) : []),
  };
  return demoLabs;
}

function demoNode(name: string): NodeState {
  const external = name === 'outside' || name === 'network' ? [{ name: 'eth0', wire: 'external' }] : [];
  const data = /network|compute/.test(name) ? [{ name: 'eth1', wire: 'data' }] : [];
  return {
    name,
    role: name.replace(/\d$/, ''),
    phase: 'waiting',
    progress: 0,
    doing: 'waiting for its turn',
    nics: [{ name: 'mgmt0', wire: 'management', address: '172.20.0.2' }, ...external, ...data],
  };
}

function firstStep(typed: DemoLabs['typed']): CheckVerdict[] {
  const created = typed.find(({ command }) => command.startsWith('neutron net-create net01'));
  const vlan = /segmentation_id\s+(\d+)/.exec(created?.command ?? '')?.[1];
  const exists: CheckVerdict = {
    name: 'net01 exists',
    verdict: created === undefined ? 'failed' : 'passed',
    observed: created === undefined ? 'the API lists no network' : 'net01 in the list of networks',
    expected: 'a network named net01',
    where: 'neutron-server on the controller',
    command: { place: 'controller', text: 'neutron net-list' },
  };
  if (created === undefined) return [exists];
  return [
    exists,
    {
      name: 'net01 is on VLAN 101',
      verdict: vlan === '101' ? 'passed' : 'failed',
      observed: `provider:segmentation_id is ${vlan ?? 'not set'}`,
      expected: 'provider:segmentation_id 101',
      where: 'the provider attributes of net01',
      command: { place: 'controller', text: 'neutron net-show net01' },
    },
  ];
}

/** A line-by-line shell: echoes, prompts, answers `flood`, `exit` and everything else. */
export function demoShell(
  place: string,
  onCommand: (command: string) => void,
  onPrintedLater: () => void,
  size = { columns: 80, rows: 24 },
): TerminalProcess {
  let output: (bytes: Buffer) => void = () => {};
  let end: (reason: string) => void = () => {};
  let line = '';
  const prompt = `\x1b[1;32mroot@${place.replace('vm:', '')}\x1b[0m:~# `;
  const print = (text: string) => output(Buffer.from(text));
  const run = (command: string) => {
    onCommand(command);
    if (command === 'exit') return end('the shell has ended');
    if (command === 'flood') print(`${'0123456789'.repeat(8)}\r\n`.repeat(5000));
    else if (command === 'later')
      setTimeout(() => {
        print('printed later\r\n');
        onPrintedLater();
      }, 700);
    else if (command.startsWith('echo ')) print(`${command.slice(5)}\r\n`);
    else if (command !== '') print(`ran: ${command.replace(/\n/g, '\r\n')}\r\n`);
    print(prompt);
  };
  return {
    start: 0,
    end: 0,
    ...size,
    leave: () => {},
    onOutput(listener) {
      output = listener;
      setImmediate(() => print(`\x1b[?2004h${prompt}`));
    },
    onEnd: (listener) => (end = listener),
    write(data) {
      const text = data.replaceAll('\x1b[200~', '').replaceAll('\x1b[201~', '');
      for (const character of text) {
        if (character === '\r' && !line.endsWith('\\')) {
          print('\r\n');
          run(line);
          line = '';
        } else if (character === '\r') {
          line += '\n';
          print('\r\n> ');
        } else if (character === '\x7f') {
          line = line.slice(0, -1);
          print('\b \b');
        } else {
          line += character;
          print(character);
        }
      }
    },
    resize: () => {},
    pause: () => {},
    resume: () => {},
    close: () => end('closed'),
  };
}
