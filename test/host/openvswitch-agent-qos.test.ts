// QoS policies on a real switch: what a guest sends and receives is bounded and marked, and stays so whoever interferes.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createAgent, type OpenvswitchAgent } from '../../server/cloud/agents/openvswitch/agent.ts';
import { readSwitch } from '../../server/cloud/agents/openvswitch/actual.ts';
import type { QosSpec } from '../../server/cloud/model/specs.ts';
import { dumpMeters } from '../../server/host/ovs-meters.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { guest, type Guest } from '../support/guest.ts';
import { machine, ovs, type Machine, type OpenVswitch } from '../support/machine.ts';
import { networkServer, type NetworkServer } from '../support/network-server.ts';
import { ovsSettings } from '../support/ovs-settings.ts';
import { answeredOf, seesMark } from '../support/traffic.ts';

const portId = 'aaaaaaaa-aaaa-4000-8000-00000000000a';
const wireAddress = '192.168.101.200';
const slow = { max_kbps: 100, burst_kbits: 80 };

let vswitch: OpenVswitch;
let server: NetworkServer;
let agent: OpenvswitchAgent;
let wire: Machine;
let inside: Guest;

beforeEach(async () => {
  vswitch = await ovs();
  await vsctl(ensureBridgeCommands('br-eth1', { datapath_type: 'netdev' }));
  wire = await machine({ name: 'wire', address: `${wireAddress}/24` });
  await vsctl(ensurePortCommands('br-eth1', wire.device, { tag: 101 }));
  server = networkServer();
  server.addPort({
    port_id: portId,
    network_id: '11111111-0000-4000-8000-000000000001',
    mac_address: 'fa:16:3e:00:00:0a',
    fixed_ips: [{ subnet_id: 's', ip_address: '192.168.101.10' }],
    port_security_enabled: false,
  });
  agent = createAgent(ovsSettings(), server, silentLogger);
  await agent.start();
  inside = await guest({ portId, mac: 'fa:16:3e:00:00:0a', address: '192.168.101.10/24' });
  await server.waitFor(portId, 'up');
});

afterEach(async () => {
  await agent.stop();
  await agent.cleanUp();
  expect((await readSwitch()).shapers?.size).toBe(0);
  await inside[Symbol.asyncDispose]();
  await wire[Symbol.asyncDispose]();
  await vswitch[Symbol.asyncDispose]();
});

async function policy(qos: QosSpec | undefined): Promise<void> {
  const device = server.devices.get(portId)!;
  if (qos === undefined) delete device.qos;
  else device.qos = qos;
  agent.portChanged(portId);
  await agent.settle();
}
const planned = async () => [...(await agent.verify()).values()].flat().map((step) => step.reason);

it('what it sends is bounded while the policy says so', async () => {
  expect(await answeredOf(inside, wireAddress)).toBe(100);
  await policy({ egress: slow });
  expect(await planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBeLessThan(80);
  await policy({ egress: { max_kbps: 1_000_000, burst_kbits: 800_000 } });
  expect(await dumpMeters('br-int')).toMatchObject([{ rate: 1_000_000, burst: 800_000 }]);
  expect(await answeredOf(inside, wireAddress)).toBe(100);
  await policy(undefined);
  expect(await dumpMeters('br-int')).toEqual([]);
  expect(await planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBe(100);
});

it('what it receives is bounded while the policy says so', async () => {
  await policy({ ingress: slow });
  expect(await planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBeLessThan(80);
  const { shapers, queues } = await readSwitch();
  expect([...shapers!.values()].map(({ otherConfig }) => otherConfig['max-rate'])).toEqual(['100000']);
  expect([...queues!.values()].map((config) => config['max-rate'])).toEqual(['100000']);
  await policy({ ingress: { max_kbps: 900_000, burst_kbits: 720_000 } });
  expect((await readSwitch()).shapers?.size).toBe(1);
  expect(await answeredOf(inside, wireAddress)).toBe(100);
  await policy(undefined);
  expect((await readSwitch()).queues?.size).toBe(0);
  expect(await planned()).toEqual([]);
});

it('what it sends carries the mark', async () => {
  await policy({ dscp_mark: 46 });
  expect(await planned()).toEqual([]);
  expect(await seesMark(wire, inside, wireAddress, 46)).toBe(true);
  await policy({ dscp_mark: 10, egress: { max_kbps: 1_000_000, burst_kbits: 800_000 } });
  expect(await seesMark(wire, inside, wireAddress, 10)).toBe(true);
  await policy(undefined);
  expect(await seesMark(wire, inside, wireAddress, 10)).toBe(false);
});

it('limits that somebody takes away by hand are back at once', async () => {
  await policy({ egress: slow, ingress: slow });
  await run(['ovs-ofctl', '-O', 'OpenFlow14', 'del-meters', 'br-int']);
  await vsctl([['clear', 'Port', inside.qvo, 'qos']]);
  await expect.poll(async () => (await dumpMeters('br-int')).length).toBe(1);
  await expect.poll(async () => (await readSwitch()).ports.get(inside.qvo)?.qos).toBeDefined();
  await agent.settle();
  expect(await planned()).toEqual([]);
  expect(await answeredOf(inside, wireAddress)).toBeLessThan(80);
});
