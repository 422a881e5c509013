// Distributed routers: their ports, the hosts they run on, and what each host is told.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DvrHostMac, RouterSpec } from '../../../server/cloud/model/specs.ts';
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
let external: string;
beforeEach(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  await server.agentsOn('network', { agent_mode: 'dvr_snat' });
  await server.agentsOn('compute1', { agent_mode: 'dvr' });
  await server.agentsOn('compute2', { agent_mode: 'dvr' });
  external = (await makePublic(server.admin)).network.id;
});
afterEach(() => server[Symbol.asyncDispose]());

const portsOf = async (query: string) =>
  (await server.admin('GET', `/ports?${query}`)).body.ports as Record<string, unknown>[];
const vm = (network_id: string, host: string) =>
  make(server.admin, 'port', {
    network_id,
    tenant_id: demo,
    device_owner: 'compute:nova',
    device_id: host,
    'binding:host_id': host,
  });
const hostsOf = async (router_id: string) =>
  (await server.admin('GET', `/routers/${router_id}/l3-agents`)).body.agents
    .map(({ host }: { host: string }) => host)
    .sort();
const specOn = async (host: string, router_id: string) =>
  ((await server.rpc('q-l3-plugin', 'sync_routers', { host, router_ids: [router_id] })) as RouterSpec[])[0];
const update = (id: string, router: unknown) => server.admin('PUT', `/routers/${id}`, { router });

/** A distributed router on a network without DHCP. */
async function site(cidr = '10.0.0.0/24', gateway = false) {
  const router = await make(server.admin, 'router', {
    tenant_id: demo,
    distributed: true,
    ...(gateway && { external_gateway_info: { network_id: external } }),
  });
  const { network, subnet } = await makeNetwork(
    server.admin,
    cidr,
    { tenant_id: demo },
    { enable_dhcp: false },
  );
  await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  return { router, network, subnet };
}

describe('kinds', () => {
  it('a router is distributed when asked for by an administrator, whose view alone shows it', async () => {
    const router = await make(server.admin, 'router', { tenant_id: demo, distributed: true });
    expect(router).toMatchObject({ distributed: true, ha: false });
    expect((await server.member('GET', `/routers/${router.id}`)).body.router).not.toHaveProperty(
      'distributed',
    );
    expect((await server.member('POST', '/routers', { router: { distributed: true } })).status).toBe(403);
    expect((await server.admin('GET', '/extensions/dvr')).body.extension.alias).toBe('dvr');
  });

  it('router_distributed makes every router distributed that is not asked for otherwise', async () => {
    await using configured = await networkingServer({ settings: { router_distributed: true } });
    const { id } = await make(configured.member, 'router', {});
    expect((await configured.admin('GET', `/routers/${id}`)).body.router.distributed).toBe(true);
    expect((await make(configured.admin, 'router', { distributed: false })).distributed).toBe(false);
  });

  it('dvr_base_mac must not be base_mac', async () => {
    await expect(networkingServer({ settings: { dvr_base_mac: 'FA:16:3e:00:00:00' } })).rejects.toThrow(
      'dvr_base_mac',
    );
  });

  it('a router is converted while it is out of service only; interfaces keep id, MAC and address', async () => {
    const router = await make(server.admin, 'router', { external_gateway_info: { network_id: external } });
    const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
    await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const [before] = await portsOf(`device_id=${router.id}&network_id=${network.id}`);
    expect(refusal(await update(router.id, { distributed: true }))).toBe(
      "400 BadRequest: Bad router request: Cannot change the 'distributed' attribute of active routers. Please set router admin_state_up to False prior to upgrade.",
    );
    await update(router.id, { admin_state_up: false });
    expect((await update(router.id, { distributed: true })).body.router.distributed).toBe(true);
    await update(router.id, { admin_state_up: true });
    const [after] = await portsOf(`device_owner=network:router_interface_distributed&device_id=${router.id}`);
    expect(after).toMatchObject({
      id: before!.id,
      mac_address: before!.mac_address,
      fixed_ips: before!.fixed_ips,
      'binding:host_id': '',
      'binding:vif_type': 'distributed',
    });
    expect(
      await portsOf(`device_owner=network:router_centralized_snat&device_id=${router.id}`),
    ).toMatchObject([{ 'binding:host_id': 'network', tenant_id: '', network_id: network.id }]);
    expect(await hostsOf(router.id)).toEqual(['network']);

    await update(router.id, { admin_state_up: false });
    expect((await update(router.id, { distributed: false })).body.router.distributed).toBe(false);
    const owned = await portsOf(`device_id=${router.id}`);
    expect(owned.map((port) => port.device_owner).sort()).toEqual([
      'network:router_gateway',
      'network:router_interface',
    ]);
    expect(owned.map((port) => port['binding:host_id'])).toEqual(['network', 'network']);
  });
});

describe('hosts', () => {
  it('a router comes to a host with the first port of its subnets and goes with the last', async () => {
    const { router, network } = await site();
    expect(await hostsOf(router.id)).toEqual([]);
    server.casts.length = 0;
    const one = await vm(network.id, 'compute1');
    expect(await hostsOf(router.id)).toEqual(['compute1']);
    expect(server.casts).toContainEqual({
      topic: 'l3_agent',
      method: 'routers_updated',
      args: { routers: [router.id] },
      server: 'compute1',
    });
    const two = await vm(network.id, 'compute1');
    await vm(network.id, 'compute2');
    expect(await hostsOf(router.id)).toEqual(['compute1', 'compute2']);
    await server.admin('DELETE', `/ports/${one.id}`);
    expect(await hostsOf(router.id)).toEqual(['compute1', 'compute2']);
    server.casts.length = 0;
    await server.admin('DELETE', `/ports/${two.id}`);
    expect(await hostsOf(router.id)).toEqual(['compute2']);
    expect(server.casts).toContainEqual({
      topic: 'l3_agent',
      method: 'router_deleted',
      args: { router_id: router.id },
      server: 'compute1',
    });
    expect(await server.rpc('q-l3-plugin', 'get_router_ids', { host: 'compute1' })).toEqual([]);
    expect(await server.rpc('q-l3-plugin', 'get_router_ids', { host: 'compute2' })).toEqual([router.id]);
  });

  it('a port that moves takes the router along, and a host whose agent comes later gets it then', async () => {
    const { router, network } = await site();
    const port = await vm(network.id, 'compute1');
    await server.admin('PUT', `/ports/${port.id}`, { port: { 'binding:host_id': 'compute2' } });
    expect(await hostsOf(router.id)).toEqual(['compute2']);
    await server.agentsOn('compute3');
    await vm(network.id, 'compute3');
    expect(await hostsOf(router.id)).toEqual(['compute2']);
    await server.agentsOn('compute3', { agent_mode: 'dvr' });
    expect(await hostsOf(router.id)).toEqual(['compute2', 'compute3']);
  });

  it('a host whose agent no longer distributes loses its routers', async () => {
    const { router, network } = await site();
    await vm(network.id, 'compute1');
    await server.agentsOn('compute1', { agent_mode: 'legacy' });
    expect(await hostsOf(router.id)).toEqual([]);
  });

  it('a DHCP server is served like an instance; a network without a router concerns nobody', async () => {
    const { subnet } = await makeNetwork(server.admin, '10.7.0.0/24');
    const router = await make(server.admin, 'router', { distributed: true });
    await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    expect(await hostsOf(router.id)).toEqual(['network']);
    await server.admin('PUT', `/routers/${router.id}/remove_router_interface`, { subnet_id: subnet.id });
    expect(await hostsOf(router.id)).toEqual([]);
    expect((await server.admin('DELETE', `/routers/${router.id}`)).status).toBe(204);
  });

  it('the interface is bound everywhere, ACTIVE when one host has wired it, and given to each host', async () => {
    const { router, network } = await site();
    await vm(network.id, 'compute1');
    await vm(network.id, 'compute2');
    const [port] = await portsOf(`device_id=${router.id}`);
    expect(port).toMatchObject({
      device_owner: 'network:router_interface_distributed',
      'binding:host_id': '',
      'binding:vif_type': 'distributed',
      status: 'DOWN',
    });
    const report = (host: string, up: boolean) =>
      server.rpc('q-plugin', 'update_device_list', {
        host,
        devices_up: up ? [port!.id] : [],
        devices_down: up ? [] : [port!.id],
      });
    const status = async () => (await portsOf(`id=${port!.id}`))[0]!.status;
    for (const host of ['compute1', 'compute2'])
      expect(
        await server.rpc('q-plugin', 'get_devices_details_list_and_failed_devices', {
          host,
          devices: [port!.id],
        }),
      ).toMatchObject({ devices: [{ device: port!.id }], failed_devices: [] });
    expect(
      await server.rpc('q-plugin', 'get_devices_details_list_and_failed_devices', {
        host: 'network',
        devices: [port!.id],
      }),
    ).toMatchObject({ devices: [], failed_devices: [port!.id] });
    await report('compute2', true);
    expect(await status()).toBe('ACTIVE');
    await report('compute1', true);
    await report('compute2', false);
    expect(await status()).toBe('ACTIVE');
    await report('compute1', false);
    expect(await status()).toBe('DOWN');
  });
});

describe('the way out', () => {
  it('a gateway brings a port per subnet on the host that translates, and takes it away again', async () => {
    const { router, network, subnet } = await site();
    await vm(network.id, 'compute1');
    await update(router.id, { external_gateway_info: { network_id: external } });
    expect(await hostsOf(router.id)).toEqual(['compute1', 'network']);
    const [gateway] = await portsOf(`device_owner=network:router_gateway&device_id=${router.id}`);
    expect(gateway).toMatchObject({ 'binding:host_id': 'network', 'binding:vif_type': 'ovs' });
    const spec = await specOn('compute1', router.id);
    expect(spec).toMatchObject({
      external_network_id: external,
      gw_port: { id: gateway!.id },
      ha: null,
      dvr: {
        gw_port_host: 'network',
        agent_gateway: null,
        snat_interfaces: [{ network_id: network.id, fixed_ips: [{ subnet_id: subnet.id }] }],
      },
    });
    await update(router.id, { external_gateway_info: null });
    expect(await hostsOf(router.id)).toEqual(['compute1']);
    expect(await portsOf('device_owner=network:router_centralized_snat')).toEqual([]);
    expect((await specOn('compute1', router.id))!.dvr).toMatchObject({
      gw_port_host: null,
      snat_interfaces: [],
    });
  });

  it('it moves to another host by hand, never to one that cannot translate', async () => {
    const { router } = await site('10.0.0.0/24', true);
    await server.agentsOn('network2', { agent_mode: 'dvr_snat' });
    const agents = (await server.admin('GET', '/agents?agent_type=L3+agent')).body.agents;
    const on = (host: string) => agents.find((agent: { host: string }) => agent.host === host).id;
    const add = (host: string) =>
      server.admin('POST', `/agents/${on(host)}/l3-routers`, { router_id: router.id });
    expect(refusal(await add('compute1'))).toBe(
      "409 DVRL3CannotAssignToDvrAgent: Not allowed to manually assign a router to an agent in 'dvr' mode.",
    );
    expect(refusal(await add('network2'))).toMatch(/^409 RouterHostedByL3Agent/);
    await server.admin('DELETE', `/agents/${on('network')}/l3-routers/${router.id}`);
    expect((await add('network2')).status).toBe(201);
    const moved = [
      ...(await portsOf(`device_owner=network:router_gateway&device_id=${router.id}`)),
      ...(await portsOf(`device_owner=network:router_centralized_snat&device_id=${router.id}`)),
    ];
    expect(moved.map((port) => port['binding:host_id'])).toEqual(['network2', 'network2']);
  });

  it('the first floating IP on a host brings the gateway port of its agent, the last takes it away', async () => {
    const { router, network } = await site('10.0.0.0/24', true);
    const one = await vm(network.id, 'compute1');
    const two = await vm(network.id, 'compute2');
    const floatingip = await make(server.admin, 'floatingip', {
      floating_network_id: external,
      port_id: one.id,
      tenant_id: demo,
    });
    const gateways = () => portsOf('device_owner=network:floatingip_agent_gateway');
    const [agent] = (await server.admin('GET', '/agents?agent_type=L3+agent&host=compute1')).body.agents;
    expect(await gateways()).toMatchObject([
      { device_id: agent.id, network_id: external, 'binding:host_id': 'compute1', tenant_id: '' },
    ]);
    const [gateway] = await gateways();
    expect(refusal(await server.admin('DELETE', `/ports/${gateway!.id}`))).toMatch(/^409 ServicePortInUse/);
    expect(await specOn('compute1', router.id)).toMatchObject({
      floatingips: [{ id: floatingip.id, host: 'compute1' }],
      dvr: { agent_gateway: { id: gateway!.id, subnets: [{ gateway_ip: '10.64.201.254' }] } },
    });
    expect((await specOn('compute2', router.id))!.dvr!.agent_gateway).toBeNull();
    const lead = (port_id: string | null) =>
      server.admin('PUT', `/floatingips/${floatingip.id}`, { floatingip: { port_id } });
    await lead(two.id);
    expect(await gateways()).toMatchObject([{ 'binding:host_id': 'compute2' }]);
    await lead(null);
    expect(await gateways()).toEqual([]);
    await lead(one.id);
    await server.admin('DELETE', `/ports/${one.id}`);
    expect(await gateways()).toEqual([]);
  });
});

it('a floating IP of a port where no distributed router can be is left to the host that translates', async () => {
  const { router, network } = await site('10.0.0.0/24', true);
  await server.agentsOn('compute9');
  const port = await vm(network.id, 'compute9');
  await make(server.admin, 'floatingip', {
    floating_network_id: external,
    port_id: port.id,
    tenant_id: demo,
  });
  expect(await specOn('network', router.id)).toMatchObject({ floatingips: [{ host: null }] });
  expect(await portsOf('device_owner=network:floatingip_agent_gateway')).toEqual([]);
});

describe('neighbours', () => {
  it('are all ports and single address pairs of the subnets but what several may claim; changes wake all hosts', async () => {
    const { router, network, subnet } = await site('10.0.0.0/24', true);
    const one = await vm(network.id, 'compute1');
    const pairs = [
      { ip_address: '10.0.0.200' },
      { ip_address: '10.0.0.201', mac_address: 'fa:16:3e:aa:bb:cc' },
      { ip_address: '10.0.0.128/25' },
      { ip_address: '172.16.0.9' },
    ];
    const two = await make(server.admin, 'port', { network_id: network.id, allowed_address_pairs: pairs });
    await make(server.admin, 'port', {
      network_id: network.id,
      allowed_address_pairs: [{ ip_address: '10.0.0.200' }],
    });
    const { dvr } = (await specOn('compute1', router.id))!;
    const addresses = dvr!.neighbours.map(({ ip_address }) => ip_address);
    expect(dvr!.neighbours).toContainEqual({
      subnet_id: subnet.id,
      ip_address: two.fixed_ips[0].ip_address,
      mac_address: two.mac_address,
    });
    expect(dvr!.neighbours).toContainEqual({
      subnet_id: subnet.id,
      ip_address: '10.0.0.201',
      mac_address: 'fa:16:3e:aa:bb:cc',
    });
    expect(addresses).toContain(one.fixed_ips[0].ip_address);
    expect(addresses).toContain(dvr!.snat_interfaces[0]!.fixed_ips[0]!.ip_address);
    for (const absent of ['10.0.0.1', '10.0.0.200', '172.16.0.9']) expect(addresses).not.toContain(absent);
    server.casts.length = 0;
    await server.admin('DELETE', `/ports/${two.id}`);
    const woken = server.casts
      .filter(({ method }) => method === 'routers_updated')
      .map((cast) => cast.server);
    expect(woken.sort()).toEqual(['compute1', 'network']);
  });
});

describe('MAC addresses of hosts', () => {
  it('are drawn once per host from dvr_base_mac, and all agents hear of a new one', async () => {
    const ask = (host: string) =>
      server.rpc('q-plugin', 'get_dvr_mac_address_by_host', { host }) as Promise<DvrHostMac>;
    const one = await ask('compute1');
    expect(one.mac_address).toMatch(/^fa:16:3f:/);
    expect(await ask('compute1')).toEqual(one);
    server.casts.length = 0;
    const two = await ask('compute2');
    expect(server.casts).toEqual([
      {
        topic: 'q-agent-notifier-dvr-update',
        method: 'dvr_mac_address_update',
        args: { dvr_macs: [one, two] },
        fanout: true,
      },
    ]);
    expect(await server.rpc('q-plugin', 'get_dvr_mac_address_list', {})).toEqual([one, two]);
  });
});
