// Two tenant networks and the world outside, joined by one router that an L3 agent under test keeps on this host.
import { vi, expect } from 'vitest';
import { createL3Agent } from '../../server/cloud/agents/l3/main.ts';
import { l3Options } from '../../server/cloud/model/options/l3.ts';
import type { RouterSpec } from '../../server/cloud/model/specs.ts';
import { readOvsPorts } from '../../server/host/ovs-ports.ts';
import { ensureBridgeCommands, ensurePortCommands, setCommand, vsctl } from '../../server/host/ovs-vsctl.ts';
import { agentConfig } from './agent-config.ts';
import { agentServer } from './agent-server.ts';
import { machine, ovs, type Machine } from './machine.ts';
import { portSpec, routerPortSpec, routerSpec, subnetSpec, uuid } from './network-specs.ts';
import { testLogger } from './test-logger.ts';

export const routerId = uuid('fa96af8c');
export const ns = `qrouter-${routerId}`;
export const net01 = subnetSpec({ id: uuid('9055c60a'), cidr: '192.168.101.0/24' });
export const net02 = subnetSpec({ id: uuid('df203e60'), cidr: '192.168.102.0/24' });
export const public01 = subnetSpec({
  id: uuid('5c1bf0a3'),
  cidr: '10.64.201.0/24',
  gateway_ip: '10.64.201.254',
});
const interfaceOn = (id: string, mac: string, subnet: typeof net01) =>
  routerPortSpec(portSpec({ id: uuid(id), mac, subnet, address: subnet.gateway_ip! }), [subnet]);
export const qr1 = interfaceOn('a5ad5119-1c', 'fa:16:3e:3a:45:49', net01);
export const qr2 = interfaceOn('537546c0-21', 'fa:16:3e:74:b1:dd', net02);
export const gateway = routerPortSpec(
  portSpec({
    ...{ id: uuid('49a845ca-5a'), mac: 'fa:16:3e:37:53:f3', subnet: public01 },
    address: '10.64.201.91',
  }),
  [public01],
);
export const router = routerSpec({
  ...{ id: routerId, external_network_id: uuid('f1c765a4') },
  ...{ gw_port: gateway, interfaces: [qr1, qr2] },
});
export const floatingIp = (fixed: string) => ({
  id: uuid('49b15282'),
  floating_ip_address: '10.64.201.72',
  fixed_ip_address: fixed,
  host: null,
  port_id: uuid('dc5146c6'),
  status: 'DOWN' as const,
});

/**
 * The cloud without its router, which the test asks for with `want`; `options` are those of l3_agent.ini, `answers` what
 * the server says to other calls.
 */
export async function routerLab(
  options: Record<string, string> = {},
  answers: Parameters<typeof agentServer>[0] = {},
) {
  const stack = new AsyncDisposableStack();
  const openVswitch = stack.use(await ovs());
  await vsctl(['br-int', 'br-ex'].flatMap((name) => ensureBridgeCommands(name, { datapath_type: 'netdev' })));
  const server = agentServer(answers);
  const config = agentConfig(l3Options, options);
  const agent = createL3Agent(config, server.rpc, testLogger);
  const { reconciler } = agent;
  const attach = async (
    bridge: string,
    tag: number,
    options: Parameters<typeof machine>[0],
    via?: string,
  ) => {
    const made = stack.use(await machine(options));
    await vsctl(ensurePortCommands(bridge, made.device, tag === 0 ? {} : { tag }));
    if (via !== undefined) await made.run(['ip', 'route', 'add', 'default', 'via', via]);
    return made;
  };
  const vm1 = await attach('br-int', 1, { name: 'vm1', address: '192.168.101.102/24' }, '192.168.101.1');
  const vm2 = await attach('br-int', 2, { name: 'vm2', address: '192.168.102.99/24' }, '192.168.102.1');
  const outside = await attach('br-ex', 0, { name: 'outside', address: '10.64.201.254/24' });
  stack.defer(async () => {
    server.routers.clear();
    const last = createL3Agent(config, server.rpc, testLogger).reconciler;
    await last.resync();
    await last.settle();
  });
  return {
    ...{ server, agent, config, reconciler, openVswitch, vm1, vm2, outside },
    /** Hands the agent a router and, in place of the L2 agent, gives its ports their VLANs. */
    want: async (spec: RouterSpec) => {
      server.routers.set(routerId, structuredClone(spec));
      await reconciler.resync();
      await reconciler.settle();
      await tagPorts();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

/** Gives the router's internal ports their VLANs, in place of the L2 agent. */
export const tagPorts = async () => {
  const ports = await readOvsPorts();
  const tags = { 'qr-a5ad5119-1c': 1, 'qr-537546c0-21': 2 };
  const present = Object.entries(tags).filter(([name]) => ports.has(name));
  await vsctl(present.map(([name, tag]) => setCommand('Port', name, { tag })));
};

/** The address that `to` sees when `from` opens a connection to it. */
export async function addressSeen(from: Machine, to: Machine, address: string): Promise<string | undefined> {
  const listening = to.run(['timeout', '5', 'nc', '-lvn', '-p', '8080']);
  await vi.waitFor(async () => expect((await to.run(['ss', '-ltn'])).stdout).toContain(':8080'), 30_000);
  await from.run(['nc', '-w', '2', '-N', address, '8080'], { stdin: 'hello\n' });
  return /received on (\S+)/.exec((await listening).stderr)?.[1];
}
