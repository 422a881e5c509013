// A learner breaks a lab in which everything had passed: it is called broken with the reason, never failed and never
// passed, and one click mends it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { consoleLabs, type ConsoleLabs } from '../support/console-lab.ts';

/** A floating IP is pinged from outside: every daemon, bridge and wire between has to work. */
const step = 10;
let console: ConsoleLabs;
let id: string;

beforeAll(async () => {
  console = await consoleLabs(['--time', '0']);
  id = await console.startAt('ovs-vlan-one-tenant', step);
});
afterAll(async () => {
  await console?.[Symbol.asyncDispose]();
});

/** The one click, and that the lab works afterwards. */
async function mendAndPass(): Promise<void> {
  await console.post(`/api/labs/${id}/repair`);
  await console.until(id, ({ phase }) => phase === 'ready');
  expect(await console.check(id, step)).toMatchObject({ verdict: 'passed' });
}

/** What the page says of the lab once a check has met the fault. */
async function brokenBecause(reason: RegExp): Promise<void> {
  const { verdict, checks } = await console.check(id, step);
  expect(checks.map((check) => check.verdict)).not.toContain('failed');
  expect(verdict).toBe('broken');
  expect(checks.at(-1)!.observed).toMatch(reason);
  const { problem } = await console.until(id, ({ phase }) => phase === 'broken');
  expect(problem!.message).toMatch(reason);
  expect(problem!.remedies).toEqual(['repair', 'reset']);
}

it('begins with a lab that works', async () => {
  expect(await console.check(id, step)).toMatchObject({ verdict: 'passed' });
});

it('a wire that was cut behind a NIC that is up', async () => {
  await console.run(id, 'compute1', 'nsenter --net=/run/lab/wires ip link set wire-eth1 down');
  await brokenBecause(/nothing crosses eth1 of compute1/i);
  await mendAndPass();
});

it('a bridge that was deleted and configuration that was removed while its daemon is stopped, both at once', async () => {
  await console.run(id, 'network', 'rm -rf /etc/neutron; sv stop neutron-l3-agent; ovs-vsctl del-br br-ex');
  await brokenBecause(/\/etc\/neutron\/[a-z0-9_/]+\.\w+ on network is gone/i);
  await mendAndPass();
  expect(await console.run(id, 'network', 'ls /etc/neutron')).toContain('l3_agent.ini');
});

it('a full disk is named and not emptied; once its learner has, the lab is whole by itself', async () => {
  const junk = '/var/lib/nova/instances/junk';
  await console.run(id, 'compute1', `dd if=/dev/zero of=${junk} bs=1M 2>/dev/null || true`);
  await console.run(id, 'network', 'ovs-vsctl del-port br-ex eth0');
  await brokenBecause(/the disk \/var\/lib\/nova\/instances of compute1 is full.*junk/i);
  await console.post(`/api/labs/${id}/repair`);
  await console.until(id, ({ phase }) => phase === 'repairing');
  const { problem } = await console.until(id, ({ phase }) => phase === 'broken');
  expect(problem).toMatchObject({ message: expect.stringContaining(junk) as string });
  expect(problem!.remedy).toContain('Delete what fills it');
  await console.run(id, 'compute1', `test -s ${junk} && rm ${junk}`);
  await console.until(id, ({ phase }) => phase === 'ready');
  expect(await console.check(id, step)).toMatchObject({ verdict: 'passed' });
});
