// Subnet pools: the default ones, their prefixes, what a project may take; and subnets for certain ports only.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const pool = (attributes: object) => make(server.admin, 'subnetpool', { name: 'p', ...attributes });

describe('the default pool of an IP version', () => {
  it('is one, and gives prefixes to subnets that ask for it', async () => {
    const network = await make(server.member, 'network', {});
    const asked = { network_id: network.id, use_default_subnetpool: true };
    expect(refusal(await server.member('POST', '/subnets', { subnet: { ...asked, ip_version: 4 } }))).toBe(
      '400 BadRequest: Bad subnets request: No default subnetpool found for IPv4.',
    );
    const made = await pool({
      prefixes: ['10.10.0.0/16'],
      default_prefixlen: 24,
      is_default: true,
      shared: true,
    });
    const subnet = await make(server.member, 'subnet', { ...asked, ip_version: 4 });
    expect(subnet).toMatchObject({ subnetpool_id: made.id, cidr: '10.10.0.0/24' });
    expect(subnet).not.toHaveProperty('use_default_subnetpool');
    const second = { subnetpool: { name: 'q', prefixes: ['10.20.0.0/16'], is_default: true } };
    const words =
      '400 InvalidInput: Invalid input for operation: A default subnetpool for this IP family has already been set. Only one default may exist per IP family.';
    expect(refusal(await server.admin('POST', '/subnetpools', second))).toBe(words);
    const other = await pool({ prefixes: ['10.20.0.0/16'] });
    const becoming = { subnetpool: { is_default: true } };
    expect(refusal(await server.admin('PUT', `/subnetpools/${other.id}`, becoming))).toBe(words);
    expect((await server.admin('PUT', `/subnetpools/${made.id}`, becoming)).status).toBe(200);
    await pool({ prefixes: ['2001:db8::/32'], is_default: true });
    expect(
      refusal(
        await server.admin('POST', '/subnets', {
          subnet: { ...asked, subnetpool_id: other.id, ip_version: 4 },
        }),
      ),
    ).toBe(
      '400 BadRequest: Bad subnets request: subnetpool_id and use_default_subnetpool cannot both be specified.',
    );
    expect(refusal(await server.member('POST', '/subnetpools', second))).toMatch(/^403 PolicyNotAuthorized/);
  });
});

describe('prefixes', () => {
  it('are kept in as few as hold them, put to and taken away', async () => {
    const { id, prefixes } = await pool({ prefixes: ['10.0.0.0/9', '10.128.0.0/9', '10.3.0.0/16'] });
    expect(prefixes).toEqual(['10.0.0.0/8']);
    const change = (verb: string, list: unknown) =>
      server.admin('PUT', `/subnetpools/${id}/${verb}_prefixes`, { prefixes: list });
    const added = await change('add', ['11.0.0.0/8', '192.0.2.0/24']);
    expect([added.status, added.body]).toEqual([200, { prefixes: ['10.0.0.0/7', '192.0.2.0/24'] }]);
    expect((await change('remove', ['10.0.0.0/7'])).body).toEqual({ prefixes: ['192.0.2.0/24'] });
    expect((await server.admin('GET', `/subnetpools/${id}`)).body.subnetpool.prefixes).toEqual([
      '192.0.2.0/24',
    ]);
    const network = await make(server.admin, 'network', {});
    await make(server.admin, 'subnet', { network_id: network.id, subnetpool_id: id, cidr: '192.0.2.0/26' });
    expect(refusal(await change('remove', ['192.0.2.32/27']))).toBe(
      '400 IllegalSubnetPoolPrefixUpdate: Illegal update to prefixes: One or more the prefixes to be removed is in use by a subnet..',
    );
    expect((await change('remove', ['192.0.2.64/26'])).body).toEqual({
      prefixes: ['192.0.2.0/26', '192.0.2.128/25'],
    });
    expect((await change('remove', ['198.51.100.0/24'])).status).toBe(200);
    expect(refusal(await change('add', ['2001:db8::/32']))).toMatch(/^400 PrefixVersionMismatch/);
    for (const bad of [undefined, [], 'x', ['x'], [1]]) expect((await change('add', bad)).status).toBe(400);
    expect((await server.member('PUT', `/subnetpools/${id}/add_prefixes`, { prefixes })).status).toBe(404);
  });

  it('of subnets that a network had before become those of a pool', async () => {
    const { network, subnet } = await makeNetwork(server.member, '10.30.0.0/24');
    const six = { network_id: network.id, ip_version: 6, cidr: '2001:db8:30::/64' };
    const other = await make(server.member, 'subnet', six);
    const own = await make(server.member, 'subnetpool', { name: 'p', prefixes: ['10.31.0.0/24'] });
    const onboard = (body: object, ask = server.member) =>
      ask('PUT', `/subnetpools/${own.id}/onboard_network_subnets`, body);
    const answer = await onboard({ network_id: network.id });
    expect([answer.status, answer.body]).toEqual([200, [{ id: subnet.id, cidr: '10.30.0.0/24' }]]);
    const show = async (path: string) => (await server.member('GET', path)).body;
    expect((await show(`/subnetpools/${own.id}`)).subnetpool.prefixes).toEqual([
      '10.30.0.0/24',
      '10.31.0.0/24',
    ]);
    expect((await show(`/subnets/${subnet.id}`)).subnet).toMatchObject({
      subnetpool_id: own.id,
      revision_number: subnet.revision_number + 1,
    });
    expect((await show(`/subnets/${other.id}`)).subnet.subnetpool_id).toBeNull();
    expect((await server.member('DELETE', `/subnetpools/${own.id}`)).status).toBe(409);
    expect(refusal(await onboard({ network_id: network.id }))).toBe(
      `400 IllegalSubnetPoolUpdate: Illegal subnetpool update : Onboarding subnet ${subnet.id}: 10.30.0.0/24 conflicts with allocated prefixes in subnet pool ${own.id}.`,
    );
    expect(refusal(await onboard({}))).toMatch(/^400 InvalidInput: .*network_id must be specified/);
    expect((await onboard({ network_id: network.id }, server.stranger)).status).toBe(404);
    const shared = await makeNetwork(server.admin, '10.32.0.0/24', { shared: true });
    expect((await onboard({ network_id: shared.network.id })).body.NeutronError.type).toBe('NetworkNotFound');
    expect((await onboard({ network_id: (await make(server.member, 'network', {})).id })).body).toEqual([]);
  });

  it('are given to a project up to its quota', async () => {
    const { id } = await pool({ prefixes: ['172.16.0.0/16'], default_quota: 512, shared: true });
    const network = await make(server.member, 'network', {});
    const take = (cidr: string) =>
      server.member('POST', '/subnets', {
        subnet: { network_id: network.id, ip_version: 4, subnetpool_id: id, cidr },
      });
    expect((await take('172.16.0.0/24')).status).toBe(201);
    expect(refusal(await take('172.16.2.0/23'))).toBe(
      '409 SubnetPoolQuotaExceeded: Per-tenant subnet pool prefix quota exceeded.',
    );
    expect((await take('172.16.1.0/24')).status).toBe(201);
    const theirs = await make(server.stranger, 'network', {});
    expect(
      await make(server.stranger, 'subnet', {
        ...{ network_id: theirs.id, ip_version: 4, subnetpool_id: id, prefixlen: 24 },
      }),
    ).toMatchObject({ cidr: '172.16.2.0/24' });
  });
});

describe('subnets of certain service types', () => {
  it('give addresses to ports of these owners only, before the subnets for all', async () => {
    const { network, subnet: all } = await makeNetwork(server.member, '10.0.0.0/24');
    const some = await make(server.member, 'subnet', {
      network_id: network.id,
      ip_version: 4,
      cidr: '10.0.1.0/24',
      service_types: ['compute:nova'],
    });
    expect(some.service_types).toEqual(['compute:nova']);
    const subnetOf = async (device_owner: string) =>
      (await make(server.member, 'port', { network_id: network.id, device_owner })).fixed_ips[0].subnet_id;
    expect(await subnetOf('compute:nova')).toBe(some.id);
    expect(await subnetOf('compute:west')).toBe(all.id);
    const explicit = { network_id: network.id, fixed_ips: [{ subnet_id: some.id }] };
    expect(refusal(await server.member('POST', '/ports', { port: explicit }))).toBe(
      `400 InvalidInput: Invalid input for operation: Failed to create port on network ${network.id}, because fixed_ips included invalid subnet ${some.id}.`,
    );
    const changed = { subnet: { service_types: ['network:router_gateway'] } };
    expect((await server.member('PUT', `/subnets/${all.id}`, changed)).status).toBe(200);
    expect(refusal(await server.member('POST', '/ports', { port: { network_id: network.id } }))).toBe(
      `409 IpAddressGenerationFailureNoMatchingSubnet: No valid service subnet for the given device owner, network ${network.id}, service type .`,
    );
    expect(
      refusal(await server.member('PUT', `/subnets/${all.id}`, { subnet: { service_types: ['x'] } })),
    ).toBe(
      '400 InvalidSubnetServiceType: Subnet service type x does not correspond to a valid device owner.',
    );
  });
});
