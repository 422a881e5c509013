import { createPrivateKey, createPublicKey } from 'node:crypto';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { computeServer, type ComputeServer } from '../../support/compute.ts';

let cloud: ComputeServer;
beforeEach(async () => {
  cloud = await computeServer();
});
afterEach(() => cloud[Symbol.asyncDispose]());

const create = (keypair: object) => cloud.member('POST', '/v2.1/os-keypairs', { keypair });

it('makes a pair whose halves belong together, in a form that SSH clients read', async () => {
  const { status, body } = await create({ name: 'k1' });
  expect(status).toBe(200);
  expect(Object.keys(body.keypair).sort()).toEqual([
    'fingerprint',
    'name',
    'private_key',
    'public_key',
    'user_id',
  ]);
  expect(body.keypair.private_key).toMatch(/^-----BEGIN EC PRIVATE KEY-----/);
  const { x, y } = createPublicKey(createPrivateKey(body.keypair.private_key)).export({ format: 'jwk' });
  const blob = Buffer.from(body.keypair.public_key.split(' ')[1], 'base64');
  const point = Buffer.concat([Buffer.from(x!, 'base64url'), Buffer.from(y!, 'base64url')]);
  expect(blob.subarray(-64).equals(point)).toBe(true);
});

it('takes a public key and never shows a private one again', async () => {
  const { public_key, fingerprint } = (await create({ name: 'k1' })).body.keypair;
  const { body } = await create({ name: 'k2', public_key });
  expect(body.keypair).not.toHaveProperty('private_key');
  expect(body.keypair.fingerprint).toBe(fingerprint);
  const shown = await cloud.member('GET', '/v2.1/os-keypairs/k1');
  expect(shown.body.keypair).not.toHaveProperty('private_key');
});

it('refuses what is no key with 400 and a taken name with 409', async () => {
  expect((await create({ name: 'k1', public_key: 'ssh-rsa nonsense' })).status).toBe(400);
  expect((await create({ name: 'k1', colour: 'red' })).status).toBe(400);
  expect((await create({ name: 'k1' })).status).toBe(200);
  expect((await create({ name: 'k1' })).status).toBe(409);
});

it('deletes with 202, and belongs to its user alone', async () => {
  await create({ name: 'k1' });
  expect((await cloud.stranger('GET', '/v2.1/os-keypairs/k1')).status).toBe(404);
  expect((await cloud.member('DELETE', '/v2.1/os-keypairs/k1')).status).toBe(202);
  expect((await cloud.member('DELETE', '/v2.1/os-keypairs/k1')).status).toBe(404);
});
