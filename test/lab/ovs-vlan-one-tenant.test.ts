// The first lab, proven whole; then, in the finished lab, every daemon is killed and must come back without being missed.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLab } from '../../server/appliance/catalog/read-lab.ts';
import type { Lab } from '../../server/appliance/catalog/types.ts';
import { parseServices } from '../../server/appliance/checks/diagnose.ts';
import { runChecks } from '../../server/appliance/checks/run-checks.ts';
import type { CheckGround } from '../../server/appliance/checks/run-checks.ts';
import type { ProofLab } from '../../server/appliance/proof/deps.ts';
import { createGround } from '../../server/appliance/proof/ground.ts';
import { createPerformer } from '../../server/appliance/proof/perform.ts';
import { describeOutcome } from '../../server/appliance/proof/judge.ts';
import { proveLab } from '../../server/appliance/proof/prove-lab.ts';
import type { LabReport } from '../../server/appliance/proof/report.ts';
import { labPlatform } from '../support/lab-platform.ts';

let lab: Lab;
let running: ProofLab | undefined;
let ground: CheckGround;
let report: LabReport;

beforeAll(async () => {
  const { platform, labsFolder } = await labPlatform();
  lab = await readLab(labsFolder, 'ovs-vlan-one-tenant');
  report = await proveLab(lab, {
    ...{ platform, isWhole: true, isKept: true, signal: new AbortController().signal },
    onProgress: () => undefined,
    onFinished: async (finished) => {
      running = finished;
      ground = createGround(finished);
    },
  });
});

afterAll(() => running?.destroy());

it('every check fails before its step and passes after it, and every mistake trips its one check', () => {
  const unproven = report.assertions.filter(({ outcome }) => outcome !== 'proven');
  expect(unproven).toEqual([]);
  expect(report).toMatchObject({ outcome: 'proven', mutationScore: 1 });
  expect(new Set(report.assertions.map(({ step }) => step))).toEqual(
    new Set(lab.steps.map(({ number }) => number)),
  );
});

describe('in the finished lab', () => {
  const daemons = [
    ...['rabbitmq-server', 'keystone-all', 'glance-api', 'nova-api', 'neutron-server'].map((name) => [
      'controller',
      name,
    ]),
    ...['ovsdb-server', 'ovs-vswitchd', 'neutron-openvswitch-agent'].map((name) => ['network', name]),
    ...['neutron-dhcp-agent', 'neutron-l3-agent', 'neutron-metadata-agent'].map((name) => ['network', name]),
    ...['ovsdb-server', 'ovs-vswitchd', 'neutron-openvswitch-agent', 'nova-compute'].map((name) => [
      'compute1',
      name,
    ]),
  ] as [string, string][];

  it.each(daemons)('a killed %s %s comes back and the checks pass again', async (node, service) => {
    const before = await pidOf(node, service);
    await running!.runInNode(node, ['kill', '-9', String(before)], {});
    await eventually(`${service} runs again`, async () => (await pidOf(node, service)) !== before);
    await eventually('nothing is broken', async () => (await ground.diagnose()) === undefined);
    await expectEffects();
  });

  it('afterwards every check of every step still holds', async () => {
    for (const step of lab.steps) await expectToPass(step.number);
  });

  it('and the cloud still does new work: an instance more, reached from its neighbour', async () => {
    const performer = createPerformer(running!.openTerminal);
    const boot = 'nova boot --image cirros --flavor m1.tiny --nic net-name=net02 vm05';
    const failure = await performer.perform([
      { place: 'controller', text: 'source openrc-demo', line: 1 },
      { place: 'controller', text: boot, line: 2 },
    ]);
    performer.close();
    expect(failure).toBeUndefined();
    const check = lab.steps.flatMap(({ checks }) => checks).find(({ kind }) => kind === 'ping')!;
    const args = { from: 'vm:vm01', to: '{port:vm05@net02:ip}' };
    const outcomes = await runChecks(ground, [{ ...check, args, needs: [], withinSeconds: 30 }], {
      patience: 'settle',
    });
    expect(outcomes.map(describeFailed)).toEqual(['']);
  });
});

async function pidOf(node: string, service: string): Promise<number | undefined> {
  const { stdout } = await running!.runInNode(node, ['sv', 'status', service], {});
  if (parseServices(stdout).get(service) !== 'run') return undefined;
  return Number(/\(pid (\d+)\)/.exec(stdout)?.[1]);
}

/** What a user of the cloud sees: pings, connections, pages, leases. */
async function expectEffects(): Promise<void> {
  const effects = lab.steps
    .flatMap(({ checks }) => checks)
    .filter(({ kind }) => ['ping', 'tcp', 'http', 'dhcp-lease'].includes(kind))
    .map((check) => ({ ...check, needs: [], withinSeconds: 30 }));
  const outcomes = await runChecks(ground, effects, { patience: 'settle' });
  expect(outcomes.map(describeFailed).filter(Boolean)).toEqual([]);
}

async function expectToPass(step: number): Promise<void> {
  const outcomes = await runChecks(ground, lab.steps[step - 1]!.checks, { patience: 'settle' });
  expect(outcomes.map(describeFailed).filter(Boolean)).toEqual([]);
}

function describeFailed(outcome: Parameters<typeof describeOutcome>[0]): string {
  return outcome.result?.verdict === 'passed' ? '' : describeOutcome(outcome);
}

async function eventually(what: string, isTrue: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await isTrue())) {
    if (Date.now() > deadline) throw new Error(`${what}: not within 60 s`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}
