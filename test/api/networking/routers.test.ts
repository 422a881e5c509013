// Routers and floating IPs.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
beforeAll(async () => {
  server = await networkingServer({
    settings: { quotas: {}, ml2: { network_vlan_ranges: ['physnet1', 'physnet2:100:199'] } },
  });
  await server.agentsOn('network', { external_network_bridge: 'br-ex' });
  external = (await makePublic(server.admin)).network.id;
});
afterAll(() => server[Symbol.asyncDispose]());

const put = (path: string, body: unknown) => server.admin('PUT', path, body);
const setGateway = (id: string, info: unknown) =>
  put(`/routers/${id}`, { router: { external_gateway_info: info } });
const attach = (id: string, body: unknown) => put(`/routers/${id}/add_router_interface`, body);
const detach = (id: string, body: unknown) => put(`/routers/${id}/remove_router_interface`, body);
const inner = (cidr: string) => makeNetwork(server.admin, cidr, { tenant_id: demo });

/** A router with a gateway and one inner network with a port. */
async function site(cidr: string) {
  const router = await make(server.admin, 'router', {
    tenant_id: demo,
    external_gateway_info: { network_id: external },
  });
  const { network, subnet } = await inner(cidr);
  await attach(router.id, { subnet_id: subnet.id });
  return { router, network, subnet, port: await make(server.member, 'port', { network_id: network.id }) };
}

describe('interfaces', () => {
  it('by subnet: a port with the gateway address, gone with the interface', async () => {
    const router = await make(server.admin, 'router', { name: 'r' });
    const { subnet, network } = await inner('10.1.0.0/24');
    const added = await attach(router.id, { subnet_id: subnet.id });
    expect(added.body).toMatchObject({
      id: router.id,
      subnet_id: subnet.id,
      subnet_ids: [subnet.id],
      network_id: network.id,
    });
    const { port } = (await server.admin('GET', `/ports/${added.body.port_id}`)).body;
    expect(port).toMatchObject({
      device_id: router.id,
      device_owner: 'network:router_interface',
      fixed_ips: [{ subnet_id: subnet.id, ip_address: '10.1.0.1' }],
      'binding:host_id': 'network',
      'binding:vif_type': 'ovs',
      port_security_enabled: false,
    });
    expect(refusal(await server.admin('DELETE', `/ports/${port.id}`))).toBe(
      `409 ServicePortInUse: Port ${port.id} cannot be deleted directly via the port API: has device owner network:router_interface.`,
    );
    expect(refusal(await server.admin('DELETE', `/routers/${router.id}`))).toBe(
      `409 RouterInUse: Router ${router.id} has ports still attached: ${port.id}`,
    );
    expect(refusal(await server.admin('DELETE', `/subnets/${subnet.id}`))).toMatch(/^409 SubnetInUse/);
    expect((await detach(router.id, { subnet_id: subnet.id })).body).toEqual(added.body);
    expect((await server.admin('GET', `/ports/${port.id}`)).status).toBe(404);
    expect((await server.admin('DELETE', `/routers/${router.id}`)).status).toBe(204);
  });

  it('by port: the port is taken over and goes with the interface', async () => {
    const router = await make(server.admin, 'router', {});
    const { network } = await inner('10.1.1.0/24');
    const port = await make(server.admin, 'port', {
      network_id: network.id,
      fixed_ips: [{ ip_address: '10.1.1.50' }],
    });
    expect((await attach(router.id, { port_id: port.id })).status).toBe(200);
    expect((await server.admin('GET', `/ports/${port.id}`)).body.port.device_owner).toBe(
      'network:router_interface',
    );
    const again = await attach((await make(server.admin, 'router', {})).id, { port_id: port.id });
    expect(refusal(again)).toMatch(/^409 PortInUse/);
    expect((await detach(router.id, { port_id: port.id })).status).toBe(200);
    expect((await server.admin('GET', `/ports/${port.id}`)).status).toBe(404);
  });

  it('what is refused', async () => {
    const router = await make(server.admin, 'router', {});
    const { subnet } = await inner('10.1.2.0/24');
    const { subnet: same } = await inner('10.1.2.0/25');
    await attach(router.id, { subnet_id: subnet.id });
    const bad = (msg: string) => `400 BadRequest: Bad router request: ${msg}.`;
    expect(refusal(await attach(router.id, {}))).toBe(bad('Either subnet_id or port_id must be specified'));
    expect(refusal(await attach(router.id, { subnet_id: subnet.id, port_id: 'x' }))).toBe(
      bad('Cannot specify both subnet-id and port-id'),
    );
    expect(refusal(await attach(router.id, { subnet_id: subnet.id }))).toBe(
      bad(`Router already has a port on subnet ${subnet.id}`),
    );
    expect(refusal(await attach(router.id, { subnet_id: same.id }))).toBe(
      bad(`Cidr 10.1.2.0/25 of subnet ${same.id} overlaps with cidr 10.1.2.0/24 of subnet ${subnet.id}`),
    );
    expect(refusal(await attach(router.id, { subnet_id: router.id }))).toMatch(/^404 SubnetNotFound/);
    expect(refusal(await detach(router.id, { subnet_id: same.id }))).toMatch(
      /^404 RouterInterfaceNotFoundForSubnet/,
    );
    expect(refusal(await detach(router.id, { port_id: same.id }))).toMatch(/^404 RouterInterfaceNotFound/);
  });
});

describe('gateway', () => {
  it('is a port of nobody on the external network, and {} clears it', async () => {
    const router = await make(server.member, 'router', {});
    expect(router).toMatchObject({ external_gateway_info: null, status: 'ACTIVE', routes: [] });
    expect(router).not.toHaveProperty('distributed');
    const set = await server.member('PUT', `/routers/${router.id}`, {
      router: { external_gateway_info: { network_id: external } },
    });
    expect(set.body.router.external_gateway_info).toMatchObject({ network_id: external, enable_snat: true });
    const { ports } = (await server.admin('GET', `/ports?device_id=${router.id}`)).body;
    expect(ports).toMatchObject([
      {
        device_owner: 'network:router_gateway',
        tenant_id: '',
        project_id: '',
        network_id: external,
        'binding:vif_details': { bridge_name: 'br-ex' },
      },
    ]);
    expect(
      (await setGateway(router.id, { network_id: external, enable_snat: false })).body.router
        .external_gateway_info.enable_snat,
    ).toBe(false);
    expect((await setGateway(router.id, {})).body.router.external_gateway_info).toBeNull();
    expect((await server.admin('GET', `/ports?device_id=${router.id}`)).body.ports).toEqual([]);
  });

  it('what is refused', async () => {
    const router = await make(server.admin, 'router', {});
    const { network } = await inner('10.2.0.0/24');
    expect(refusal(await setGateway(router.id, { network_id: network.id }))).toBe(
      `400 BadRequest: Bad router request: Network ${network.id} is not an external network.`,
    );
    expect(refusal(await setGateway(router.id, { network_id: router.id }))).toMatch(/^404 NetworkNotFound/);
    const taken = await make(server.admin, 'port', { network_id: external });
    const [{ ip_address }] = taken.fixed_ips;
    const asked = { network_id: external, external_fixed_ips: [{ ip_address }] };
    expect(refusal(await setGateway(router.id, asked))).toMatch(/^409 IpAddressAlreadyAllocated/);
    expect((await server.admin('GET', `/routers/${router.id}`)).body.router.external_gateway_info).toBeNull();
  });
});

it('extra routes go by neighbours of the router and hold the interface', async () => {
  const { router, subnet } = await site('10.3.0.0/24');
  const routes = [{ destination: '172.20.0.0/16', nexthop: '10.3.0.99' }];
  const change = (wanted: unknown) => put(`/routers/${router.id}`, { router: { routes: wanted } });
  expect((await change(routes)).body.router.routes).toEqual(routes);
  expect(refusal(await change([{ destination: '1.0.0.0/8', nexthop: '10.99.0.1' }]))).toMatch(
    /^400 InvalidRoutes: .*not connected/,
  );
  expect(refusal(await change([{ destination: '1.0.0.0/8', nexthop: '10.3.0.1' }]))).toMatch(
    /^400 InvalidRoutes: .*used by router/,
  );
  expect(refusal(await detach(router.id, { subnet_id: subnet.id }))).toMatch(
    /^409 RouterInterfaceInUseByRoute/,
  );
  const more = await put(`/routers/${router.id}/add_extraroutes`, {
    router: { routes: [{ destination: '172.21.0.0/16', nexthop: '10.3.0.98' }] },
  });
  expect(more.body.router.routes).toHaveLength(2);
  expect((await change(null)).body.router.routes).toEqual([]);
});

describe('floating IPs', () => {
  const create = (floatingip: object) =>
    server.admin('POST', '/floatingips', {
      floatingip: { floating_network_id: external, tenant_id: demo, ...floatingip },
    });
  const update = (id: string, floatingip: object) =>
    server.member('PUT', `/floatingips/${id}`, { floatingip });

  it('are associated, moved and released', async () => {
    const { router, port, network } = await site('10.4.0.0/24');
    const second = await make(server.member, 'port', { network_id: network.id });
    const made = (await create({})).body.floatingip;
    expect(made).toMatchObject({
      port_id: null,
      router_id: null,
      fixed_ip_address: null,
      status: 'DOWN',
      project_id: demo,
    });
    const held = (await server.admin('GET', `/ports?device_id=${made.id}`)).body.ports[0];
    expect(held).toMatchObject({
      status: 'N/A',
      device_owner: 'network:floatingip',
      tenant_id: '',
      'binding:vif_type': 'unbound',
    });

    const associated = (await update(made.id, { port_id: port.id })).body.floatingip;
    expect(associated).toMatchObject({
      port_id: port.id,
      router_id: router.id,
      fixed_ip_address: port.fixed_ips[0].ip_address,
      port_details: { mac_address: port.mac_address },
    });
    await server.rpc('q-l3-plugin', 'update_floatingip_statuses', {
      router_id: router.id,
      fip_statuses: { [made.id]: 'ACTIVE' },
      host: 'network',
    });
    expect((await server.member('GET', `/floatingips/${made.id}`)).body.floatingip.status).toBe('ACTIVE');
    expect((await update(made.id, { port_id: second.id })).body.floatingip).toMatchObject({
      port_id: second.id,
      fixed_ip_address: second.fixed_ips[0].ip_address,
    });
    expect((await update(made.id, { port_id: null })).body.floatingip).toMatchObject({
      port_id: null,
      router_id: null,
      fixed_ip_address: null,
      status: 'DOWN',
    });
    expect((await server.member('DELETE', `/floatingips/${made.id}`)).status).toBe(204);
    expect((await server.admin('GET', `/ports/${held.id}`)).status).toBe(404);
  });

  it('that move to another router are taken from the former first', async () => {
    const [one, two] = [await site('10.4.8.0/24'), await site('10.4.9.0/24')];
    const made = (await create({ port_id: one.port.id })).body.floatingip;
    server.casts.length = 0;
    expect((await update(made.id, { port_id: two.port.id })).body.floatingip.router_id).toBe(two.router.id);
    const told = server.casts.filter(({ method }) => method === 'routers_updated').map(({ args }) => args);
    expect(told).toEqual([{ routers: [one.router.id] }, { routers: [two.router.id] }]);
  });

  it('deleting the port releases it; gateway and interface are held by it', async () => {
    const { router, port, subnet } = await site('10.4.1.0/24');
    const made = (await create({ port_id: port.id })).body.floatingip;
    expect(refusal(await setGateway(router.id, {}))).toMatch(/^409 RouterExternalGatewayInUseByFloatingIp/);
    expect(refusal(await detach(router.id, { subnet_id: subnet.id }))).toMatch(
      /^409 RouterInterfaceInUseByFloatingIP/,
    );
    expect(refusal(await create({ port_id: port.id }))).toMatch(/^409 FloatingIPPortAlreadyAssociated/);
    await server.admin('DELETE', `/ports/${port.id}`);
    expect((await server.member('GET', `/floatingips/${made.id}`)).body.floatingip).toMatchObject({
      port_id: null,
      router_id: null,
    });
  });

  it('what is refused', async () => {
    const { network } = await inner('10.4.2.0/24');
    const port = await make(server.member, 'port', { network_id: network.id });
    expect(refusal(await create({ floating_network_id: network.id }))).toBe(
      `400 BadRequest: Bad floatingip request: Network ${network.id} is not a valid external network.`,
    );
    const before = (await server.admin('GET', '/ports')).body.ports.length;
    expect(refusal(await create({ port_id: port.id }))).toBe(
      `404 ExternalGatewayForFloatingIPNotFound: External network ${external} is not reachable from subnet ${port.fixed_ips[0].subnet_id}.  Therefore, cannot associate Port ${port.id} with a Floating IP.`,
    );
    expect((await server.admin('GET', '/ports')).body.ports).toHaveLength(before);
    expect(refusal(await create({ port_id: network.id }))).toMatch(/^404 PortNotFound/);
    expect(refusal(await create({ fixed_ip_address: '10.4.2.9' }))).toMatch(/^400 BadRequest/);
    const bare = await make(server.admin, 'network', { 'router:external': true });
    expect(refusal(await create({ floating_network_id: bare.id }))).toMatch(/^400 BadRequest/);
  });

  it('an administrator may choose the address, which then is nobody else’s', async () => {
    const chosen = (await create({ floating_ip_address: '10.64.201.200' })).body.floatingip;
    expect(chosen.floating_ip_address).toBe('10.64.201.200');
    expect(refusal(await create({ floating_ip_address: '10.64.201.200' }))).toMatch(
      /^409 IpAddressAlreadyAllocated/,
    );
    const port = await server.admin('POST', '/ports', {
      port: { network_id: external, fixed_ips: [{ ip_address: '10.64.201.200' }] },
    });
    expect(port.status).toBe(409);
  });
});
