// The guide's first scenario through the API, as an administrator types it.
import { expect, it } from 'vitest';
import { demo, networkingServer } from '../../support/networking.ts';

it('builds the scenario: two VLAN networks, one router, the public network, a floating IP', async () => {
  await using server = await networkingServer();
  const { admin, member, rpc } = server;
  await server.agentsOn('network', { external_network_bridge: 'br-ex' });
  await server.agentsOn('compute1', { bridge_mappings: { physnet2: 'br-eth1' } });

  const made = async (path: string, body: unknown) => {
    const answer = await admin('POST', path, body);
    expect(answer.body).not.toHaveProperty('NeutronError');
    expect(answer.status).toBe(201);
    return answer.body;
  };
  const { router } = await made('/routers', { router: { name: 'router01', admin_state_up: true } });
  const { network: public01 } = await made('/networks', {
    network: {
      name: 'public01',
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet1',
      'router:external': 'True',
    },
  });
  const { subnet: outer } = await made('/subnets', {
    subnet: {
      name: 'public01_subnet01',
      network_id: public01.id,
      cidr: '10.64.201.0/24',
      gateway_ip: '10.64.201.254',
      enable_dhcp: 'False',
      ip_version: 4,
    },
  });
  expect(outer.allocation_pools).toEqual([{ start: '10.64.201.1', end: '10.64.201.253' }]);
  const gateway = await admin('PUT', `/routers/${router.id}`, {
    router: { external_gateway_info: { network_id: public01.id } },
  });
  expect(gateway.body.router.external_gateway_info).toEqual({
    network_id: public01.id,
    enable_snat: true,
    external_fixed_ips: [{ subnet_id: outer.id, ip_address: '10.64.201.1' }],
  });
  const { network: net01 } = await made('/networks', {
    network: {
      name: 'net01',
      tenant_id: demo,
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet2',
      'provider:segmentation_id': '101',
    },
  });
  expect(net01).toMatchObject({
    status: 'ACTIVE',
    'provider:segmentation_id': 101,
    project_id: demo,
    mtu: 1500,
  });
  const { subnet: inner } = await made('/subnets', {
    subnet: {
      name: 'net01_subnet01',
      tenant_id: demo,
      network_id: net01.id,
      cidr: '192.168.101.0/24',
      ip_version: 4,
    },
  });
  expect(inner).toMatchObject({
    gateway_ip: '192.168.101.1',
    allocation_pools: [{ start: '192.168.101.2', end: '192.168.101.254' }],
  });
  const added = await admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: inner.id });
  expect(added.status).toBe(200);
  expect(added.body).toMatchObject({ id: router.id, subnet_id: inner.id });

  const { port } = await made('/ports', {
    port: {
      network_id: net01.id,
      tenant_id: demo,
      device_id: 'vm01',
      device_owner: 'compute:nova',
      'binding:host_id': 'compute1',
    },
  });
  expect(port).toMatchObject({
    status: 'DOWN',
    'binding:vif_type': 'ovs',
    'binding:vif_details': { ovs_hybrid_plug: true },
    fixed_ips: [{ subnet_id: inner.id }],
  });

  // the agents wire it
  const [spec] = (await rpc('q-l3-plugin', 'sync_routers', { host: 'network' })) as {
    gw_port: { id: string };
  }[];
  expect(spec).toMatchObject({
    id: router.id,
    enable_snat: true,
    gw_port: { fixed_ips: [{ ip_address: '10.64.201.1' }] },
  });
  const devices = await rpc('q-plugin', 'get_devices_details_list_and_failed_devices', {
    devices: [port.id, 'nosuch'],
    host: 'compute1',
  });
  expect(devices).toMatchObject({
    devices: [{ device: port.id, network_type: 'vlan', segmentation_id: 101, physical_network: 'physnet2' }],
    failed_devices: ['nosuch'],
  });
  const status = async () => (await member('GET', `/ports/${port.id}`)).body.port.status;
  await rpc('q-plugin', 'update_device_list', { devices_up: [port.id], devices_down: [], host: 'compute1' });
  expect(await status()).toBe('DOWN');
  await rpc('q-plugin', 'dhcp_ready_on_ports', { port_ids: [port.id] });
  expect(await status()).toBe('ACTIVE');
  expect(server.serverEvents).toMatchObject([{ event: 'plugged', port: { id: port.id, device_id: 'vm01' } }]);

  const floating = await member('POST', '/floatingips', {
    floatingip: { floating_network_id: public01.id, port_id: port.id },
  });
  expect(floating.status).toBe(201);
  expect(floating.body.floatingip).toMatchObject({
    floating_ip_address: '10.64.201.2',
    fixed_ip_address: port.fixed_ips[0].ip_address,
    router_id: router.id,
    status: 'DOWN',
  });
});
