// A project's network, subnets and router, made by asking for them.
import { expect, it } from 'vitest';
import { demo, make, makePublic, networkingServer, other, refusal } from '../../support/networking.ts';

const path = '/auto-allocated-topology';

async function ready() {
  const server = await networkingServer();
  const { network } = await makePublic(server.admin);
  await server.admin('PUT', `/networks/${network.id}`, { network: { is_default: true } });
  await make(server.admin, 'subnetpool', {
    ...{ name: 'p', prefixes: ['10.0.0.0/23'], default_prefixlen: 24, shared: true, is_default: true },
  });
  return { server, external: network };
}

it('is made once, with a way out, and taken away whole', async () => {
  const { server, external } = await ready();
  await using _ = server;
  const dry = await server.member('GET', `${path}/${demo}?fields=dry-run`);
  expect(dry.body.auto_allocated_topology).toEqual({
    id: 'dry-run=pass',
    tenant_id: demo,
    project_id: demo,
  });
  const asked = await Promise.all([1, 2, 3].map(() => server.member('GET', `${path}/None`)));
  const ids = new Set(asked.map(({ body }) => body.auto_allocated_topology.id as string));
  expect(ids.size).toBe(1);
  const [id] = ids;
  const { network } = (await server.member('GET', `/networks/${id}`)).body;
  expect(network).toMatchObject({ name: 'auto_allocated_network', tenant_id: demo, admin_state_up: true });
  const [subnet] = (await server.member('GET', `/subnets?network_id=${id}`)).body.subnets;
  expect(subnet).toMatchObject({ name: 'auto_allocated_subnet_v4', cidr: '10.0.0.0/24', tenant_id: demo });
  const { routers } = (await server.member('GET', '/routers')).body;
  expect(routers).toMatchObject([
    { name: 'auto_allocated_router', external_gateway_info: { network_id: external.id } },
  ]);
  const { ports } = (await server.admin('GET', `/ports?device_id=${routers[0].id}&network_id=${id}`)).body;
  expect(ports).toMatchObject([{ fixed_ips: [{ ip_address: '10.0.0.1' }] }]);

  expect((await server.member('DELETE', `${path}/${demo}`)).status).toBe(204);
  expect((await server.member('DELETE', `${path}/${demo}`)).status).toBe(204);
  expect((await server.member('GET', `/networks/${id}`)).status).toBe(404);
  expect((await server.member('GET', '/routers')).body.routers).toEqual([]);
});

it('stays whole while a port uses it', async () => {
  const { server } = await ready();
  await using _ = server;
  const { id } = (await server.member('GET', `${path}/${demo}`)).body.auto_allocated_topology;
  await make(server.member, 'port', { network_id: id });
  expect((await server.member('DELETE', `${path}/${demo}`)).status).toBe(409);
  expect((await server.member('GET', '/routers')).body.routers).toHaveLength(1);
});

it('needs a default external network and a default pool that is not used up', async () => {
  await using server = await networkingServer();
  const asked = async () => refusal(await server.member('GET', `${path}/${demo}`));
  expect(await asked()).toBe(
    '409 AutoAllocationFailure: Deployment error: No default router:external network.',
  );
  const { network } = await makePublic(server.admin);
  await server.admin('PUT', `/networks/${network.id}`, { network: { is_default: true } });
  expect(await asked()).toBe(
    '409 AutoAllocationFailure: Deployment error: Unable to provide project private network.',
  );
  expect(refusal(await server.member('GET', `${path}/${demo}?fields=dry-run`))).toBe(
    '409 AutoAllocationFailure: Deployment error: No default subnetpools defined.',
  );
  const prefixes = { prefixes: ['10.0.0.0/24'], default_prefixlen: 24 };
  await make(server.admin, 'subnetpool', { name: 'p', ...prefixes, is_default: true });
  expect((await server.stranger('GET', `${path}/None`)).status).toBe(200);
  expect(await asked()).toBe(
    '409 AutoAllocationFailure: Deployment error: Unable to provide project private network.',
  );
  expect((await server.member('GET', '/networks?name=auto_allocated_network')).body.networks).toEqual([]);
});

it('belongs to its project', async () => {
  const { server } = await ready();
  await using _ = server;
  expect(refusal(await server.member('GET', `${path}/${other}`))).toBe('403 NotAuthorized: Not authorized.');
  expect((await server.member('DELETE', `${path}/${other}`)).status).toBe(403);
  const { id } = (await server.admin('GET', `${path}/${other}`)).body.auto_allocated_topology;
  expect((await server.stranger('GET', `/networks/${id}`)).body.network.tenant_id).toBe(other);
});

it('one external network is the default, and only while it is external', async () => {
  const { server, external } = await ready();
  await using _ = server;
  const more = { name: 'more', 'router:external': true, is_default: true };
  expect(refusal(await server.admin('POST', '/networks', { network: more }))).toBe(
    `409 DefaultExternalNetworkExists: A default external network already exists: ${external.id}.`,
  );
  expect(await make(server.admin, 'network', { is_default: true })).toMatchObject({ is_default: false });
  const changes = { network: { 'router:external': false } };
  expect((await server.admin('PUT', `/networks/${external.id}`, changes)).body.network.is_default).toBe(
    false,
  );
  expect((await server.admin('POST', '/networks', { network: more })).status).toBe(201);
});
