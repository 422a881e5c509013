// Highly available routers: their agents, the network between these, and the ports that follow the active host.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RouterSpec } from '../../../server/cloud/model/specs.ts';
import {
  demo,
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeEach(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  for (const host of ['network1', 'network2']) await server.agentsOn(host);
});
afterEach(() => server[Symbol.asyncDispose]());

type Row = Record<string, unknown>;
const portsOf = async (query: string) => (await server.admin('GET', `/ports?${query}`)).body.ports as Row[];
const haNetworks = async () =>
  (await server.admin('GET', `/networks?name=HA+network+tenant+${demo}`)).body.networks as Row[];
const agentsOf = async (router_id: string) => {
  const { agents } = (await server.admin('GET', `/routers/${router_id}/l3-agents`)).body;
  return (agents as { host: string; ha_state: string | null }[])
    .map(({ host, ha_state }) => ({ host, ha_state }))
    .sort((one, other) => (one.host < other.host ? -1 : 1));
};
const specOn = async (host: string, router_id: string) =>
  ((await server.rpc('q-l3-plugin', 'sync_routers', { host, router_ids: [router_id] })) as RouterSpec[])[0];
const states = (host: string, router_id: string, state: string) =>
  server.rpc('q-l3-plugin', 'update_ha_routers_states', { host, states: { [router_id]: state } });
const makeHa = (attributes: Row = {}) =>
  make(server.admin, 'router', { tenant_id: demo, ha: true, ...attributes });

/** A router with a gateway and an interface. */
async function site() {
  const { network: external } = await makePublic(server.admin);
  const router = await makeHa({ external_gateway_info: { network_id: external.id } });
  const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24', { tenant_id: demo });
  await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  return { router, network, subnet, external };
}

describe('a highly available router', () => {
  it('has an HA network of nobody with a port for every agent, and takes it along when it goes', async () => {
    const router = await makeHa();
    expect(router).toMatchObject({ ha: true, distributed: false, status: 'ACTIVE' });
    const [network] = await haNetworks();
    expect(network).toMatchObject({ tenant_id: '', shared: false, 'provider:network_type': 'vlan' });
    const subnets = (await server.admin('GET', `/subnets?network_id=${String(network!.id)}`)).body.subnets;
    expect(subnets).toMatchObject([
      {
        name: `HA subnet tenant ${demo}`,
        tenant_id: '',
        cidr: '169.254.192.0/18',
        gateway_ip: null,
        enable_dhcp: false,
        allocation_pools: [{ start: '169.254.192.1', end: '169.254.255.254' }],
      },
    ]);
    const own = await portsOf(`device_owner=network:router_ha_interface&device_id=${router.id}`);
    expect(own.map((port) => port['binding:host_id']).sort()).toEqual(['network1', 'network2']);
    expect(own).toMatchObject([
      { name: `HA port tenant ${demo}`, tenant_id: '', network_id: network!.id, 'binding:vif_type': 'ovs' },
      { name: `HA port tenant ${demo}`, tenant_id: '', network_id: network!.id },
    ]);
    expect((await server.member('GET', '/networks')).body.networks).toEqual([]);
    expect((await server.member('GET', `/routers/${router.id}`)).body.router).not.toHaveProperty('ha');
    expect(refusal(await server.admin('DELETE', `/ports/${String(own[0]!.id)}`))).toMatch(
      /^409 ServicePortInUse/,
    );

    const second = await makeHa();
    expect(await haNetworks()).toHaveLength(1);
    await server.admin('DELETE', `/routers/${router.id}`);
    expect(await haNetworks()).toHaveLength(1);
    expect((await server.admin('DELETE', `/routers/${second.id}`)).status).toBe(204);
    expect(await haNetworks()).toEqual([]);
    expect(await portsOf('device_owner=network:router_ha_interface')).toEqual([]);
  });

  it('is told to each of its hosts with its own port, and ids differ within a tenant', async () => {
    const { router } = await site();
    const other = await makeHa();
    const one = (await specOn('network1', router.id))!;
    const two = (await specOn('network2', router.id))!;
    expect(one.ha!.vr_id).toBe(two.ha!.vr_id);
    expect(one.ha!.port.id).not.toBe(two.ha!.port.id);
    expect(one).toMatchObject({
      dvr: null,
      gw_port: { device_owner: 'network:router_gateway' },
      interfaces: [{ device_owner: 'network:ha_router_replicated_interface' }],
      ha: { priority: 50, port: { fixed_ips: [{ ip_address: expect.stringMatching(/^169\.254\./) }] } },
    });
    expect((await specOn('network1', other.id))!.ha!.vr_id).not.toBe(one.ha!.vr_id);
  });

  it('needs min_l3_agents_per_router agents and takes at most max_l3_agents_per_router', async () => {
    await using poor = await networkingServer();
    await poor.agentsOn('network1');
    expect(refusal(await poor.admin('POST', '/routers', { router: { ha: true } }))).toBe(
      '409 HANotEnoughAvailableAgents: Not enough l3 agents available to ensure HA. Minimum required 2, available 1.',
    );
    await server.agentsOn('network3');
    await server.agentsOn('network4');
    await server.agentsOn('compute1', { agent_mode: 'dvr' });
    expect(await agentsOf((await makeHa()).id)).toHaveLength(3);
  });

  it('gets a further agent when one comes and it has fewer than it may have', async () => {
    const router = await makeHa();
    expect(await agentsOf(router.id)).toHaveLength(2);
    await server.agentsOn('network3');
    expect((await agentsOf(router.id)).map(({ host }) => host)).toEqual(['network1', 'network2', 'network3']);
    expect((await specOn('network3', router.id))!.ha).not.toBeNull();
  });

  it('may not be distributed as well; l3_ha makes every router one that is not asked for otherwise', async () => {
    expect(refusal(await server.admin('POST', '/routers', { router: { ha: true, distributed: true } }))).toBe(
      '501 DistributedHARouterNotSupported: Currently distributed HA routers are not supported.',
    );
    await expect(networkingServer({ settings: { l3_ha: true, router_distributed: true } })).rejects.toThrow(
      'cannot both be True',
    );
    await using configured = await networkingServer({ settings: { l3_ha: true } });
    for (const host of ['network1', 'network2']) await configured.agentsOn(host);
    const { id } = await make(configured.member, 'router', {});
    expect((await configured.admin('GET', `/routers/${id}`)).body.router.ha).toBe(true);
    expect((await make(configured.admin, 'router', { ha: false })).ha).toBe(false);
  });

  it('is not possible with settings that contradict each other', async () => {
    for (const [settings, named] of [
      [{ max_l3_agents_per_router: 1 }, 'max_l3_agents_per_router (1)'],
      [{ l3_ha_net_cidr: '2001:db8::/64' }, 'l3_ha_net_cidr (2001:db8::/64)'],
    ] as const)
      await expect(networkingServer({ settings })).rejects.toThrow(named);
    await using all = await networkingServer({ settings: { max_l3_agents_per_router: 0 } });
    for (const host of ['network1', 'network2', 'network3', 'network4']) await all.agentsOn(host);
    const { id } = await make(all.admin, 'router', { ha: true });
    expect((await all.admin('GET', `/routers/${id}/l3-agents`)).body.agents).toHaveLength(4);
  });

  it('is made of another router, and turned back, out of service', async () => {
    const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
    const router = await make(server.admin, 'router', { tenant_id: demo });
    await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const update = (changes: Row) => server.admin('PUT', `/routers/${router.id}`, { router: changes });
    expect(refusal(await update({ ha: true }))).toBe(
      '400 BadRequest: Bad router request: Cannot change HA attribute of active routers. Please set router admin_state_up to False prior to upgrade.',
    );
    await update({ admin_state_up: false });
    expect((await update({ ha: true })).body.router.ha).toBe(true);
    expect(await agentsOf(router.id)).toHaveLength(2);
    expect(await portsOf(`device_id=${router.id}&network_id=${network.id}`)).toMatchObject([
      { device_owner: 'network:ha_router_replicated_interface' },
    ]);
    expect((await update({ ha: false })).body.router.ha).toBe(false);
    expect(await agentsOf(router.id)).toMatchObject([{ ha_state: null }]);
    expect(await portsOf(`device_id=${router.id}`)).toMatchObject([
      { device_owner: 'network:router_interface' },
    ]);
    expect(await haNetworks()).toEqual([]);
  });

  it('has HA networks beside each other also where addresses may not overlap', async () => {
    await using strict = await networkingServer({ settings: { allow_overlapping_ips: false } });
    for (const host of ['network1', 'network2']) await strict.agentsOn(host);
    for (const tenant_id of [demo, 'e'.repeat(32)])
      await make(strict.admin, 'router', { tenant_id, ha: true });
    expect((await strict.admin('GET', '/subnets?cidr=169.254.192.0/18')).body.subnets).toHaveLength(2);
  });
});

describe('the active host', () => {
  it('is told by the agents, shown, and has the ports; they move with it and keep their status', async () => {
    const { router, network } = await site();
    expect(await agentsOf(router.id)).toEqual([
      { host: 'network1', ha_state: 'standby' },
      { host: 'network2', ha_state: 'standby' },
    ]);
    const owned = () =>
      portsOf(
        `device_id=${router.id}&device_owner=network:router_gateway&device_owner=network:ha_router_replicated_interface`,
      );
    const devices = (await owned()).map(({ id }) => id as string);
    for (const host of ['network1', 'network2']) {
      expect(
        await server.rpc('q-plugin', 'get_devices_details_list_and_failed_devices', { host, devices }),
      ).toMatchObject({ devices: [{}, {}], failed_devices: [] });
      await server.rpc('q-plugin', 'update_device_list', { host, devices_up: devices, devices_down: [] });
    }
    for (const host of ['network2', 'network1']) {
      await states(host, router.id, 'active');
      expect(await owned()).toMatchObject([
        { 'binding:host_id': host, status: 'ACTIVE' },
        { 'binding:host_id': host, status: 'ACTIVE' },
      ]);
    }
    await states('network2', router.id, 'standby');
    expect(await agentsOf(router.id)).toEqual([
      { host: 'network1', ha_state: 'active' },
      { host: 'network2', ha_state: 'standby' },
    ]);
    expect((await portsOf(`network_id=${network.id}&device_id=${router.id}`))[0]).toMatchObject({
      'binding:host_id': 'network1',
    });
  });

  it('loses a router that is taken from it by hand', async () => {
    const { router } = await site();
    await states('network1', router.id, 'active');
    const agents = (await server.admin('GET', '/agents?agent_type=L3+agent')).body.agents;
    const { id } = agents.find(({ host }: { host: string }) => host === 'network1');
    await server.admin('DELETE', `/agents/${id}/l3-routers/${router.id}`);
    expect(await agentsOf(router.id)).toMatchObject([{ host: 'network2' }]);
    const owned = await portsOf(`device_id=${router.id}`);
    expect(owned).toHaveLength(3);
    expect(new Set(owned.map((port) => port['binding:host_id']))).toEqual(new Set(['network2']));
    expect((await server.admin('POST', `/agents/${id}/l3-routers`, { router_id: router.id })).status).toBe(
      201,
    );
    expect(await agentsOf(router.id)).toHaveLength(2);
  });
});
