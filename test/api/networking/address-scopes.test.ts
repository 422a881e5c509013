// Address scopes: pools whose prefixes never overlap, and what networks and routers tell of them.
import { afterEach, beforeEach, expect, it } from 'vitest';
import {
  make,
  makePublic,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeEach(async () => {
  server = await networkingServer();
});
afterEach(() => server[Symbol.asyncDispose]());

const makePool = (scope: string | null, prefixes: string[], more: object = {}) =>
  make(server.member, 'subnetpool', {
    name: 'p',
    prefixes,
    min_prefixlen: 8,
    address_scope_id: scope,
    ...more,
  });
const pool = (address_scope_id: string, prefixes: string[]) =>
  server.member('POST', '/subnetpools', { subnetpool: { name: 'p', prefixes, address_scope_id } });

it('a scope is made, shown, renamed and deleted when no pool is in it', async () => {
  const scope = await make(server.member, 'address_scope', { name: 's', ip_version: 4 });
  expect(scope).toMatchObject({ name: 's', ip_version: 4, shared: false });
  const path = `/address-scopes/${scope.id}`;
  const renamed = await server.member('PUT', path, { address_scope: { name: 't' } });
  expect(renamed.body.address_scope).toEqual({ ...scope, name: 't' });
  expect((await server.stranger('GET', path)).status).toBe(404);
  const { id } = await makePool(scope.id, ['10.0.0.0/8']);
  expect(refusal(await server.member('DELETE', path))).toBe(
    `409 AddressScopeInUse: Unable to complete operation on address scope ${scope.id}. There are one or more subnet pools in use on the address scope.`,
  );
  const left = await server.member('PUT', `/subnetpools/${id}`, { subnetpool: { address_scope_id: null } });
  expect(left.body.subnetpool.address_scope_id).toBeNull();
  expect((await server.member('DELETE', path)).status).toBe(204);
  expect(refusal(await server.member('GET', path))).toBe(
    `404 AddressScopeNotFound: Address scope ${scope.id} could not be found.`,
  );
});

it('is shared for good', async () => {
  expect(
    (await server.member('POST', '/address-scopes', { address_scope: { ip_version: 4, shared: true } }))
      .status,
  ).toBe(403);
  const scope = await make(server.admin, 'address_scope', { name: 's', ip_version: 4, shared: true });
  expect((await server.stranger('GET', `/address-scopes/${scope.id}`)).body.address_scope.shared).toBe(true);
  const unshare = { address_scope: { shared: false } };
  expect(refusal(await server.admin('PUT', `/address-scopes/${scope.id}`, unshare))).toBe(
    `400 AddressScopeUpdateError: Unable to update address scope ${scope.id} : Shared address scope can't be unshared.`,
  );
});

it('prefixes are unique within a scope, and free without one', async () => {
  const scope = await make(server.member, 'address_scope', { name: 's', ip_version: 4 });
  const first = await makePool(scope.id, ['10.0.0.0/16']);
  expect(first.address_scope_id).toBe(scope.id);
  const conflict =
    '409 AddressScopePrefixConflict: Failed to associate address scope: subnetpools within an address scope must have unique prefixes.';
  expect(refusal(await pool(scope.id, ['10.0.128.0/24']))).toBe(conflict);
  const outside = await makePool(null, ['10.0.0.0/16']);
  const join = { subnetpool: { address_scope_id: scope.id } };
  expect(refusal(await server.member('PUT', `/subnetpools/${outside.id}`, join))).toBe(conflict);
  const second = await makePool(scope.id, ['10.1.0.0/16']);
  const grow = { subnetpool: { prefixes: ['10.0.0.0/15'] } };
  expect(refusal(await server.member('PUT', `/subnetpools/${second.id}`, grow))).toBe(conflict);
});

it('pools are of the family of the scope, which is their owner’s', async () => {
  const six = await make(server.member, 'address_scope', { name: 's', ip_version: 6 });
  expect((await pool(six.id, ['10.0.0.0/8'])).body.NeutronError.type).toBe(
    'IllegalSubnetPoolIpVersionAssociation',
  );
  const foreign = await make(server.stranger, 'address_scope', { name: 's', ip_version: 4 });
  expect((await pool(foreign.id, ['10.0.0.0/8'])).body.NeutronError.type).toBe('AddressScopeNotFound');
  const shared = await make(server.admin, 'address_scope', { name: 's', ip_version: 4, shared: true });
  expect((await pool(shared.id, ['10.0.0.0/8'])).body.NeutronError.type).toBe(
    'IllegalSubnetPoolAssociationToAddressScope',
  );
});

it('a network shows the scopes of its subnets, and a router’s agent is told them', async () => {
  await server.agentsOn('network');
  const scope = await make(server.member, 'address_scope', { name: 's', ip_version: 4 });
  const { id: subnetpool_id } = await makePool(scope.id, ['10.0.0.0/16'], { default_prefixlen: 24 });
  const network = await make(server.member, 'network', {});
  expect(network).toMatchObject({ ipv4_address_scope: null, ipv6_address_scope: null });
  const subnet = await make(server.member, 'subnet', {
    network_id: network.id,
    ip_version: 4,
    subnetpool_id,
  });
  const shown = (await server.member('GET', `/networks/${network.id}`)).body.network;
  expect(shown).toMatchObject({ ipv4_address_scope: scope.id, ipv6_address_scope: null });
  expect(
    refusal(
      await server.member('POST', '/subnets', {
        subnet: { network_id: network.id, ip_version: 4, cidr: '10.9.0.0/24' },
      }),
    ),
  ).toBe(
    '400 NetworkSubnetPoolAffinityError: Subnets hosted on the same network must be allocated from the same subnet pool.',
  );
  const outer = await makePublic(server.admin);
  const router = await make(server.member, 'router', {
    external_gateway_info: { network_id: outer.network.id },
  });
  await server.member('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: subnet.id });
  const scopes = async () => {
    const [spec] = (await server.rpc('q-l3-plugin', 'sync_routers', {
      host: 'network',
      router_ids: [router.id],
    })) as { interfaces: { address_scopes?: object }[]; gw_port: { address_scopes?: object } }[];
    return [spec!.interfaces[0]!.address_scopes, spec!.gw_port.address_scopes];
  };
  expect(await scopes()).toEqual([{ 4: scope.id }, undefined]);
  server.casts.length = 0;
  await server.member('PUT', `/subnetpools/${subnetpool_id}`, { subnetpool: { address_scope_id: null } });
  expect(server.casts).toContainEqual(
    expect.objectContaining({ method: 'routers_updated', args: { routers: [router.id] } }),
  );
  expect(await scopes()).toEqual([undefined, undefined]);
});
