import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { computeServer, metadataSecret, type ComputeServer } from '../../support/compute.ts';
import { demo, makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let id: string;
let publicKey: string;

beforeEach(async () => {
  cloud = await computeServer();
  await cloud.hostsUp('compute1');
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  const made = await cloud.member('POST', '/v2.1/os-keypairs', { keypair: { name: 'k1' } });
  publicKey = made.body.keypair.public_key;
  const { body } = await cloud.member('POST', '/v2.1/servers', {
    server: {
      name: 'Web Server_1',
      imageRef: cloud.imageId,
      flavorRef: '1',
      key_name: 'k1',
      networks: [{ uuid: network.id }],
      user_data: Buffer.from('#!/bin/sh\necho hello\n').toString('base64'),
    },
  });
  id = body.server.id;
});
afterEach(() => cloud[Symbol.asyncDispose]());

const headers = (secret = metadataSecret, tenant = demo) => ({
  'X-Instance-ID': id,
  'X-Tenant-ID': tenant,
  'X-Instance-ID-Signature': createHmac('sha256', secret).update(id).digest('hex'),
});
const get = async (path: string) => (await cloud.metadata(path, headers())).text;

it('gives an instance its name, key and user data', async () => {
  expect(await get('/2009-04-04/meta-data/instance-id')).toBe('i-00000001');
  expect(await get('/latest/meta-data/hostname')).toBe('web-server-1.novalocal');
  expect(await get('/latest/meta-data/public-keys/')).toBe('0=k1');
  expect((await get('/latest/meta-data/public-keys/0/openssh-key')).trim()).toBe(publicKey);
  expect(await get('/latest/user-data')).toBe('#!/bin/sh\necho hello\n');
});

it('lists folders as EC2 does', async () => {
  expect((await get('/')).split('\n')).toContain('latest');
  const names = (await get('/latest/meta-data/')).split('\n');
  expect(names).toEqual(expect.arrayContaining(['hostname', 'local-ipv4', 'public-keys/', 'placement/']));
});

it('describes an instance in the OpenStack form', async () => {
  const described = JSON.parse(await get('/openstack/latest/meta_data.json'));
  expect(described).toMatchObject({ uuid: id, name: 'Web Server_1', public_keys: { k1: publicKey } });
  expect(JSON.parse(await get('/openstack/latest/network_data.json'))).toHaveProperty('links');
});

it('refuses a wrong signature, another project, and who says nothing', async () => {
  const status = async (given: Record<string, string>) => (await cloud.metadata('/latest/', given)).status;
  expect(await status(headers('wrong'))).toBe(403);
  expect(await status(headers(metadataSecret, 'f'.repeat(32)))).toBe(404);
  expect(await status({})).toBe(400);
  expect((await cloud.metadata('/latest/meta-data/nope', headers())).status).toBe(404);
});

it('keeps the password that an instance tells, once, until its user takes it away', async () => {
  const tell = async (path: string, text: string) => (await cloud.metadata(path, headers(), text)).status;
  const path = '/openstack/2013-10-17/password';
  expect(await tell('/openstack/2013-10-17/other', 'x')).toBe(404);
  expect(await tell(path, 'x'.repeat(1021))).toBe(400);
  expect(await tell(path, 'scrambled')).toBe(200);
  expect(await tell(path, 'another')).toBe(409);
  expect(await get(path)).toBe('scrambled');
  const shown = async () =>
    (await cloud.member('GET', `/v2.1/servers/${id}/os-server-password`)).body.password;
  expect(await shown()).toBe('scrambled');
  expect((await cloud.member('DELETE', `/v2.1/servers/${id}/os-server-password`)).status).toBe(204);
  expect(await shown()).toBe('');
});

it('gives an instance that asked for a config drive what the service would tell it', async () => {
  expect((await cloud.conductor.instance_get({ uuid: id, host: 'compute1' }))!.config_drive).toBeNull();
  const { body } = await cloud.member('POST', '/v2.1/servers', {
    server: {
      ...{ name: 'with-drive', imageRef: cloud.imageId, flavorRef: '1', networks: [] },
      ...{ config_drive: true, metadata: { colour: 'red' } },
    },
  });
  const { config_drive } = (await cloud.conductor.instance_get({ uuid: body.server.id, host: 'compute1' }))!;
  const file = Buffer.from(config_drive!['openstack/latest/meta_data.json']!, 'base64').toString();
  expect(JSON.parse(file)).toMatchObject({ uuid: body.server.id, meta: { colour: 'red' } });
});
