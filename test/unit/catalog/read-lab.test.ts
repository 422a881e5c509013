// Every way a lab's folder can be wrong, and the file, line and words its author gets.
import { expect, it } from 'vitest';
import { formatProblem, LabInvalid, LabUnknown } from '../../../server/appliance/catalog/lab-invalid.ts';
import { listLabs, readLab } from '../../../server/appliance/catalog/read-lab.ts';
import { usualShape } from '../../../server/appliance/labs/cloud-shape.ts';
import { labFolder, validFile } from '../../support/lab-folder.ts';

async function problemsWith(replaced: Record<string, string | undefined>): Promise<string[]> {
  await using folder = await labFolder(replaced);
  const error = await readLab(folder.path, 'sample').then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(LabInvalid);
  return (error as LabInvalid).problems.map(formatProblem);
}

it('reads a lab with its steps, commands, checks and mistakes', async () => {
  await using folder = await labFolder();
  const lab = await readLab(folder.path, 'sample');
  expect(lab).toMatchObject({
    ...{ id: 'sample', title: 'A lab', gating: 'free', cloud: usualShape },
    nodeNames: ['controller', 'network', 'compute1', 'compute2', 'outside'],
  });
  expect(lab.steps[0]).toMatchObject({
    ...{ number: 1, slug: 'network', title: 'Create a network' },
    shown: [{ place: 'controller', text: 'neutron net-create net01', line: 6 }],
    solution: [{ place: 'controller', text: 'neutron net-create net01', line: 2 }],
    checks: [{ name: 'There is a net01', kind: 'api', line: 2, withinSeconds: 2, isGuard: false, needs: [] }],
  });
  expect(lab.mistakes[0]).toMatchObject({
    ...{ slug: 'other-name', step: 1, trips: 'There is a net01' },
    instead: [{ place: 'controller', text: 'neutron net-create net1', line: 6 }],
  });
});

const fault = `title: The network is gone
step: network
trips: There is a net01
inject: |
  # terminal: controller
  neutron net-delete net01
fix: |
  # terminal: controller
  neutron net-create net01
symptom: Nothing answers.
cause: Somebody deleted net01.
`;

it('a check waits for what takes its time, and as long as its author says', async () => {
  const api = (name: string, args: string) =>
    `  - name: ${name}\n    api: { get: '/routers/{router:r}', ${args} }\n`;
  const checks = [
    api('typed', 'at: router.name, equals: r'),
    api('status', 'at: router.status, equals: ACTIVE'),
    api('told', 'at: router.name, equals: r').replace('    api', '    within: 7\n    api'),
    '  - name: There is a net01\n    ping: { from: outside, to: a }\n',
  ];
  await using folder = await labFolder({ 'checks/01.yaml': `checks:\n${checks.join('')}` });
  const [step] = (await readLab(folder.path, 'sample')).steps;
  expect(step!.checks.map(({ withinSeconds }) => withinSeconds)).toEqual([2, 10, 7, 10]);
});

it('reads the faults of its steps', async () => {
  await using folder = await labFolder({ 'faults/gone.yaml': fault });
  const { faults } = await readLab(folder.path, 'sample');
  expect(faults).toEqual([
    {
      ...{ slug: 'gone', title: 'The network is gone', step: 1, trips: 'There is a net01' },
      inject: [{ place: 'controller', text: 'neutron net-delete net01', line: 6 }],
      fix: [{ place: 'controller', text: 'neutron net-create net01', line: 9 }],
      ...{ symptom: 'Nothing answers.', cause: 'Somebody deleted net01.', file: 'sample/faults/gone.yaml' },
    },
  ]);
});

it('reads what the lab asks of its cloud', async () => {
  const cloud =
    'cloud: { compute: 3, network: 2, mechanism: { compute3: linuxbridge }, types: [vxlan, vlan], dvr: true }';
  await using folder = await labFolder({ 'lab.yaml': validFile('lab.yaml', 'steps:', `${cloud}\nsteps:`) });
  const lab = await readLab(folder.path, 'sample');
  expect(lab.cloud).toEqual({
    ...usualShape,
    ...{ computeCount: 3, networkCount: 2, mechanismOf: { compute3: 'linuxbridge' } },
    ...{ types: ['vxlan', 'vlan'], isDistributed: true },
  });
  expect(lab.nodeNames).toContain('network2');
});

it('an unknown lab names the labs there are and the nearest', async () => {
  await using folder = await labFolder();
  expect(await listLabs(folder.path)).toEqual(['sample']);
  const reading = readLab(folder.path, 'sampel');
  await expect(reading).rejects.toThrow(LabUnknown);
  await expect(reading).rejects.toThrow("There is no lab 'sampel'. Did you mean 'sample'? Labs: sample.");
});

it('labs are listed in the order they give themselves, the others behind them by name', async () => {
  await using folder = await labFolder({
    '../zebra/lab.yaml': 'order: 2\n',
    '../yak/lab.yaml': validFile('lab.yaml', 'minutes: 10', 'minutes: 10\norder: 10'),
    '../apple/lab.yaml': validFile('lab.yaml'),
  });
  expect(await listLabs(folder.path)).toEqual(['zebra', 'yak', 'apple', 'sample']);
});

it('a lab is never read from outside the folder of labs', async () => {
  await using folder = await labFolder();
  await expect(readLab(`${folder.path}/sample`, '../sample')).rejects.toThrow(LabUnknown);
});

const faultyFiles: [what: string, file: string, text: string | undefined, problem: RegExp][] = [
  [
    'a value outside the allowed ones',
    'lab.yaml',
    validFile('lab.yaml', 'level: beginner', 'level: beginer'),
    /^sample\/lab.yaml:2: level: unknown value 'beginer'; allowed: beginner, intermediate, advanced. Did you mean 'beginner'\?$/,
  ],
  [
    'an unknown field',
    'lab.yaml',
    validFile('lab.yaml', 'minutes: 10', 'minutes: 10\nmintues: 10'),
    /^sample\/lab.yaml:4: mintues: unknown field 'mintues'; allowed: title, level, .* Did you mean 'minutes'\?$/,
  ],
  [
    'a missing field',
    'lab.yaml',
    validFile('lab.yaml', 'summary: One network.\n'),
    /^sample\/lab.yaml:1: summary: missing; text is needed here$/,
  ],
  [
    'a value of the wrong type',
    'lab.yaml',
    validFile('lab.yaml', 'minutes: 10', 'minutes: ten'),
    /^sample\/lab.yaml:3: minutes: must be a number, not "ten"$/,
  ],
  [
    'an unknown field below another',
    'lab.yaml',
    validFile('lab.yaml', 'steps:', 'cloud:\n  computes: 3\nsteps:'),
    /^sample\/lab.yaml:9: cloud.computes: unknown field 'computes'; allowed: compute, .*, config. Did you mean 'compute'\?$/,
  ],
  [
    'an unknown node',
    'lab.yaml',
    validFile(
      'lab.yaml',
      'steps:',
      'cloud:\n  config:\n    - { node: netwrok, file: /etc/x, section: a, option: b, value: c }\nsteps:',
    ),
    /^sample\/lab.yaml:10: cloud.config.0.node: unknown node 'netwrok'; allowed: controller, .* Did you mean 'network'\?$/,
  ],
  [
    'a fault of an unknown step',
    'faults/gone.yaml',
    fault.replace('step: network', 'step: netwrok'),
    /^sample\/faults\/gone.yaml:2: step: unknown step 'netwrok'; allowed: network. Did you mean 'network'\?$/,
  ],
  [
    'a fault without a cause',
    'faults/gone.yaml',
    fault.replace(/cause: .*\n/, ''),
    /^sample\/faults\/gone.yaml:1: cause: missing; text is needed here$/,
  ],
  [
    'a fault that does nothing',
    'faults/gone.yaml',
    fault.replace('  neutron net-delete net01\n', ''),
    /^sample\/faults\/gone.yaml:4: inject: holds no command$/,
  ],
  ['broken YAML', 'lab.yaml', 'title: A lab\nsteps: [network', /^sample\/lab.yaml:2: not valid YAML: /],
  [
    'a step without its text',
    '01-network.md',
    undefined,
    /^sample\/lab.yaml:9: steps: 'network' has no file 01-network.md$/,
  ],
  [
    'a step without solution',
    'solution/01',
    undefined,
    /^sample\/lab.yaml:9: steps: 'network' has no file solution\/01$/,
  ],
  [
    'a step without checks',
    'checks/01.yaml',
    undefined,
    /^sample\/lab.yaml:9: steps: 'network' has no file checks\/01.yaml$/,
  ],
  [
    'a text without a title',
    '01-network.md',
    'Just words.\n',
    /^sample\/01-network.md:1: the text has no title/,
  ],
  [
    'a command before any terminal',
    'solution/01',
    '# a remark\nneutron net-list\n',
    /^sample\/solution\/01:2: no '# terminal: <node>' line before 'neutron net-list'$/,
  ],
  [
    'an unknown kind of check',
    'checks/01.yaml',
    'checks:\n  - name: It answers\n    pong: { from: outside, to: 10.0.0.1 }\n',
    /^sample\/checks\/01.yaml:3: checks.0.pong: unknown field or kind of check 'pong'; allowed: .* Did you mean 'ping'\?$/,
  ],
  [
    'an unknown field of a check',
    'checks/01.yaml',
    'checks:\n  - name: It answers\n    ping:\n      from: outside\n      too: 10.0.0.1\n',
    /^sample\/checks\/01.yaml:5: checks.0.ping.too: unknown field 'too'; allowed: from, to. Did you mean 'to'\?$/,
  ],
  [
    'a check without a kind',
    'checks/01.yaml',
    'checks:\n  - name: It answers\n',
    /^sample\/checks\/01.yaml:2: checks.0: no kind of check; exactly one of api, .* is needed$/,
  ],
  [
    'a check of two kinds',
    'checks/01.yaml',
    'checks:\n  - name: It answers\n    ping: { from: outside, to: a }\n    tcp: { from: outside, to: a, port: 1 }\n',
    /^sample\/checks\/01.yaml:2: checks.0: 2 kinds of check \(ping, tcp\); exactly one of/,
  ],
  [
    'a negation beside a kind',
    'checks/01.yaml',
    'checks:\n  - name: It is silent\n    not:\n      ping: { from: outside, to: a }\n    guards: 1\n',
    /^sample\/checks\/01.yaml:2: checks.0: 'not' stands alone; put not, guards below it$/,
  ],
  [
    'a need that comes later',
    'checks/01.yaml',
    'checks:\n  - name: It answers\n    needs: [It is there]\n    ping: { from: outside, to: a }\n',
    /^sample\/checks\/01.yaml:3: checks.0.needs.0: unknown earlier check 'It is there'; allowed: $/,
  ],
  [
    'an unknown placeholder',
    'checks/01.yaml',
    "checks:\n  - name: It answers\n    ping: { from: outside, to: '{prot:vm01@net01:ip}' }\n",
    /^sample\/checks\/01.yaml:3: checks.0.ping: unknown placeholder 'prot'; allowed: network, .* Did you mean 'port'\?$/,
  ],
  [
    'an over-long wait',
    'checks/01.yaml',
    'checks:\n  - name: It answers\n    within: 600\n    ping: { from: outside, to: a }\n',
    /^sample\/checks\/01.yaml:3: checks.0.within: no check waits longer than 60 seconds$/,
  ],
  [
    'a mistake for no check of the step',
    'mistakes/other-name.yaml',
    validFile('mistakes/other-name.yaml', 'There is a net01', 'There is a net02'),
    /^sample\/mistakes\/other-name.yaml:3: trips: unknown check of step 'network' 'There is a net02'; .* Did you mean 'There is a net01'\?$/,
  ],
  [
    'a mistake for no step',
    'mistakes/other-name.yaml',
    validFile('mistakes/other-name.yaml', 'step: network', 'step: netwrk'),
    /^sample\/mistakes\/other-name.yaml:2: step: unknown step 'netwrk'; allowed: network. Did you mean 'network'\?$/,
  ],
  [
    'a mistake that cannot be undone',
    'mistakes/other-name.yaml',
    validFile('mistakes/other-name.yaml', 'undo: |\n  # terminal: controller\n  neutron net-delete net1\n'),
    /^sample\/mistakes\/other-name.yaml:1: undo: missing; text is needed here$/,
  ],
];

it.each(faultyFiles)('%s is named with file, line and field', async (_what, file, text, problem) => {
  const problems = await problemsWith({ [file]: text });
  expect(problems[0]).toMatch(problem);
});

it('reports every fault at once, not only the first', async () => {
  const problems = await problemsWith({
    'solution/01': 'neutron net-list\n',
    'checks/01.yaml': 'checks:\n  - name: It answers\n',
  });
  expect(problems.map((line) => line.split(':')[0])).toEqual(
    expect.arrayContaining(['sample/solution/01', 'sample/checks/01.yaml']),
  );
});
