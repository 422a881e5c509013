// A DHCP agent with its switch and its server, and clients that ask it, for test/host.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createDhcpAgent, type DhcpAgent } from '../../server/cloud/agents/dhcp/main.ts';
import { dhcpOptions } from '../../server/cloud/model/options/dhcp.ts';
import type { NetworkSpec, PortSpec } from '../../server/cloud/model/specs.ts';
import { ensureBridgeCommands, ensurePortCommands, setCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { agentConfig } from './agent-config.ts';
import { agentServer, type AgentServer } from './agent-server.ts';
import { machine, ovs, type Machine } from './machine.ts';
import { networkSpec, portSpec, subnetSpec, uuid } from './network-specs.ts';
import { testLogger } from './test-logger.ts';

export const networkId = uuid('a04544a6');
export const ns = `qdhcp-${networkId}`;
export const subnet = subnetSpec({ id: uuid('9055c60a'), cidr: '192.168.101.0/24' });
export const dhcpPort = portSpec({
  ...{ id: uuid('2ee8a943-32'), mac: 'fa:16:3e:f5:a1:63', subnet, address: '192.168.101.2' },
  device_owner: 'network:dhcp',
});
export const vm = portSpec({
  ...{ id: uuid('dc5146c6'), mac: 'fa:16:3e:15:f8:46', subnet, address: '192.168.101.102' },
});
export const other = portSpec({
  ...{ id: uuid('71f776e5'), mac: 'fa:16:3e:90:86:c1', subnet, address: '192.168.101.21' },
});
/** One subnet with a router, the agent's port and two guests. */
export const network = networkSpec({
  ...{ id: networkId, subnets: [subnet], ports: [dhcpPort, vm, other] },
  router_ip_by_subnet: { [subnet.id]: '192.168.101.1' },
});

/** The network as one that no router serves. */
export const isolated: NetworkSpec = {
  ...network,
  router_ip_by_subnet: {},
  isolated_subnet_ids: [subnet.id],
};

export interface DhcpLab extends AsyncDisposable {
  server: AgentServer;
  agent: DhcpAgent;
  config: ReturnType<typeof agentConfig<typeof dhcpOptions>>;
  /** Files of the network. */
  folder: string;
  reconciler: DhcpAgent['reconciler'];
  openVswitch: Awaited<ReturnType<typeof ovs>>;
  /** One full pass, to its end. */
  settle(): Promise<void>;
  /** A machine of a port, in the switch. */
  guest(port: PortSpec, name?: string): Promise<Machine>;
}

/** In the end the agent finds that no network is wanted any more. */
export async function dhcpLab(options: Record<string, string> = {}): Promise<DhcpLab> {
  const stack = new AsyncDisposableStack();
  const openVswitch = stack.use(await ovs());
  await vsctl(ensureBridgeCommands('br-int', { datapath_type: 'netdev' }));
  const config = agentConfig(dhcpOptions, { enable_isolated_metadata: 'True', ...options });
  const server = agentServer();
  const agent = createDhcpAgent(config, server.rpc, testLogger);
  const { reconciler } = agent;
  stack.defer(async () => {
    server.networks.clear();
    const last = createDhcpAgent(config, server.rpc, testLogger).reconciler;
    await last.resync();
    await last.settle();
  });
  return {
    ...{ server, agent, config, folder: join(config.dhcp_confs, networkId), reconciler, openVswitch },
    settle: async () => {
      await reconciler.resync();
      await reconciler.settle();
    },
    guest: async (port, name = 'vm1') => {
      const guest = stack.use(await machine({ name, mac: port.mac_address }));
      await vsctl(ensurePortCommands('br-int', guest.device));
      return guest;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Puts switch ports into a VLAN of their own, as the layer 2 agent does for each network. */
export const setVlanTag = (ports: readonly string[], tag: number): Promise<string> =>
  vsctl(ports.map((port) => setCommand('Port', port, { tag })));

/** Asks for a lease once; what the server answered, by udhcpc's names. Undefined: no answer. */
export async function askForLease(
  guest: Machine,
  words: string[] = [],
): Promise<Record<string, string> | undefined> {
  const script = '/tmp/udhcpc-script';
  writeFileSync(script, '#!/bin/sh\n[ "$1" = bound ] && env\nexit 0\n', { mode: 0o755 });
  const wanted = ['121', 'mtu', 'dns', 'domain'].flatMap((name) => ['-O', name]);
  const argv = ['busybox', 'udhcpc', '-i', 'eth0', '-f', '-q', '-n', '-t', '3', '-T', '1', '-s', script];
  const { stdout, code } = await guest.run([...argv, ...wanted, ...words]);
  if (code !== 0) return undefined;
  return Object.fromEntries(stdout.split('\n').map((line) => line.split(/=(.*)/s).slice(0, 2)));
}
