import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seedImages } from '../../../server/cloud/image/app.ts';
import { silentLogger } from '../../../server/lib/log.ts';
import { startImages, type RunningImages } from '../../support/image.ts';

const seedFolder = mkdtempSync(join(tmpdir(), 'seed-'));
let images: RunningImages;
let url: string;

beforeAll(async () => {
  writeFileSync(join(seedFolder, 'cirros.tar'), 'a root file system');
  writeFileSync(join(seedFolder, 'readme.txt'), 'not an image');
  images = await startImages();
  url = images.url;
  await seedImages(images.service, seedFolder, silentLogger);
});
afterAll(async () => {
  await images.close();
  rmSync(seedFolder, { recursive: true });
});

const ask: RunningImages['ask'] = (...asked) => images.ask(...asked);

const upload = (id: string, data: string, token = 'one') =>
  fetch(`${url}/v2/images/${id}/file`, {
    method: 'PUT',
    headers: { 'x-auth-token': token, 'content-type': 'application/octet-stream' },
    body: data,
  });

it('tells its versions to anybody and asks for a token otherwise', async () => {
  const versions = await ask('GET', '/');
  expect(versions.status).toBe(300);
  expect(versions.body.versions[0]).toMatchObject({ id: 'v2.2', status: 'CURRENT' });
  const refused = await fetch(`${url}/v2/images`);
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ error: { code: 401, title: 'Unauthorized' } });
});

it('makes a public image of each seed, once', async () => {
  const found = (await ask('GET', '/v2/images?name=cirros')).body.images;
  expect(found).toHaveLength(1);
  expect(found[0]).toMatchObject({
    status: 'active',
    visibility: 'public',
    size: 18,
    checksum: createHash('md5').update('a root file system').digest('hex'),
    os_hash_algo: 'sha512',
    os_hash_value: createHash('sha512').update('a root file system').digest('hex'),
  });
  expect((await ask('DELETE', `/v2/images/${found[0].id}`, { token: 'admin' })).status).toBe(204);
  await seedImages(images.service, seedFolder, silentLogger);
  expect((await ask('GET', '/v2/images?name=cirros')).body.images).toEqual([]);
});

it('takes an image with its data and gives it back', async () => {
  const body = { name: 'mine', disk_format: 'raw', container_format: 'bare', os_distro: 'debian' };
  const made = await ask('POST', '/v2/images', { body });
  expect(made.status).toBe(201);
  expect(made.body).toMatchObject({
    ...body,
    status: 'queued',
    visibility: 'shared',
    owner: 'one',
    size: null,
  });
  const { id } = made.body;
  expect((await ask('GET', `/v2/images/${id}/file`)).status).toBe(204);
  expect((await upload(id, 'bytes')).status).toBe(204);
  expect((await ask('GET', `/v2/images/${id}`)).body).toMatchObject({ status: 'active', size: 5 });
  expect((await ask('GET', `/v2/images/${id}/file`)).body).toBe('bytes');
  expect((await upload(id, 'again')).status).toBe(409);
  expect((await ask('DELETE', `/v2/images/${id}`)).status).toBe(204);
  expect((await ask('GET', `/v2/images/${id}`)).status).toBe(404);
  expect(readdirSync(images.folder)).not.toContain(id);
});

it('changes attributes by a JSON patch', async () => {
  const { id } = (await ask('POST', '/v2/images', { body: { name: 'a', colour: 'red' } })).body;
  const patch = [
    { op: 'replace', path: '/name', value: 'b' },
    { op: 'remove', path: '/colour' },
    { op: 'add', path: '/size_class', value: 'small' },
  ];
  const changed = await ask('PATCH', `/v2/images/${id}`, {
    body: patch,
    headers: { 'content-type': 'application/openstack-images-v2.1-json-patch' },
  });
  expect(changed.body).toMatchObject({ name: 'b', size_class: 'small' });
  expect(changed.body).not.toHaveProperty('colour');
  expect((await ask('PUT', `/v2/images/${id}/tags/x`)).status).toBe(204);
  expect((await ask('GET', '/v2/images?tag=x')).body.images).toMatchObject([{ id, tags: ['x'] }]);
});

it('hides the images of others and leaves publishing to administrators', async () => {
  const { id } = (await ask('POST', '/v2/images', { body: { name: 'secret' } })).body;
  expect((await ask('GET', `/v2/images/${id}`, { token: 'two' })).status).toBe(404);
  expect((await ask('GET', '/v2/images?name=secret', { token: 'two' })).body.images).toEqual([]);
  const publish = [{ op: 'replace', path: '/visibility', value: 'public' }];
  expect((await ask('PATCH', `/v2/images/${id}`, { body: publish })).status).toBe(403);
  expect((await ask('PATCH', `/v2/images/${id}`, { body: publish, token: 'admin' })).status).toBe(200);
  expect((await ask('GET', `/v2/images/${id}`, { token: 'two' })).status).toBe(200);
  expect((await ask('DELETE', `/v2/images/${id}`, { token: 'two' })).status).toBe(403);
});

it('does not delete a protected image', async () => {
  const { id } = (await ask('POST', '/v2/images', { body: { name: 'kept', protected: true } })).body;
  expect((await ask('DELETE', `/v2/images/${id}`)).status).toBe(403);
});

it.each([
  [{ disk_format: 'paper' }],
  [{ min_disk: -1 }],
  [{ min_ram: 2 ** 31 }],
  [{ owner: null }],
  [{ ['x'.repeat(256)]: '' }],
  [{ name: 'x'.repeat(256) }],
  [{ id: 'not-a-uuid' }],
  [{ colour: 5 }],
  [[]],
])('refuses %j with 400', async (body) => {
  const answer = await ask('POST', '/v2/images', { body });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 400 } } });
});

it('refuses what is read-only with 403, and a property that is not there with 409', async () => {
  expect((await ask('POST', '/v2/images', { body: { size: 5 } })).status).toBe(403);
  const { id } = (await ask('POST', '/v2/images', { body: { name: 'a' } })).body;
  const patched = async (step: object) => (await ask('PATCH', `/v2/images/${id}`, { body: [step] })).status;
  expect(await patched({ op: 'replace', path: '/status', value: 'active' })).toBe(403);
  expect(await patched({ op: 'remove', path: '/name' })).toBe(403);
  expect(await patched({ op: 'remove', path: '/colour' })).toBe(409);
  expect(await patched({ op: 'replace', path: '/colour', value: 'red' })).toBe(409);
});

it('keeps all of what is changed at once', async () => {
  const { id } = (await ask('POST', '/v2/images', { body: { name: 'a' } })).body;
  const names = Array.from({ length: 16 }, (_, n) => `n${n}`);
  await Promise.all(
    names.flatMap((name) => [
      ask('PATCH', `/v2/images/${id}`, { body: [{ op: 'add', path: `/${name}`, value: name }] }),
      ask('PUT', `/v2/images/${id}/tags/${name}`),
    ]),
  );
  const { tags, ...image } = (await ask('GET', `/v2/images/${id}`)).body;
  expect(image).toMatchObject(Object.fromEntries(names.map((name) => [name, name])));
  expect(tags.toSorted()).toEqual(names.toSorted());
});
