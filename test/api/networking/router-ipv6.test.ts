// Routers of IPv6 subnets: prefixes of one network share a port.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { RouterSpec } from '../../../server/cloud/model/specs.ts';
import {
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  await server.agentsOn('network');
});
afterAll(() => server[Symbol.asyncDispose]());

const act = (id: string, action: 'add' | 'remove', body: unknown) =>
  server.admin('PUT', `/routers/${id}/${action}_router_interface`, body);
const portsOf = async (id: string) => (await server.admin('GET', `/ports?device_id=${id}`)).body.ports;
const slaac = { ipv6_ra_mode: 'slaac', ipv6_address_mode: 'slaac' };
const prefix = (network_id: string, cidr: string) =>
  make(server.admin, 'subnet', { network_id, cidr, ip_version: 6, ...slaac });

it('prefixes of a network share a port beside the one for IPv4, and leave it one by one', async () => {
  const router = await make(server.admin, 'router', {});
  const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
  const one = await prefix(network.id, '2001:db8:1::/64');
  const two = await prefix(network.id, '2001:db8:2::/64');
  await act(router.id, 'add', { subnet_id: subnet.id });
  const first = (await act(router.id, 'add', { subnet_id: one.id })).body;
  const second = (await act(router.id, 'add', { subnet_id: two.id })).body;
  expect(second).toMatchObject({ port_id: first.port_id, subnet_id: two.id, subnet_ids: [two.id] });
  expect(await portsOf(router.id)).toHaveLength(2);
  const [spec] = (await server.rpc('q-l3-plugin', 'sync_routers', {
    host: 'network',
    router_ids: [router.id],
  })) as RouterSpec[];
  expect(spec!.interfaces.find(({ id }) => id === first.port_id)).toMatchObject({
    fixed_ips: [
      { subnet_id: one.id, ip_address: '2001:db8:1::1' },
      { subnet_id: two.id, ip_address: '2001:db8:2::1' },
    ],
    subnets: [{ ipv6_ra_mode: 'slaac' }, { ipv6_ra_mode: 'slaac' }],
  });
  expect((await act(router.id, 'remove', { subnet_id: one.id })).body).toMatchObject({
    port_id: first.port_id,
    subnet_ids: [one.id],
  });
  expect((await server.admin('GET', `/ports/${first.port_id}`)).body.port.fixed_ips).toEqual([
    { subnet_id: two.id, ip_address: '2001:db8:2::1' },
  ]);
  await act(router.id, 'remove', { subnet_id: two.id });
  expect((await server.admin('GET', `/ports/${first.port_id}`)).status).toBe(404);
});

it('a port with two IPv4 subnets, or a second one with IPv6 on the network, is refused', async () => {
  const router = await make(server.admin, 'router', {});
  const { network, subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
  const other = await make(server.admin, 'subnet', {
    network_id: network.id,
    cidr: '10.0.1.0/24',
    ip_version: 4,
  });
  const wide = await make(server.admin, 'port', {
    network_id: network.id,
    fixed_ips: [{ subnet_id: subnet.id }, { subnet_id: other.id }],
  });
  expect(refusal(await act(router.id, 'add', { port_id: wide.id }))).toBe(
    '400 BadRequest: Bad router request: Cannot have multiple IPv4 subnets on router port.',
  );
  const one = await prefix(network.id, '2001:db8:1::/64');
  const two = await prefix(network.id, '2001:db8:2::/64');
  const { port_id } = (await act(router.id, 'add', { subnet_id: one.id })).body;
  const second = await make(server.admin, 'port', {
    network_id: network.id,
    fixed_ips: [{ subnet_id: two.id }],
  });
  expect(refusal(await act(router.id, 'add', { port_id: second.id }))).toBe(
    `400 BadRequest: Bad router request: Cannot have multiple router ports with the same network id if both contain IPv6 subnets. Existing port ${port_id} has IPv6 subnet(s) and network id ${network.id}.`,
  );
});

it('extra routes lead to IPv6 prefixes by IPv6 neighbours', async () => {
  const router = await make(server.admin, 'router', {});
  const { subnet } = await makeNetwork(server.admin, '2001:db8:3::/64');
  await act(router.id, 'add', { subnet_id: subnet.id });
  const lead = (nexthop: string) =>
    server.admin('PUT', `/routers/${router.id}`, {
      router: { routes: [{ destination: '2001:db8:ff::/48', nexthop }] },
    });
  expect((await lead('2001:db8:3::9')).body.router.routes).toEqual([
    { destination: '2001:db8:ff::/48', nexthop: '2001:db8:3::9' },
  ]);
  expect(refusal(await lead('2001:db8:4::9'))).toMatch(/^400 InvalidRoutes.*not connected with router/);
});

it('prefixes of a distributed router with a gateway share a port on the host that translates', async () => {
  await server.agentsOn('network', { agent_mode: 'dvr_snat' });
  const { network: external } = await makeNetwork(
    server.admin,
    '10.64.201.0/24',
    { 'router:external': true },
    { enable_dhcp: false },
  );
  const router = await make(server.admin, 'router', {
    distributed: true,
    external_gateway_info: { network_id: external.id },
  });
  const { network } = await makeNetwork(server.admin, '10.0.0.0/24');
  const one = await prefix(network.id, '2001:db8:1::/64');
  const two = await prefix(network.id, '2001:db8:2::/64');
  for (const { id } of [one, two]) await act(router.id, 'add', { subnet_id: id });
  const snat = (await portsOf(router.id)).filter(
    (port: { device_owner: string }) => port.device_owner === 'network:router_centralized_snat',
  );
  expect(snat).toMatchObject([{ fixed_ips: [{ subnet_id: one.id }, { subnet_id: two.id }] }]);
});
