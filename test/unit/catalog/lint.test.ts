import { expect, it } from 'vitest';
import { formatProblem } from '../../../server/appliance/catalog/lab-invalid.ts';
import { lintLab } from '../../../server/appliance/catalog/lint.ts';
import { listLabs, readLab } from '../../../server/appliance/catalog/read-lab.ts';
import { root } from '../../support/sources.ts';
import { labFolder, validFile } from '../../support/lab-folder.ts';

async function findingsWith(replaced: Record<string, string | undefined>): Promise<string[]> {
  await using folder = await labFolder(replaced);
  const lab = await readLab(folder.path, 'sample');
  return lintLab(lab).map((finding) => `${finding.severity} ${formatProblem(finding)}`);
}

it('has nothing to say of a good lab', async () => {
  expect(await findingsWith({})).toEqual([]);
});

it('finds a command in the text that the solution does not run', async () => {
  expect(await findingsWith({ 'solution/01': '# terminal: controller\nneutron net-create net02\n' })).toEqual(
    [
      "error sample/01-network.md:6: the solution does not run 'neutron net-create net01' on controller. It runs 'neutron net-create net02'",
    ],
  );
});

it('takes a continued line for the same command', async () => {
  expect(
    await findingsWith({ 'solution/01': '# terminal: controller\nneutron \\\n  net-create net01\n' }),
  ).toEqual([]);
});

it('finds too many words and too many commands', async () => {
  const commands = Array.from({ length: 4 }, () => 'neutron net-create net01').join('\n');
  const text = `# Title\n\n${'word '.repeat(121)}\n\n\`\`\`controller\n${commands}\n\`\`\`\n`;
  expect(await findingsWith({ '01-network.md': text })).toEqual([
    'error sample/01-network.md:1: 121 words; a step has at most 120, split it',
    'error sample/01-network.md:1: 4 commands; a step shows at most 3, split it',
  ]);
});

it('finds an unknown node in text, solution, checks and mistakes', async () => {
  const findings = await findingsWith({
    '01-network.md': validFile('01-network.md', '```controller', '```controler'),
    'solution/01': '# terminal: controler\nneutron net-create net01\n',
    'checks/01.yaml': 'checks:\n  - name: There is a net01\n    ping: { from: compute9, to: a }\n',
    'mistakes/other-name.yaml': validFile(
      'mistakes/other-name.yaml',
      'terminal: controller',
      'terminal: vm:vm01',
    ),
  });
  expect(findings).toHaveLength(3);
  expect(findings[0]).toMatch(/01-network.md:6: unknown node 'controler'; .* Did you mean 'controller'\?/);
  expect(findings[1]).toMatch(/solution\/01:2: unknown node 'controler'/);
  expect(findings[2]).toMatch(/checks\/01.yaml:2: unknown node 'compute9'/);
});

it('asks for a mistake to each check', async () => {
  const checks = `${validFile('checks/01.yaml')}  - name: It answers\n    ping: { from: outside, to: a }\n`;
  expect(await findingsWith({ 'checks/01.yaml': checks })).toEqual([
    "warning sample/checks/01.yaml:1: no mistake or fault names 'It answers'",
  ]);
});

it('finds numbered files that belong to no step', async () => {
  const findings = await findingsWith({
    '03-gone.md': '# Gone\n',
    'solution/03': '# terminal: controller\ntrue\n',
    'checks/1.yaml': 'checks: []\n',
    'notes.md': 'mine\n',
  });
  expect(findings).toEqual(
    ['03-gone.md', 'solution/03', 'checks/1.yaml'].map(
      (file) => `error sample/${file}:1: belongs to no step of lab.yaml; its steps: 01 network`,
    ),
  );
});

it('warns of a hint that gives the solution away, unless the text shows it', async () => {
  const solution = `${validFile('solution/01')}neutron  subnet-create net01 10.0.0.0/24\n`;
  const hints = (...words: string[]) =>
    `${validFile('checks/01.yaml')}    hints: ${JSON.stringify(['Look.', ...words])}\n`;
  const given = hints("Type 'neutron subnet-create net01 10.0.0.0/24'.");
  expect(await findingsWith({ 'solution/01': solution, 'checks/01.yaml': given })).toEqual([
    "warning sample/checks/01.yaml:2: hints.1: gives the solution away: 'neutron subnet-create net01 10.0.0.0/24'",
  ]);
  const shown = hints("Type 'neutron net-create net01'.");
  expect(await findingsWith({ 'solution/01': solution, 'checks/01.yaml': shown })).toEqual([]);
});

it('asks what an absence stands on', async () => {
  const silent = '  - name: It is silent\n    guard: true\n    not:\n      ping: { from: outside, to: a }\n';
  const checks = validFile('checks/01.yaml') + silent;
  expect(await findingsWith({ 'checks/01.yaml': checks })).toEqual([
    'warning sample/checks/01.yaml:4: needs: nothing shows that outside reaches anything; let it need a check of this step that does',
  ]);
  const needing = checks.replace('guard: true', 'guard: true\n    needs: [There is a net01]');
  expect(await findingsWith({ 'checks/01.yaml': needing })).toEqual([]);
  const capture = 'capture: { on: network, device: eth1, filter: icmp, probe: { from: outside, to: a } }';
  const unheard = checks.replace('ping: { from: outside, to: a }', capture);
  expect(await findingsWith({ 'checks/01.yaml': unheard })).toEqual([
    "error sample/checks/01.yaml:4: 'not: capture' needs 'baseline: { on, device }', where the probes are seen",
  ]);
});

it('refuses a lab without mistakes and a step of guards alone', async () => {
  expect(await findingsWith({ 'mistakes/other-name.yaml': undefined })).toContain(
    'error sample/lab.yaml:1: the lab has no mistakes/*.yaml',
  );
  const guards = validFile('checks/01.yaml', '    api:', '    guard: true\n    api:');
  expect(await findingsWith({ 'checks/01.yaml': guards })).toContain(
    'error sample/checks/01.yaml:1: every check is a guard; one must fail before the step is done',
  );
});

it('every lab of the house is free of errors', async () => {
  const ids = await listLabs(`${root}/labs`);
  expect(ids).toContain('ovs-vlan-one-tenant');
  for (const id of ids) {
    const findings = lintLab(await readLab(`${root}/labs`, id));
    expect(findings.filter(({ severity }) => severity === 'error').map(formatProblem)).toEqual([]);
  }
});
