// Subnets: prefixes, gateways, pools, what guests are told, IPv6 modes, pools of prefixes.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
let network_id: string;
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  network_id = (await make(server.admin, 'network', {})).id;
});
afterAll(() => server[Symbol.asyncDispose]());

const create = async (subnet: object) =>
  refusal(await server.admin('POST', '/subnets', { subnet: { network_id, ip_version: 4, ...subnet } }));
const invalid = (reason: string) => `400 InvalidInput: Invalid input for operation: ${reason}.`;

describe('what is refused', () => {
  it.each([
    [{ cidr: 'not-a-cidr' }, invalid('not-a-cidr is not in a CIDR format')],
    [{ cidr: '10.0.0.0/24', ip_version: 6 }, invalid("cidr '10.0.0.0/24' does not match the ip_version '6'")],
    [
      { cidr: '10.0.0.0/24', ip_version: 5 },
      "400 HTTPBadRequest: Invalid input for ip_version. Reason: '5' is not in [4, 6].",
    ],
    [{ cidr: '10.0.0.0/24', gateway_ip: '10.0.1.1' }, invalid('Gateway is not valid on subnet')],
    [{ cidr: '10.0.0.0/24', gateway_ip: '10.0.0.255' }, invalid('Gateway is not valid on subnet')],
    [
      { cidr: '10.0.0.0/24', dns_nameservers: ['8.8.8.8', '8.8.8.8'] },
      invalid("Duplicate nameserver '8.8.8.8'"),
    ],
    [
      { cidr: '10.0.0.0/24', ipv6_ra_mode: 'slaac' },
      invalid('ipv6_ra_mode is not valid when ip_version is 4'),
    ],
    [{}, '400 BadRequest: Bad subnets request: a subnetpool must be specified in the absence of a cidr.'],
    [
      { cidr: '10.0.0.0/24', allocation_pools: [{ start: '10.0.0.9', end: '10.0.0.5' }] },
      '400 InvalidAllocationPool: The allocation pool 10.0.0.9-10.0.0.5 is not valid.',
    ],
    [
      { cidr: '10.0.0.0/24', allocation_pools: [{ start: '10.0.1.5', end: '10.0.1.9' }] },
      '400 OutOfBoundsAllocationPool: The allocation pool 10.0.1.5-10.0.1.9 spans beyond the subnet cidr 10.0.0.0/24.',
    ],
    [
      { cidr: '10.0.0.0/24', allocation_pools: [{ start: '10.0.0.1', end: '10.0.0.9' }] },
      '409 GatewayConflictWithAllocationPools: Gateway ip 10.0.0.1 conflicts with allocation pool 10.0.0.1-10.0.0.9.',
    ],
    [
      {
        cidr: '10.0.0.0/24',
        allocation_pools: [
          { start: '10.0.0.2', end: '10.0.0.9' },
          { start: '10.0.0.9', end: '10.0.0.20' },
        ],
      },
      '409 OverlappingAllocationPools: Found overlapping allocation pools: 10.0.0.2-10.0.0.9 10.0.0.9-10.0.0.20 for subnet 10.0.0.0/24.',
    ],
    [
      { cidr: 'fd00::/64', ip_version: 6, ipv6_ra_mode: 'slaac', ipv6_address_mode: 'dhcpv6-stateful' },
      invalid(
        "ipv6_ra_mode set to 'slaac' with ipv6_address_mode set to 'dhcpv6-stateful' is not valid. If both attributes are set, they must be the same value",
      ),
    ],
  ])('%j', async (subnet, expected) => {
    expect(await create(subnet)).toBe(expected);
    expect((await server.admin('GET', `/subnets?network_id=${network_id}`)).body.subnets).toEqual([]);
  });

  it('a subnet on a network that is not there', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    expect(await create({ network_id: id, cidr: '10.0.0.0/24' })).toBe(
      `404 NetworkNotFound: Network ${id} could not be found.`,
    );
  });

  it('overlap with another subnet of the network, but not of another network', async () => {
    const { network } = await makeNetwork(server.admin, '192.168.101.0/24');
    expect(await create({ network_id: network.id, cidr: '192.168.101.0/25' })).toBe(
      invalid(
        `Requested subnet with cidr: 192.168.101.0/25 for network: ${network.id} overlaps with another subnet`,
      ),
    );
    await makeNetwork(server.admin, '192.168.101.0/25');
  });
});

describe('what a subnet is when little is said', () => {
  it('gateway first, pool of all the rest, DHCP on', async () => {
    const { subnet, network } = await makeNetwork(server.admin, '10.1.0.9/29');
    expect(subnet).toMatchObject({
      cidr: '10.1.0.8/29',
      gateway_ip: '10.1.0.9',
      allocation_pools: [{ start: '10.1.0.10', end: '10.1.0.14' }],
      enable_dhcp: true,
      dns_nameservers: [],
      host_routes: [],
      ip_version: 4,
    });
    const shown = await server.admin('GET', `/networks/${network.id}`);
    expect(shown.body.network.subnets).toEqual([subnet.id]);
  });

  it('a gateway in the middle splits the pool, none leaves it whole', async () => {
    const middle = await makeNetwork(server.admin, '10.1.1.0/29', {}, { gateway_ip: '10.1.1.3' });
    expect(middle.subnet.allocation_pools).toEqual([
      { start: '10.1.1.1', end: '10.1.1.2' },
      { start: '10.1.1.4', end: '10.1.1.6' },
    ]);
    const none = await makeNetwork(server.admin, '10.1.2.0/29', {}, { gateway_ip: null });
    expect(none.subnet).toMatchObject({
      gateway_ip: null,
      allocation_pools: [{ start: '10.1.2.1', end: '10.1.2.6' }],
    });
  });
});

describe('changes', () => {
  it('replace DNS servers, routes and pools', async () => {
    const { subnet } = await makeNetwork(server.admin, '10.2.0.0/24', {}, { dns_nameservers: ['8.8.8.8'] });
    const change = {
      dns_nameservers: ['9.9.9.9', '1.1.1.1'],
      host_routes: [{ destination: '172.16.0.0/24', nexthop: '10.2.0.250' }],
      allocation_pools: [{ start: '10.2.0.100', end: '10.2.0.110' }],
      name: 'renamed',
    };
    const { body } = await server.admin('PUT', `/subnets/${subnet.id}`, { subnet: change });
    expect(body.subnet).toMatchObject(change);
    expect(body.subnet.revision_number).toBeGreaterThan(subnet.revision_number);
    const refused = await server.admin('PUT', `/subnets/${subnet.id}`, { subnet: { cidr: '10.3.0.0/24' } });
    expect(refusal(refused)).toBe('400 HTTPBadRequest: Cannot update read-only attribute cidr');
  });

  it('the gateway stays while a router has it', async () => {
    const { subnet } = await makeNetwork(server.admin, '10.2.1.0/24');
    const router = await make(server.admin, 'router', {});
    const { body } = await server.admin('PUT', `/routers/${router.id}/add_router_interface`, {
      subnet_id: subnet.id,
    });
    const refused = await server.admin('PUT', `/subnets/${subnet.id}`, {
      subnet: { gateway_ip: '10.2.1.254' },
    });
    expect(refusal(refused)).toBe(
      `409 GatewayIpInUse: Current gateway ip 10.2.1.1 already in use by port ${body.port_id}. Unable to update.`,
    );
  });

  it('a subnet with ports stays', async () => {
    const { network, subnet } = await makeNetwork(server.admin, '10.2.2.0/24');
    const port = await make(server.admin, 'port', { network_id: network.id });
    expect(refusal(await server.admin('DELETE', `/subnets/${subnet.id}`))).toBe(
      `409 SubnetInUse: Unable to complete operation on subnet ${subnet.id}: One or more ports have an IP allocation from this subnet: ${port.id}.`,
    );
    await server.admin('DELETE', `/ports/${port.id}`);
    expect((await server.admin('DELETE', `/subnets/${subnet.id}`)).status).toBe(204);
  });
});

describe('IPv6', () => {
  it('slaac gives the address of the MAC, beside one from an IPv4 subnet', async () => {
    const { network } = await makeNetwork(server.admin, 'fd00:5::/64', {}, { ipv6_address_mode: 'slaac' });
    await make(server.admin, 'subnet', { network_id: network.id, cidr: '10.5.0.0/24', ip_version: 4 });
    const port = await make(server.admin, 'port', {
      network_id: network.id,
      mac_address: 'fa:16:3e:15:f8:46',
    });
    const addresses = port.fixed_ips.map(({ ip_address }: { ip_address: string }) => ip_address);
    expect(addresses.sort()).toEqual(['10.5.0.2', 'fd00:5::f816:3eff:fe15:f846']);
  });

  it('a subnet with automatic addresses can go, while the network stays', async () => {
    const { network, subnet } = await makeNetwork(
      server.admin,
      'fd00:6::/64',
      {},
      { ipv6_address_mode: 'slaac' },
    );
    await make(server.admin, 'port', { network_id: network.id });
    expect((await server.admin('DELETE', `/subnets/${subnet.id}`)).status).toBe(204);
    expect((await server.admin('DELETE', `/networks/${network.id}`)).status).toBe(409);
  });
});

describe('subnet pools', () => {
  it('give prefixes that do not overlap, until they are used up', async () => {
    const pool = await make(server.admin, 'subnetpool', {
      name: 'p',
      prefixes: ['10.20.0.0/22'],
      default_prefixlen: 24,
    });
    expect(pool).toMatchObject({ ip_version: 4, min_prefixlen: 8, max_prefixlen: 32 });
    const take = (extra: object = {}) =>
      server.admin('POST', '/subnets', {
        subnet: { network_id, ip_version: 4, subnetpool_id: pool.id, ...extra },
      });
    const taken = [];
    for (const prefixlen of [24, 25, undefined, 24])
      taken.push((await take({ prefixlen })).body.subnet?.cidr);
    expect(taken).toEqual(['10.20.0.0/24', '10.20.1.0/25', '10.20.2.0/24', '10.20.3.0/24']);
    expect((await take()).status).toBe(503);
    expect((await take({ prefixlen: 26 })).body.subnet.cidr).toBe('10.20.1.128/26');
    expect(refusal(await server.admin('DELETE', `/subnetpools/${pool.id}`))).toMatch(/^409 SubnetPoolInUse/);
  });
});
