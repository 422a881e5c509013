// IPv6 addressing: the modes of subnets, addresses made from MACs, what DHCP servers and firewalls are told of it.
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DeviceSpec, NetworkSpec } from '../../../server/cloud/model/specs.ts';
import {
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  const ml2 = { network_vlan_ranges: ['physnet2:100:199'] };
  server = await networkingServer({ settings: { quotas: {}, ml2 } });
  await server.agentsOn('network');
});
afterAll(() => server[Symbol.asyncDispose]());

const addressesOf = (port: { fixed_ips: { ip_address: string }[] }) =>
  port.fixed_ips.map(({ ip_address }) => ip_address).sort();
const mac_address = 'fa:16:3e:15:f8:46';
const modes = [undefined, 'slaac', 'dhcpv6-stateless', 'dhcpv6-stateful'];
const pairs = modes.flatMap((ra) => modes.map((address) => [ra, address] as const));
let count = 0;

it.each(pairs)(
  'router mode %s with address mode %s is taken if both are the same or one is open',
  async (ra, address) => {
    const network = await make(server.admin, 'network', {});
    const { status } = await server.admin('POST', '/subnets', {
      subnet: {
        ...{ network_id: network.id, ip_version: 6, cidr: `fd00:${++count}::/64` },
        ...(ra !== undefined && { ipv6_ra_mode: ra }),
        ...(address !== undefined && { ipv6_address_mode: address }),
      },
    });
    expect(status).toBe(ra === undefined || address === undefined || ra === address ? 201 : 400);
  },
);

it.each([
  ['slaac', 400],
  ['dhcpv6-stateless', 400],
  ['dhcpv6-stateful', 201],
])('%s in a prefix that is no /64 answers %i', async (mode, status) => {
  const network = await make(server.admin, 'network', {});
  const subnet = { network_id: network.id, ip_version: 6, cidr: 'fd01::/72', ipv6_address_mode: mode };
  expect((await server.admin('POST', '/subnets', { subnet })).status).toBe(status);
});

it.each(['ipv6_address_mode', 'ipv6_ra_mode'])('%s alone makes addresses automatic', async (name) => {
  const { network } = await makeNetwork(server.admin, 'fd02::/64', {}, { [name]: 'slaac' });
  const port = await make(server.admin, 'port', { network_id: network.id, mac_address });
  expect(addressesOf(port)).toEqual(['fd02::f816:3eff:fe15:f846']);
});

it('ports that are there get an address of a new automatic subnet, of a stateful one only when they ask', async () => {
  const network = await make(server.admin, 'network', {});
  const port = await make(server.admin, 'port', { network_id: network.id, mac_address });
  const common = { network_id: network.id, ip_version: 6 };
  await make(server.admin, 'subnet', { ...common, cidr: 'fd03::/64', ipv6_address_mode: 'dhcpv6-stateless' });
  const stateful = await make(server.admin, 'subnet', {
    ...{ ...common, cidr: 'fd04::/64', ipv6_address_mode: 'dhcpv6-stateful' },
  });
  const show = async () => (await server.admin('GET', `/ports/${port.id}`)).body.port;
  expect(addressesOf(await show())).toEqual(['fd03::f816:3eff:fe15:f846']);
  const fixed_ips = [...(await show()).fixed_ips, { subnet_id: stateful.id }];
  await server.admin('PUT', `/ports/${port.id}`, { port: { fixed_ips } });
  expect(addressesOf(await show())).toEqual(['fd03::f816:3eff:fe15:f846', expect.stringMatching(/^fd04::/)]);
});

it('an automatic address cannot be given back, and follows the MAC', async () => {
  const { network } = await makeNetwork(server.admin, 'fd08::/64', {}, { ipv6_address_mode: 'slaac' });
  const four = await make(server.admin, 'subnet', {
    network_id: network.id,
    cidr: '10.8.0.0/24',
    ip_version: 4,
  });
  const port = await make(server.admin, 'port', { network_id: network.id, mac_address });
  const update = async (changes: object) =>
    addressesOf((await server.admin('PUT', `/ports/${port.id}`, { port: changes })).body.port);
  expect(await update({ fixed_ips: [] })).toEqual(['fd08::f816:3eff:fe15:f846']);
  expect(await update({ fixed_ips: [{ subnet_id: four.id, ip_address: '10.8.0.9' }] })).toEqual([
    ...['10.8.0.9', 'fd08::f816:3eff:fe15:f846'],
  ]);
  expect(await update({ mac_address: 'fa:16:3e:15:f8:99' })).toEqual([
    ...['10.8.0.9', 'fd08::f816:3eff:fe15:f899'],
  ]);
});

it('an address of an automatic subnet cannot be chosen', async () => {
  const { network, subnet } = await makeNetwork(
    server.admin,
    'fd05::/64',
    {},
    { ipv6_address_mode: 'slaac' },
  );
  const fixed_ips = [{ subnet_id: subnet.id, ip_address: 'fd05::5' }];
  const answer = await server.admin('POST', '/ports', { port: { network_id: network.id, fixed_ips } });
  expect(refusal(answer)).toMatch(/^400 AllocationOnAutoAddressSubnet/);
});

it.each(modes.slice(1))('the DHCP server has an address of its own on a subnet of mode %s', async (mode) => {
  const { network, subnet } = await makeNetwork(
    ...([server.admin, `fd06:${++count}::/64`, {}, { ipv6_address_mode: mode, ipv6_ra_mode: mode }] as const),
  );
  const spec = (await server.rpc('q-plugin', 'get_network_info', {
    ...{ host: 'network', network_id: network.id },
  })) as NetworkSpec;
  expect(spec.dhcp_port?.fixed_ips).toMatchObject([{ subnet_id: subnet.id }]);
});

it('a port takes advertisements of the routers on its network, and its host hears when these change', async () => {
  const { network, subnet } = await makeNetwork(
    ...([server.admin, 'fd07::/64', {}, { ipv6_address_mode: 'slaac', ipv6_ra_mode: 'slaac' }] as const),
  );
  const port = await make(server.admin, 'port', { network_id: network.id, 'binding:host_id': 'network' });
  const sources = async () => {
    const answer = await server.rpc('q-plugin', 'get_devices_details_list_and_failed_devices', {
      ...{ host: 'network', devices: [port.id] },
    });
    return (answer as { devices: DeviceSpec[] }).devices[0]?.ra_sources;
  };
  expect(await sources()).toEqual([]);
  const router = await make(server.admin, 'router', {});
  const interfacePath = (verb: string) => `/routers/${router.id}/${verb}_router_interface`;
  const { body } = await server.admin('PUT', interfacePath('add'), { subnet_id: subnet.id });
  const { mac_address: mac } = (await server.admin('GET', `/ports/${body.port_id}`)).body.port;
  const [, , , fourth, fifth, sixth] = mac.split(':');
  const group = (high: string, low: string) => parseInt(high + low, 16).toString(16);
  expect(await sources()).toEqual([`fe80::f816:3eff:fe${fourth}:${group(fifth, sixth)}`]);
  expect(server.casts).toContainEqual(
    expect.objectContaining({ method: 'network_update', args: { network_id: network.id } }),
  );
  await server.admin('PUT', interfacePath('remove'), { subnet_id: subnet.id });
  expect(await sources()).toEqual([]);
});
