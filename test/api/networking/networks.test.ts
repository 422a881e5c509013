// Networks and their provider segments.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  other,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
});
afterAll(() => server[Symbol.asyncDispose]());

const vlan = (id: unknown, physical = 'physnet2') => ({
  'provider:network_type': 'vlan',
  'provider:physical_network': physical,
  'provider:segmentation_id': id,
});
const create = async (network: object) => refusal(await server.admin('POST', '/networks', { network }));

describe('provider attributes', () => {
  it('a VLAN is given once, and free again when its network is deleted', async () => {
    const first = await make(server.admin, 'network', vlan(500));
    expect(await create(vlan(500))).toBe(
      '409 VlanIdInUse: Unable to create the network. The VLAN 500 on physical network physnet2 is in use.',
    );
    expect((await make(server.admin, 'network', vlan(500, 'physnet1'))).status).toBe('ACTIVE');
    expect((await server.admin('DELETE', `/networks/${first.id}`)).status).toBe(204);
    await make(server.admin, 'network', vlan(500));
  });

  it('a physical network carries one flat network', async () => {
    const flat = { 'provider:network_type': 'flat', 'provider:physical_network': 'physnet9' };
    await make(server.admin, 'network', flat);
    expect(await create(flat)).toBe(
      '409 FlatNetworkInUse: Unable to create the flat network. Physical network physnet9 is in use.',
    );
  });

  it.each([
    [{ ...vlan(0) }, 'segmentation_id out of range (1 through 4094).'],
    [{ ...vlan(4095) }, 'segmentation_id out of range (1 through 4094).'],
    [{ ...vlan(101, 'nowhere') }, "physical_network 'nowhere' unknown for VLAN provider network."],
    [
      { 'provider:network_type': 'vlan', 'provider:segmentation_id': 7 },
      'segmentation_id requires physical_network for VLAN provider network.',
    ],
    [{ 'provider:network_type': 'flat' }, 'physical_network required for flat provider network.'],
    [
      { 'provider:network_type': 'flat', 'provider:physical_network': 'p', 'provider:segmentation_id': 1 },
      'segmentation_id prohibited for flat provider network.',
    ],
    [
      { 'provider:network_type': 'local', 'provider:segmentation_id': 1 },
      'provider:segmentation_id prohibited for local provider network.',
    ],
    [{ 'provider:network_type': 'magic' }, 'provider:network_type magic not supported.'],
    [{ 'provider:segmentation_id': 1 }, 'provider:network_type required.'],
  ])('%j is refused', async (attributes, reason) => {
    expect(await create(attributes)).toBe(`400 InvalidInput: Invalid input for operation: ${reason}`);
  });

  it('tenants get the free VLANs of the ranges in order, until there is none', async () => {
    await using small = await networkingServer({
      settings: { quotas: {}, ml2: { network_vlan_ranges: ['physnet2:100:102'] } },
    });
    await make(small.admin, 'network', vlan(101));
    const ids = [];
    for (let count = 0; count < 2; count++) {
      const { id } = await make(small.member, 'network', { name: 'mine' });
      ids.push((await small.admin('GET', `/networks/${id}`)).body.network['provider:segmentation_id']);
    }
    expect(ids).toEqual([100, 102]);
    expect(refusal(await small.member('POST', '/networks', { network: {} }))).toBe(
      '503 NoNetworkAvailable: Unable to create the network. No tenant network is available for allocation.',
    );
  });

  it('many at once get distinct VLANs', async () => {
    await using fresh = await networkingServer({
      settings: { quotas: {}, ml2: { network_vlan_ranges: ['physnet2:1000:1100'] } },
    });
    const made = await Promise.all(Array.from({ length: 40 }, () => make(fresh.admin, 'network', {})));
    expect(new Set(made.map((network) => network['provider:segmentation_id'])).size).toBe(40);
  });
});

describe('who sees a network', () => {
  it('its project, everybody if shared or external; provider attributes only an administrator', async () => {
    const own = await make(server.admin, 'network', { name: 'own', tenant_id: demo });
    const shared = await make(server.admin, 'network', { name: 'all', shared: true });
    const external = await make(server.admin, 'network', { name: 'ext', 'router:external': true });
    const hidden = await make(server.admin, 'network', { name: 'hidden', tenant_id: other });
    const { body } = await server.member('GET', '/networks');
    const ids = body.networks.map(({ id }: { id: string }) => id);
    expect(ids).toEqual(expect.arrayContaining([own.id, shared.id, external.id]));
    expect(ids).not.toContain(hidden.id);
    expect((await server.member('GET', `/networks/${hidden.id}`)).status).toBe(404);
    expect(Object.keys(body.networks[0])).not.toContain('provider:network_type');
  });

  it('a shared network may be used but not changed by others', async () => {
    const { network, subnet } = await makeNetwork(server.admin, '10.7.0.0/24', { shared: true });
    const port = await make(server.member, 'port', { network_id: network.id });
    expect(port.fixed_ips).toMatchObject([{ subnet_id: subnet.id }]);
    expect(refusal(await server.member('PUT', `/networks/${network.id}`, { network: { name: 'x' } }))).toBe(
      '403 PolicyNotAuthorized: rule:update_network is disallowed by policy',
    );
    expect(
      refusal(await server.admin('PUT', `/networks/${network.id}`, { network: { shared: false } })),
    ).toMatch(/^409 InvalidSharedSetting: /);
  });
});

describe('a network that is deleted', () => {
  it('takes its subnets along, but not while ports are on it', async () => {
    const { network, subnet } = await makeNetwork(server.admin, '10.8.0.0/24');
    const port = await make(server.admin, 'port', { network_id: network.id });
    const refused = await server.admin('DELETE', `/networks/${network.id}`);
    expect(refusal(refused)).toBe(
      `409 NetworkInUse: Unable to complete operation on network ${network.id}. There are one or more ports still in use on the network, id for these ports is: ${port.id}.`,
    );
    expect((await server.admin('GET', `/subnets/${subnet.id}`)).status).toBe(200);
    await server.admin('DELETE', `/ports/${port.id}`);
    const gone = await server.admin('DELETE', `/networks/${network.id}`);
    expect([gone.status, gone.body]).toEqual([204, undefined]);
    expect((await server.admin('GET', `/subnets/${subnet.id}`)).status).toBe(404);
    expect((await server.admin('DELETE', `/networks/${network.id}`)).status).toBe(404);
  });
});

describe('bulk', () => {
  it('makes all, in the order sent', async () => {
    const networks = ['a', 'b', 'c'].map((name) => ({ name }));
    const answer = await server.admin('POST', '/networks', { networks });
    expect(answer.status).toBe(201);
    expect(answer.body.networks.map(({ name }: { name: string }) => name)).toEqual(['a', 'b', 'c']);
  });

  it('makes none when one cannot be made', async () => {
    const networks = [{ name: 'half' }, { name: 'half', ...vlan(600) }, { name: 'half', ...vlan(600) }];
    expect((await server.admin('POST', '/networks', { networks })).status).toBe(409);
    expect((await server.admin('GET', '/networks?name=half')).body.networks).toEqual([]);
    await make(server.admin, 'network', vlan(600));
  });
});

it('an MTU within the limit is kept, others are refused', async () => {
  expect((await make(server.admin, 'network', { mtu: 1400 })).mtu).toBe(1400);
  expect(await create({ mtu: 1501 })).toBe(
    '400 InvalidInput: Invalid input for operation: Requested MTU is too big, maximum is 1500.',
  );
});
