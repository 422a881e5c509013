// Networks and routers of agents that died or were taken out of service.
import { describe, expect, it } from 'vitest';
import type { NetworkSpec } from '../../../server/cloud/model/specs.ts';
import { watchAgents } from '../../../server/cloud/networking/agent-watch.ts';
import { agents } from '../../../server/cloud/store/networking-tables.ts';
import {
  demo,
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  type NetworkingServer,
} from '../../support/networking.ts';

type Row = Record<string, unknown>;
const failover = { allow_automatic_l3agent_failover: true, allow_automatic_dhcp_failover: true };

/** The agents of the host have not been heard of for an hour. */
const silence = (server: NetworkingServer, host: string) =>
  server.env.store.read.update(agents, { host }, { heartbeat_timestamp: '2001-01-01 00:00:00' });
const agentOn = async (server: NetworkingServer, host: string, type: string) =>
  (await server.admin('GET', `/agents?host=${host}&agent_type=${type}+agent`)).body.agents[0] as {
    id: string;
  };
const hostsOf = async (server: NetworkingServer, path: string) =>
  (await server.admin('GET', path)).body.agents.map(({ host }: { host: string }) => host).sort() as string[];
const networkHosts = (server: NetworkingServer, id: string) => hostsOf(server, `/networks/${id}/dhcp-agents`);
const routerHosts = (server: NetworkingServer, id: string) => hostsOf(server, `/routers/${id}/l3-agents`);
const service = async (server: NetworkingServer, host: string, type: string, admin_state_up: boolean) =>
  server.admin('PUT', `/agents/${(await agentOn(server, host, type)).id}`, { agent: { admin_state_up } });

/** A network and a router with everything on network1, while network2 came later. */
async function site(settings: Row = failover) {
  const server = await networkingServer({ settings: { quotas: {}, ...settings } });
  await server.agentsOn('network1');
  const { network: external } = await makePublic(server.admin);
  const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24', { tenant_id: demo });
  const router = await make(server.admin, 'router', { external_gateway_info: { network_id: external.id } });
  await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  await server.agentsOn('network2');
  const watch = watchAgents(server.env);
  await watch.check();
  return {
    server,
    network,
    router,
    watch,
    async [Symbol.asyncDispose]() {
      watch.stop();
      await server[Symbol.asyncDispose]();
    },
  };
}

describe('an agent that died', () => {
  it('loses its networks and routers to one that is alive, with their ports; it gets nothing back', async () => {
    await using cloud = await site();
    const { server, network, router, watch } = cloud;
    const ports = async () => (await server.admin('GET', '/ports')).body.ports as Row[];
    const dhcp = (await ports()).find((port) => port.device_owner === 'network:dhcp')!;
    await silence(server, 'network1');
    server.casts.length = 0;
    await watch.check();
    expect(await networkHosts(server, network.id)).toEqual(['network2']);
    expect(await routerHosts(server, router.id)).toEqual(['network2']);
    const moved = await ports();
    expect(moved).toHaveLength(3);
    for (const port of moved) expect(port).toMatchObject({ 'binding:host_id': 'network2' });
    expect(moved.find(({ id }) => id === dhcp.id)).toMatchObject({
      mac_address: dhcp.mac_address,
      fixed_ips: dhcp.fixed_ips,
    });
    expect(server.casts.map(({ method, server: host }) => `${method} ${host ?? 'all'}`)).toEqual(
      expect.arrayContaining([
        'network_delete_end network1',
        'network_create_end network2',
        'router_deleted network1',
        'routers_updated network2',
      ]),
    );
    const spec = (await server.rpc('q-plugin', 'get_network_info', {
      host: 'network2',
      network_id: network.id,
    })) as NetworkSpec;
    expect(spec.dhcp_port).toMatchObject({ id: dhcp.id });

    await server.agentsOn('network1');
    await watch.check();
    expect(await server.rpc('q-plugin', 'get_active_networks_info', { host: 'network1' })).toEqual([]);
    expect(await server.rpc('q-l3-plugin', 'sync_routers', { host: 'network1' })).toEqual([]);
  });

  it('keeps what nobody else can take, until somebody comes', async () => {
    await using cloud = await site();
    const { server, network, router, watch } = cloud;
    await silence(server, 'network1');
    await silence(server, 'network2');
    await watch.check();
    expect(await networkHosts(server, network.id)).toEqual(['network1']);
    // the first that is back is not given everything: the others may only be late
    await server.agentsOn('network2');
    await watch.check();
    expect(await routerHosts(server, router.id)).toEqual(['network1']);
    await watch.check();
    expect(await networkHosts(server, network.id)).toEqual(['network2']);
    expect(await routerHosts(server, router.id)).toEqual(['network2']);
  });

  it('keeps everything where failover is not allowed', async () => {
    await using cloud = await site({
      allow_automatic_l3agent_failover: false,
      allow_automatic_dhcp_failover: false,
    });
    const { server, network, router, watch } = cloud;
    await silence(server, 'network1');
    await watch.check();
    expect(await networkHosts(server, network.id)).toEqual(['network1']);
    expect(await routerHosts(server, router.id)).toEqual(['network1']);
  });

  it('is given up by the timer alone, not before twice agent_down_time', async () => {
    await using cloud = await site({ ...failover, agent_down_time: 2 });
    const { server, network } = cloud;
    let beating: Promise<unknown> = Promise.resolve();
    const beat = setInterval(() => (beating = beating.then(() => server.agentsOn('network2'))), 250);
    try {
      await expect.poll(() => networkHosts(server, network.id), { timeout: 30_000 }).toEqual(['network2']);
    } finally {
      clearInterval(beat);
      await beating;
    }
  });

  it('that translated for a distributed router is replaced', async () => {
    await using cloud = await site();
    const { server, router, watch } = cloud;
    for (const host of ['network1', 'network2']) await server.agentsOn(host, { agent_mode: 'dvr_snat' });
    const update = (changes: Row) => server.admin('PUT', `/routers/${router.id}`, { router: changes });
    await update({ admin_state_up: false });
    await update({ distributed: true });
    const gateway = async () =>
      (await server.admin('GET', '/ports?device_owner=network:router_gateway')).body.ports[0] as Row;
    const former = (await gateway())['binding:host_id'] as string;
    await silence(server, former);
    await watch.check();
    expect((await gateway())['binding:host_id']).toBe(former === 'network1' ? 'network2' : 'network1');
  });
});

describe('an agent out of service', () => {
  it('hands over at once and gets nothing new; back in service it takes what waits', async () => {
    await using cloud = await site();
    const { server, network, router } = cloud;
    await service(server, 'network1', 'DHCP', false);
    await service(server, 'network1', 'L3', false);
    expect(await networkHosts(server, network.id)).toEqual(['network2']);
    expect(await routerHosts(server, router.id)).toEqual(['network2']);
    await service(server, 'network2', 'L3', false);
    const waiting = await make(server.admin, 'router', {});
    expect(await routerHosts(server, waiting.id)).toEqual([]);
    await service(server, 'network1', 'L3', true);
    expect(await routerHosts(server, waiting.id)).toEqual(['network1']);
    expect(await routerHosts(server, router.id)).toEqual(['network1']);
  });

  it('serves nothing while it is out, unless it may', async () => {
    await using cloud = await site({});
    const { server, router } = cloud;
    const served = () => server.rpc('q-l3-plugin', 'get_router_ids', { host: 'network1' });
    server.casts.length = 0;
    await service(server, 'network1', 'L3', false);
    expect(await served()).toEqual([]);
    const told = (method: string) =>
      server.casts.filter((cast) => cast.method === method && cast.server === 'network1');
    expect(told('router_deleted')).toHaveLength(1);
    server.casts.length = 0;
    await service(server, 'network1', 'L3', true);
    expect(await served()).toEqual([router.id]);
    expect(told('routers_updated')).toHaveLength(1);

    await using lenient = await site({ enable_services_on_agents_with_admin_state_down: true, ...failover });
    await service(lenient.server, 'network1', 'L3', false);
    expect(await lenient.server.rpc('q-l3-plugin', 'get_router_ids', { host: 'network1' })).toEqual([
      lenient.router.id,
    ]);
  });
});

describe('several DHCP agents per network', () => {
  it('each has a port of its own, and a dead one is replaced by a third', async () => {
    await using server = await networkingServer({ settings: { ...failover, dhcp_agents_per_network: 2 } });
    for (const host of ['network1', 'network2', 'network3']) await server.agentsOn(host);
    const { network } = await makeNetwork(server.admin, '10.0.0.0/24');
    const [one, two] = await networkHosts(server, network.id);
    const third = ['network1', 'network2', 'network3'].find((host) => host !== one && host !== two)!;
    const ports = async () =>
      (await server.admin('GET', '/ports?device_owner=network:dhcp')).body.ports as Row[];
    expect(await ports()).toHaveLength(2);
    const watch = watchAgents(server.env);
    await watch.check();
    await silence(server, one!);
    await watch.check();
    watch.stop();
    expect(await networkHosts(server, network.id)).toEqual([two, third].sort());
    expect((await ports()).map((port) => port['binding:host_id']).sort()).toEqual([two, third].sort());
  });
});

describe('schedulers', () => {
  it('give an agent that starts nothing where that is switched off', async () => {
    await using server = await networkingServer({
      settings: { router_auto_schedule: false, network_auto_schedule: false },
    });
    const { network } = await makeNetwork(server.admin, '10.0.0.0/24');
    const router = await make(server.admin, 'router', {});
    await server.agentsOn('network1');
    expect(await networkHosts(server, network.id)).toEqual([]);
    expect(await routerHosts(server, router.id)).toEqual([]);
    await server.admin('PUT', `/routers/${router.id}`, { router: { name: 'asked for' } });
    expect(await routerHosts(server, router.id)).toEqual(['network1']);
  });

  it('respect what L3 agents report of their configuration', async () => {
    await using server = await networkingServer();
    const { network: external } = await makePublic(server.admin);
    const { network: second } = await makeNetwork(
      server.admin,
      '10.65.0.0/24',
      { 'router:external': true },
      { enable_dhcp: false },
    );
    await server.agentsOn('network1', {
      gateway_external_network_id: external.id,
      handle_internal_only_routers: false,
    });
    await server.agentsOn('network2', { use_namespaces: false, router_id: '' });
    await server.agentsOn('compute1', { agent_mode: 'dvr' });
    const inner = await make(server.admin, 'router', {});
    expect(await routerHosts(server, inner.id)).toEqual([]);
    const lead = (id: string, network_id: string) =>
      server.admin('PUT', `/routers/${id}`, { router: { external_gateway_info: { network_id } } });
    await lead(inner.id, external.id);
    expect(await routerHosts(server, inner.id)).toEqual(['network1']);
    const other = await make(server.admin, 'router', { external_gateway_info: { network_id: second.id } });
    expect(await routerHosts(server, other.id)).toEqual([]);
    await server.agentsOn('network2', { use_namespaces: false, router_id: other.id });
    expect(await routerHosts(server, other.id)).toEqual(['network2']);
    await server.agentsOn('network3', { gateway_external_network_id: second.id });
    await lead(inner.id, second.id);
    expect(await routerHosts(server, inner.id)).toEqual(['network3']);
  });
});
