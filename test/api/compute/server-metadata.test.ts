import { afterAll, beforeAll, expect, it } from 'vitest';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let path: string;

beforeAll(async () => {
  cloud = await computeServer();
  await cloud.hostsUp('compute1');
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  const wish = { name: 'vm01', imageRef: cloud.imageId, flavorRef: '1', networks: [{ uuid: network.id }] };
  const { body } = await cloud.member('POST', '/v2.1/servers', { server: wish });
  path = `/v2.1/servers/${body.server.id}`;
});
afterAll(() => cloud[Symbol.asyncDispose]());

const shown = async () => (await cloud.member('GET', path)).body.server.metadata;

it('adds to, replaces and shows the metadata of an instance', async () => {
  const added = await cloud.member('POST', `${path}/metadata`, { metadata: { role: 'web' } });
  expect([added.status, added.body]).toEqual([200, { metadata: { role: 'web' } }]);
  await cloud.member('POST', `${path}/metadata`, { metadata: { tier: 'front' } });
  expect(await shown()).toEqual({ role: 'web', tier: 'front' });
  await cloud.member('PUT', `${path}/metadata`, { metadata: { only: 'this' } });
  expect(await shown()).toEqual({ only: 'this' });
});

it('keeps single items', async () => {
  await cloud.member('PUT', `${path}/metadata`, { metadata: {} });
  const { status, body } = await cloud.member('PUT', `${path}/metadata/role`, { meta: { role: 'db' } });
  expect([status, body]).toEqual([200, { meta: { role: 'db' } }]);
  expect((await cloud.member('GET', `${path}/metadata/role`)).body).toEqual({ meta: { role: 'db' } });
  expect((await cloud.member('DELETE', `${path}/metadata/role`)).status).toBe(204);
  expect((await cloud.member('DELETE', `${path}/metadata/role`)).status).toBe(404);
  expect(await shown()).toEqual({});
});

it('refuses what is not text under a name, and strangers, and changes nothing', async () => {
  const before = await shown();
  expect((await cloud.member('POST', `${path}/metadata`, { metadata: { count: 1 } })).status).toBe(400);
  expect((await cloud.member('POST', `${path}/metadata`, { role: 'web' })).status).toBe(400);
  expect((await cloud.member('PUT', `${path}/metadata/role`, { meta: { other: 'db' } })).status).toBe(400);
  expect((await cloud.stranger('POST', `${path}/metadata`, { metadata: { a: 'b' } })).status).toBe(404);
  expect(await shown()).toEqual(before);
});

it('has no quotas of its own, which clients see as unlimited', async () => {
  const project = 'd'.repeat(32);
  const { status, body } = await cloud.member('GET', `/v2.1/os-quota-sets/${project}`);
  expect(status).toBe(200);
  expect(body.quota_set).toMatchObject({ id: project, instances: -1, cores: -1, ram: -1, key_pairs: -1 });
  expect((await cloud.stranger('GET', `/v2.1/os-quota-sets/${project}`)).status).toBe(403);
});
