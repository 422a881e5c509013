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
