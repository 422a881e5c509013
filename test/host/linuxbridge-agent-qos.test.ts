// QoS policies on a Linux bridge: what a guest sends and receives is bounded and marked, and stays so whoever interferes.
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { QosSpec } from '../../server/cloud/model/specs.ts';
import { readTables } from '../../server/host/iptables.ts';
import { run } from '../../server/host/run.ts';
import { readBuckets, setBucket } from '../../server/host/tc.ts';
import { linuxBridgeHost, ports, tap, type LinuxBridgeHost } from '../support/linux-bridge-host.ts';
import type { Machine } from '../support/machine.ts';
import { answeredOf, seesMark } from '../support/traffic.ts';

const wireAddress = '192.168.101.200';
const slow = { max_kbps: 100, burst_kbits: 80 };
const fast = { max_kbps: 900_000, burst_kbits: 720_000 };

let host: LinuxBridgeHost;
let wire: Machine;
let inside: Machine;

beforeEach(async () => {
  host = await linuxBridgeHost();
  wire = await host.onWire('wire', wireAddress, 101);
  inside = await host.boot('a');
});
afterEach(() => host[Symbol.asyncDispose]());

async function policy(qos: QosSpec | undefined): Promise<void> {
  const device = host.server.devices.get(ports.a.portId)!;
  if (qos === undefined) delete device.qos;
  else device.qos = qos;
  host.agent.portChanged(ports.a.portId);
  await host.agent.settle();
}
const rules = async () => (await readTables()).mangle?.['neutron-linuxbri-PREROUTING'];

it('what it sends is bounded while the policy says so', async () => {
  expect(await answeredOf(inside, wireAddress)).toBe(100);
  await policy({ egress: slow });
  expect(await host.planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBeLessThan(80);
  await policy({ egress: fast });
  expect(await host.planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBe(100);
  await policy(undefined);
  expect(await rules()).toBeUndefined();
  expect(await host.planned()).toEqual([]);
});

it('what it receives is bounded while the policy says so', async () => {
  await policy({ ingress: slow });
  expect(await host.planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBeLessThan(80);
  await policy({ ingress: fast });
  expect(await host.planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBe(100);
  await policy(undefined);
  expect((await readBuckets()).size).toBe(0);
  expect(await host.planned()).toEqual([]);
});

it('what it sends carries the mark', async () => {
  await policy({ dscp_mark: 46 });
  expect(await host.planned()).toEqual([]);
  expect(await seesMark(wire, inside, wireAddress, 46)).toBe(true);
  await policy(undefined);
  expect(await seesMark(wire, inside, wireAddress, 46)).toBe(false);
});

it('limits that somebody takes away by hand are back', async () => {
  await policy({ egress: slow, ingress: slow });
  await run(['iptables', '-t', 'mangle', '-F', 'neutron-linuxbri-PREROUTING']);
  await setBucket(tap.a, undefined);
  await expect.poll(async () => (await rules())?.length).toBe(1);
  await expect.poll(async () => (await readBuckets()).size).toBe(1);
  await host.agent.settle();
  expect(await host.planned()).toEqual([]);
});
