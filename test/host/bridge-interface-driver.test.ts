// DHCP and L3 agents with BridgeInterfaceDriver, beside the Linux bridge agent: veth pairs lead from their namespaces into brq.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createDhcpAgent } from '../../server/cloud/agents/dhcp/main.ts';
import { createL3Agent } from '../../server/cloud/agents/l3/main.ts';
import { dhcpOptions } from '../../server/cloud/model/options/dhcp.ts';
import { l3Options } from '../../server/cloud/model/options/l3.ts';
import { readBridges } from '../../server/host/bridge.ts';
import { findLink, readLinks } from '../../server/host/link.ts';
import { listNetns } from '../../server/host/netns.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { run } from '../../server/host/run.ts';
import { agentConfig } from '../support/agent-config.ts';
import { agentServer } from '../support/agent-server.ts';
import { askForLease, dhcpPort, subnet } from '../support/dhcp-lab.ts';
import { brq, linuxBridgeHost, network, ports, type LinuxBridgeHost } from '../support/linux-bridge-host.ts';
import { machine } from '../support/machine.ts';
import { networkSpec, portSpec } from '../support/network-specs.ts';
import { gateway, qr1, qr2, router, routerId } from '../support/router-lab.ts';
import { testLogger } from '../support/test-logger.ts';

const interface_driver = 'neutron.agent.linux.interface.BridgeInterfaceDriver';
const ends = { dhcp: 'tap2ee8a943-32', qr1: 'tapa5ad5119-1c', qr2: 'tap537546c0-21', qg: 'tap49a845ca-5a' };

let host: LinuxBridgeHost;

beforeEach(async () => {
  host = await linuxBridgeHost();
});

afterEach(() => host[Symbol.asyncDispose]());

async function eventually<T>(look: () => Promise<T>, expected: T): Promise<void> {
  await expect.poll(look, { interval: 50 }).toEqual(expected);
}

/** A port of an agent, as the Linux bridge agent is told of it. */
const addPort = (id: string, network_id: string, mac_address: string, vlan: number) =>
  host.server.addPort({
    ...{ port_id: id, network_id, mac_address, segmentation_id: vlan, port_security_enabled: false },
    device_owner: 'network:dhcp',
  });

it('DHCP answers a guest of the host and one on the wire, and comes back when its device is deleted', async () => {
  const server = agentServer();
  const config = agentConfig(dhcpOptions, { interface_driver });
  const agent = createDhcpAgent(config, server.rpc, testLogger);
  const guestPort = portSpec({ id: ports.a.portId, mac: ports.a.mac, subnet, address: ports.a.ip });
  server.networks.set(
    network.one,
    networkSpec({ id: network.one, subnets: [subnet], ports: [dhcpPort, guestPort] }),
  );
  addPort(dhcpPort.id, network.one, dhcpPort.mac_address, 101);
  const wire = await host.onWire('wire', '192.168.101.200', 101);
  try {
    await agent.start();
    await host.server.waitFor(dhcpPort.id, 'up');
    const a = await host.boot('a');
    expect(await askForLease(a)).toMatchObject({ ip: ports.a.ip });
    expect(await wire.ping('192.168.101.2')).toBe(true);
    expect((await findLink(ends.dhcp))?.master).toBe(brq.one);
    expect(await findLink('ns-2ee8a943-32', `qdhcp-${network.one}`)).toMatchObject({ kind: 'veth' });
    await agent.reconciler.settle();
    expect(await agent.reconciler.verify()).toEqual(new Map());
    await run(['ip', 'link', 'delete', ends.dhcp]);
    await eventually(() => wire.ping('192.168.101.2'), true);
    server.networks.clear();
    await agent.reconciler.resync();
    await agent.reconciler.settle();
    expect(await listNetns()).not.toContain(`qdhcp-${network.one}`);
    expect(await findLink(ends.dhcp)).toBeUndefined();
  } finally {
    await agent.stop();
  }
});

it('without namespaces both ends are in the root namespace, and nothing of them stays', async () => {
  const server = agentServer();
  const config = agentConfig(dhcpOptions, { interface_driver, use_namespaces: 'False' });
  const { reconciler } = createDhcpAgent(config, server.rpc, testLogger);
  const pass = async () => {
    await reconciler.resync();
    await reconciler.settle();
  };
  const guestPort = portSpec({ id: ports.a.portId, mac: ports.a.mac, subnet, address: ports.a.ip });
  server.networks.set(
    network.one,
    networkSpec({ id: network.one, subnets: [subnet], ports: [dhcpPort, guestPort] }),
  );
  addPort(dhcpPort.id, network.one, dhcpPort.mac_address, 101);
  await pass();
  await host.server.waitFor(dhcpPort.id, 'up');
  const a = await host.boot('a');
  expect(await askForLease(a)).toMatchObject({ ip: ports.a.ip });
  expect(await reconciler.verify()).toEqual(new Map());
  server.networks.clear();
  await pass();
  const names = (await readLinks()).map(({ name }) => name);
  expect(names).not.toContain(ends.dhcp);
  expect(names).not.toContain('ns-2ee8a943-32');
});

/** A router between two VLAN networks; its gateway goes into `bridge`. */
async function withRouter(bridge: string, check: (planned: () => Promise<unknown>) => Promise<void>) {
  const server = agentServer();
  const config = agentConfig(l3Options, { interface_driver, external_network_bridge: bridge });
  const { reconciler } = createL3Agent(config, server.rpc, testLogger);
  const pass = async () => {
    await reconciler.resync();
    await reconciler.settle();
  };
  server.routers.set(routerId, structuredClone(router));
  addPort(qr1.id, network.one, qr1.mac_address, 101);
  addPort(qr2.id, network.two, qr2.mac_address, 102);
  try {
    await pass();
    await host.server.waitFor(qr1.id, 'up');
    await host.server.waitFor(qr2.id, 'up');
    await check(() => reconciler.verify());
  } finally {
    server.routers.clear();
    await pass();
    await reconciler.stop();
  }
}

it('a router joins VLAN networks, and its gateway goes into an external bridge of Open vSwitch', async () => {
  await vsctl(ensureBridgeCommands('br-ex', { datapath_type: 'netdev' }));
  await using outside = await machine({ name: 'outside', address: '10.64.201.254/24' });
  await vsctl(ensurePortCommands('br-ex', outside.device));
  const wire = await host.onWire('wire', '192.168.102.99', 102);
  await wire.run(['ip', 'route', 'add', 'default', 'via', '192.168.102.1']);
  await withRouter('br-ex', async (planned) => {
    const a = await host.boot('a');
    await a.run(['ip', 'route', 'add', 'default', 'via', '192.168.101.1']);
    expect(await a.ping('192.168.102.99')).toBe(true);
    expect(await a.ping('10.64.201.254')).toBe(true);
    expect((await readBridges()).get(brq.two)?.sort()).toEqual(['eth1.102', ends.qr2].sort());
    expect((await readOvsPorts()).get(ends.qg)).toMatchObject({
      bridge: 'br-ex',
      externalIds: { 'iface-id': gateway.id },
    });
    expect(await planned()).toEqual(new Map());
    expect(await host.planned()).toEqual([]);
  });
  expect((await readOvsPorts()).has(ends.qg)).toBe(false);
  expect((await readLinks()).filter(({ name }) => Object.values(ends).includes(name))).toEqual([]);
});

it('a gateway goes into a Linux bridge that is named as external', async () => {
  await run(['ip', 'link', 'add', 'br-out', 'type', 'bridge']);
  await run(['ip', 'link', 'set', 'br-out', 'up']);
  await using outside = await machine({ name: 'outside', address: '10.64.201.254/24' });
  await run(['ip', 'link', 'set', outside.device, 'master', 'br-out']);
  await withRouter('br-out', async (planned) => {
    const a = await host.boot('a');
    await a.run(['ip', 'route', 'add', 'default', 'via', '192.168.101.1']);
    expect(await a.ping('10.64.201.254')).toBe(true);
    expect((await readBridges()).get('br-out')).toContain(ends.qg);
    await host.agent.settle();
    expect(await planned()).toEqual(new Map());
    expect(await host.planned()).toEqual([]);
  });
  await run(['ip', 'link', 'delete', 'br-out']);
});
