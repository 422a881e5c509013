// Agents: heartbeats, scheduling of networks and routers, and what each is told and given.
import { describe, expect, it } from 'vitest';
import type { NetworkSpec, RouterSpec, SecurityGroupInfo } from '../../../server/cloud/model/specs.ts';
import { dhcpDeviceId } from '../../../server/cloud/networking/schedule-dhcp.ts';
import {
  demo,
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

const agentOf = async (server: NetworkingServer, host: string, type: string) =>
  (await server.admin('GET', `/agents?host=${host}&agent_type=${encodeURIComponent(type)}`)).body.agents[0];

describe('heartbeats', () => {
  it('make an agent, keep it alive, and it is dead when they stop', async () => {
    await using server = await networkingServer({ settings: { agent_down_time: 2 } });
    const beat = () =>
      server.rpc('q-reports-plugin', 'report_state', {
        agent_state: {
          agent_type: 'L3 agent',
          binary: 'neutron-l3-agent',
          topic: 'l3_agent',
          host: 'n1',
          configurations: { routers: 1 },
        },
      });
    expect(await beat()).toBe('new');
    expect(await beat()).toBe('alive');
    expect(await agentOf(server, 'n1', 'L3 agent')).toMatchObject({
      alive: true,
      admin_state_up: true,
      configurations: { routers: 1 },
      heartbeat_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
    });
    await expect
      .poll(async () => (await agentOf(server, 'n1', 'L3 agent')).alive, { timeout: 8000 })
      .toBe(false);
    expect(await beat()).toBe('new');
  });

  it('an agent can be taken out of service, described and forgotten', async () => {
    await using server = await networkingServer();
    await server.agentsOn('network');
    const { id } = await agentOf(server, 'network', 'DHCP agent');
    const { body } = await server.admin('PUT', `/agents/${id}`, {
      agent: { admin_state_up: 'False', description: 'rest' },
    });
    expect(body.agent).toMatchObject({ admin_state_up: false, description: 'rest' });
    await makeNetwork(server.admin, '10.0.0.0/24');
    expect((await server.admin('GET', `/agents/${id}/dhcp-networks`)).body.networks).toEqual([]);
    expect((await server.admin('DELETE', `/agents/${id}`)).status).toBe(204);
    expect((await server.admin('GET', `/agents/${id}`)).status).toBe(404);
  });
});

describe('DHCP', () => {
  it('a network with a served subnet has an agent, a port of the agent, and a spec with everything', async () => {
    await using server = await networkingServer();
    await server.agentsOn('network');
    const { network, subnet } = await makeNetwork(server.admin, '192.168.101.0/24', { tenant_id: demo });
    expect(server.casts).toContainEqual({
      topic: 'dhcp_agent',
      method: 'network_create_end',
      args: { payload: { network_id: network.id } },
      server: 'network',
    });
    const { body } = await server.admin('GET', `/networks/${network.id}/dhcp-agents`);
    expect(body.agents).toMatchObject([{ host: 'network', agent_type: 'DHCP agent' }]);
    server.casts.length = 0;
    const port = await make(server.member, 'port', { network_id: network.id });
    expect(server.casts).toContainEqual({
      topic: 'dhcp_agent',
      method: 'port_create_end',
      args: { payload: { network_id: network.id, port_id: port.id } },
      server: 'network',
    });
    const spec = (await server.rpc('q-plugin', 'get_network_info', {
      network_id: network.id,
      host: 'network',
    })) as NetworkSpec;
    expect(spec).toMatchObject({
      id: network.id,
      tenant_id: demo,
      subnets: [{ id: subnet.id, gateway_ip: '192.168.101.1' }],
      dhcp_port: {
        device_id: dhcpDeviceId('network', network.id),
        device_owner: 'network:dhcp',
        fixed_ips: [{ subnet_id: subnet.id, ip_address: '192.168.101.2' }],
      },
      isolated_subnet_ids: [subnet.id],
      router_ip_by_subnet: {},
    });
    expect(spec.ports.map(({ id }) => id)).toContain(port.id);
    expect(await server.rpc('q-plugin', 'get_active_networks_info', { host: 'network' })).toEqual([spec]);
    expect(
      await server.rpc('q-plugin', 'get_network_info', { network_id: network.id, host: 'elsewhere' }),
    ).toBeNull();

    const router = await make(server.admin, 'router', {});
    await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const routed = (await server.rpc('q-plugin', 'get_network_info', {
      network_id: network.id,
      host: 'network',
    })) as NetworkSpec;
    expect(routed).toMatchObject({
      isolated_subnet_ids: [],
      router_ip_by_subnet: { [subnet.id]: '192.168.101.1' },
    });
  });

  it('the id of its port is the one Neutron makes', () => {
    expect(dhcpDeviceId('gold-a', '17999fb4-5f55-49a8-9014-a8ce56850a04')).toBe(
      'dhcp296c7a33-42a1-51b6-a240-03f6695fcca3-17999fb4-5f55-49a8-9014-a8ce56850a04',
    );
  });

  it('the port follows the subnets: more, fewer, none', async () => {
    await using server = await networkingServer();
    await server.agentsOn('network');
    const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
    const own = async () =>
      (await server.admin('GET', `/ports?network_id=${network.id}&device_owner=network:dhcp`)).body.ports;
    const second = await make(server.admin, 'subnet', {
      network_id: network.id,
      cidr: '10.0.1.0/24',
      ip_version: 4,
    });
    expect((await own())[0].fixed_ips).toHaveLength(2);
    await server.admin('PUT', `/subnets/${second.id}`, { subnet: { enable_dhcp: false } });
    expect((await own())[0].fixed_ips).toMatchObject([{ subnet_id: subnet.id }]);
    await server.admin('DELETE', `/subnets/${subnet.id}`);
    expect(await own()).toEqual([]);
    expect((await server.admin('DELETE', `/networks/${network.id}`)).status).toBe(204);
  });

  it('networks made before an agent came wait for it; they are spread and moved by hand', async () => {
    await using server = await networkingServer();
    const { network } = await makeNetwork(server.admin, '10.0.0.0/24');
    expect((await server.admin('GET', `/networks/${network.id}/dhcp-agents`)).body.agents).toEqual([]);
    await server.agentsOn('network1');
    await server.agentsOn('network2');
    const { network: next } = await makeNetwork(server.admin, '10.0.1.0/24');
    const hosts = async (id: string) =>
      (await server.admin('GET', `/networks/${id}/dhcp-agents`)).body.agents.map(
        ({ host }: { host: string }) => host,
      );
    expect(await hosts(network.id)).toEqual(['network1']);
    expect(await hosts(next.id)).toEqual(['network2']);
    const [one, two] = [
      await agentOf(server, 'network1', 'DHCP agent'),
      await agentOf(server, 'network2', 'DHCP agent'),
    ];
    const add = () => server.admin('POST', `/agents/${two.id}/dhcp-networks`, { network_id: network.id });
    expect((await add()).status).toBe(201);
    expect(refusal(await add())).toMatch(/^409 NetworkHostedByDHCPAgent/);
    expect((await server.admin('DELETE', `/agents/${one.id}/dhcp-networks/${network.id}`)).status).toBe(204);
    expect(refusal(await server.admin('DELETE', `/agents/${one.id}/dhcp-networks/${network.id}`))).toMatch(
      /^409 NetworkNotHostedByDhcpAgent/,
    );
    expect(await hosts(network.id)).toEqual(['network2']);
    const l3 = await agentOf(server, 'network1', 'L3 agent');
    expect(
      refusal(await server.admin('POST', `/agents/${l3.id}/dhcp-networks`, { network_id: network.id })),
    ).toMatch(/^409 InvalidDHCPAgent/);
    expect(
      (await server.member('POST', `/agents/${two.id}/dhcp-networks`, { network_id: network.id })).status,
    ).toBe(403);
  });
});

describe('L3', () => {
  it('a router is given to an agent; moving it takes its ports and floating IPs along', async () => {
    await using server = await networkingServer();
    await server.agentsOn('network1', { external_network_bridge: 'br-ex' });
    await server.agentsOn('network2', { external_network_bridge: 'br-ex' });
    const { network: external } = await makePublic(server.admin);
    const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
    const router = await make(server.admin, 'router', {
      external_gateway_info: { network_id: external.id, enable_snat: false },
    });
    await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
    const port = await make(server.admin, 'port', { network_id: network.id });
    const floatingip = await make(server.admin, 'floatingip', {
      floating_network_id: external.id,
      port_id: port.id,
    });
    await server.rpc('q-l3-plugin', 'update_floatingip_statuses', {
      router_id: router.id,
      fip_statuses: { [floatingip.id]: 'ACTIVE' },
    });

    const [serving] = (await server.admin('GET', `/routers/${router.id}/l3-agents`)).body.agents;
    const spare = serving.host === 'network1' ? 'network2' : 'network1';
    const [spec] = (await server.rpc('q-l3-plugin', 'sync_routers', {
      host: serving.host,
      router_ids: [router.id],
    })) as RouterSpec[];
    expect(spec).toMatchObject({
      enable_snat: false,
      external_network_id: external.id,
      gw_port: { subnets: [{ gateway_ip: '10.64.201.254' }], extra_subnets: [], mtu: 1500 },
      interfaces: [{ subnets: [{ id: subnet.id }], fixed_ips: [{ ip_address: '10.0.0.1' }] }],
      floatingips: [{ fixed_ip_address: port.fixed_ips[0].ip_address, status: 'ACTIVE' }],
      routes: [],
    });
    expect(await server.rpc('q-l3-plugin', 'sync_routers', { host: spare, router_ids: [router.id] })).toEqual(
      [],
    );

    const other = await agentOf(server, spare, 'L3 agent');
    const add = () => server.admin('POST', `/agents/${other.id}/l3-routers`, { router_id: router.id });
    expect(refusal(await add())).toMatch(/^409 RouterHostedByL3Agent/);
    server.casts.length = 0;
    expect((await server.admin('DELETE', `/agents/${serving.id}/l3-routers/${router.id}`)).status).toBe(204);
    expect(server.casts).toContainEqual({
      topic: 'l3_agent',
      method: 'router_deleted',
      args: { router_id: router.id },
      server: serving.host,
    });
    expect((await server.admin('GET', `/floatingips/${floatingip.id}`)).body.floatingip.status).toBe('DOWN');
    expect((await server.admin('GET', `/agents/${serving.id}/l3-routers`)).body.routers).toEqual([]);
    expect((await add()).status).toBe(201);
    expect(await server.rpc('q-l3-plugin', 'get_router_ids', { host: spare })).toEqual([router.id]);
    const owned = (await server.admin('GET', `/ports?device_id=${router.id}`)).body.ports;
    expect(owned.map((held: Record<string, unknown>) => held['binding:host_id'])).toEqual([spare, spare]);
  });
});

describe('L2', () => {
  it('rules of the devices come with the members of the groups they name', async () => {
    await using server = await networkingServer();
    const { network } = await makeNetwork(server.member, '10.0.0.0/24');
    const one = await make(server.member, 'port', {
      network_id: network.id,
      allowed_address_pairs: [{ ip_address: '10.9.0.0/24' }],
    });
    const two = await make(server.member, 'port', { network_id: network.id });
    const [group] = one.security_groups;
    const info = (await server.rpc('q-plugin', 'security_group_info_for_devices', {
      devices: [one.id],
    })) as SecurityGroupInfo;
    expect(Object.keys(info.security_groups)).toEqual([group]);
    expect(info.security_groups[group]).toContainEqual({
      direction: 'ingress',
      ethertype: 'IPv4',
      protocol: null,
      port_range_min: null,
      port_range_max: null,
      remote_ip_prefix: null,
      remote_group_id: group,
    });
    expect(info.sg_member_ips[group]).toEqual({
      IPv4: [one.fixed_ips[0].ip_address, '10.9.0.0/24', two.fixed_ips[0].ip_address].sort(),
      IPv6: [],
    });
  });

  it('the metadata agent finds a port by its address', async () => {
    await using server = await networkingServer();
    const { network } = await makeNetwork(server.member, '10.0.0.0/24');
    const port = await make(server.member, 'port', { network_id: network.id, device_id: 'server-1' });
    const found = await server.rpc('q-plugin', 'get_ports', {
      filters: { network_id: [network.id], fixed_ips: { ip_address: [port.fixed_ips[0].ip_address] } },
    });
    expect(found).toMatchObject([{ id: port.id, tenant_id: demo, device_id: 'server-1' }]);
  });
});

it('events are published when a resource is made, changed and deleted', async () => {
  await using server = await networkingServer();
  const { id } = await make(server.member, 'network', { name: 'n' });
  await server.member('PUT', `/networks/${id}`, { network: { name: 'm' } });
  await server.member('DELETE', `/networks/${id}`);
  expect(server.notifications.map(({ event }) => event)).toEqual(
    ['create', 'update', 'delete'].flatMap((verb) => [`network.${verb}.start`, `network.${verb}.end`]),
  );
  expect(server.notifications[1]!.payload).toMatchObject({ network: { id, name: 'n' } });
});
