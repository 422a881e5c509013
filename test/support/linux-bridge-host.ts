// A host of the Linux bridge agent under test: its NIC eth1, and at the other end of the cable a switch with machines on it.
import { createAgent, type LinuxbridgeAgent } from '../../server/cloud/agents/linuxbridge/agent.ts';
import { bridgeOf, tapOf } from '../../server/cloud/agents/linuxbridge/names.ts';
import type { Settings } from '../../server/cloud/agents/linuxbridge/settings.ts';
import { addAddress } from '../../server/host/address.ts';
import { disableTxOffload } from '../../server/host/ethtool.ts';
import { ensureVeth, removeLink, setLinks } from '../../server/host/link.ts';
import { ensureBridgeCommands, ensurePortCommands, vsctl } from '../../server/host/ovs-vsctl.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { hostSettings, underlay } from './linux-bridge-settings.ts';
import { machine, ovs, type Machine, type OpenVswitch } from './machine.ts';
import { networkServer, rule, type NetworkServer } from './network-server.ts';

export const network = {
  one: '11111111-0000-4000-8000-000000000001',
  two: '22222222-0000-4000-8000-000000000002',
};
export const group = 'e3eb0d0a-180b-4d78-915f-9cd98268a5ea';
export const ports = {
  a: { portId: 'aaaaaaaa-aaaa-4000-8000-00000000000a', mac: 'fa:16:3e:00:00:0a', ip: '192.168.101.10' },
  b: { portId: 'bbbbbbbb-bbbb-4000-8000-00000000000b', mac: 'fa:16:3e:00:00:0b', ip: '192.168.101.11' },
};
export const tap = { a: tapOf(ports.a.portId), b: tapOf(ports.b.portId) };
export const brq = { one: bridgeOf(network.one), two: bridgeOf(network.two) };

export interface LinuxBridgeHost extends AsyncDisposable {
  vswitch: OpenVswitch;
  server: NetworkServer;
  agent: LinuxbridgeAgent;
  /** Starts an agent in place of the one that runs. */
  restart(settings?: Partial<Settings>): Promise<void>;
  /** A machine on the wire: `tag` is the VLAN it is in. */
  onWire(name: string, address: string, tag?: number): Promise<Machine>;
  /** A port of the server and a guest that uses it, when the port is reported up. */
  boot(
    name: 'a' | 'b',
    given?: Partial<Parameters<NetworkServer['addPort']>[0]>,
    mtu?: number,
  ): Promise<Machine>;
  /** Reasons of what a pass would do now. */
  planned(): Promise<string[]>;
}

/** Everything is gone when it is disposed of. */
export async function linuxBridgeHost(given: Partial<Settings> = {}): Promise<LinuxBridgeHost> {
  const vswitch = await ovs();
  const machines: Machine[] = [];
  await ensureVeth('eth1', 'eth1-far');
  await Promise.all(['eth1', 'eth1-far'].map((name) => disableTxOffload(name)));
  await setLinks(['eth1', 'eth1-far'].map((name) => ({ name, up: true })));
  await addAddress('eth1', `${underlay.here}/24`);
  await vsctl([
    ...ensureBridgeCommands('br-wire', { datapath_type: 'netdev' }),
    ...ensurePortCommands('br-wire', 'eth1-far'),
  ]);
  const server = networkServer();
  server.rules = { [group]: [rule({ direction: 'egress' }), rule({ protocol: 'icmp' })] };
  const host: LinuxBridgeHost = {
    vswitch,
    server,
    agent: createAgent(hostSettings(given), server, silentLogger),
    restart: async (settings = given) => {
      await host.agent.stop();
      host.agent = createAgent(hostSettings(settings), server, silentLogger);
      await host.agent.start();
    },
    onWire: async (name, address, tag) => {
      const made = await machine({ name, address: `${address}/24` });
      machines.push(made);
      await vsctl(ensurePortCommands('br-wire', made.device, tag === undefined ? {} : { tag }));
      return made;
    },
    boot: async (name, port = {}, mtu = 1500) => {
      const { portId, mac, ip } = ports[name];
      server.addPort({
        ...{ port_id: portId, network_id: network.one, mac_address: mac, security_groups: [group], mtu },
        ...{ fixed_ips: [{ subnet_id: 's', ip_address: ip }], ...port },
      });
      const made = await machine({ name: `g${name}`, address: `${ip}/24`, mac, device: tap[name], mtu });
      machines.push(made);
      await server.waitFor(portId, 'up');
      return made;
    },
    planned: async () => [...(await host.agent.verify()).values()].flat().map((step) => step.reason),
    [Symbol.asyncDispose]: async () => {
      await host.agent.stop();
      await host.agent.cleanUp();
      for (const one of machines) await one[Symbol.asyncDispose]();
      await removeLink('eth1');
      await vswitch[Symbol.asyncDispose]();
    },
  };
  await host.agent.start();
  await host.agent.settle();
  return host;
}
