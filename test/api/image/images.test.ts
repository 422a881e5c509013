// The Image API as its clients use it, over a real server, a database in memory and real files.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createImageApp } from '../../../server/cloud/image/api.ts';
import { openCatalog, type Catalog, type ImageTables } from '../../../server/cloud/image/catalog.ts';
import { seedImages } from '../../../server/cloud/image/seed.ts';
import { authenticateWith } from '../../../server/cloud/identity/authenticate.ts';
import { adminContext } from '../../../server/cloud/model/context.ts';
import { openSqlite } from '../../../server/cloud/store/sqlite.ts';
import { listen, type Listening } from '../../../server/lib/http.ts';
import { silentLogger } from '../../../server/lib/log.ts';

const callers = {
  admin: { ...adminContext(), project_id: 'a'.repeat(32) },
  alice: { ...adminContext(), project_id: 'b'.repeat(32), roles: ['member'], is_admin: false },
  bob: { ...adminContext(), project_id: 'c'.repeat(32), roles: ['member'], is_admin: false },
};
const folder = mkdtempSync(join(tmpdir(), 'image-test-'));
let server: Listening;
let catalog: Catalog;

beforeAll(async () => {
  catalog = await openCatalog(openSqlite<ImageTables>('sqlite://'), join(folder, 'images'));
  const app = createImageApp({
    catalog,
    authenticate: authenticateWith((token) => callers[token as keyof typeof callers]),
    log: silentLogger,
  });
  server = await listen(app, { host: '127.0.0.1', port: 0, log: silentLogger });
});
afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function ask(who: string, method: string, path: string, body?: unknown, type = 'application/json') {
  const response = await fetch(server.url + path, {
    method,
    headers: { 'x-auth-token': who, 'content-type': type },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.includes('json') === true;
  return {
    status: response.status,
    text,
    body: isJson ? JSON.parse(text) : undefined,
    headers: response.headers,
  };
}
const create = async (who: string, body: unknown) =>
  (await ask(who, 'POST', '/v2/images', body)).body.id as string;

describe('images', () => {
  it('goes from queued to active with its data, and gives the data back', async () => {
    const id = await create('alice', {
      name: 'tiny',
      container_format: 'bare',
      disk_format: 'raw',
      os_distro: 'none',
    });
    expect((await ask('alice', 'GET', `/v2/images/${id}`)).body).toMatchObject({
      status: 'queued',
      size: null,
      os_distro: 'none',
    });
    expect((await ask('alice', 'GET', `/v2/images/${id}/file`)).status).toBe(204);
    expect(
      (await ask('alice', 'PUT', `/v2/images/${id}/file`, 'hello', 'application/octet-stream')).status,
    ).toBe(204);
    expect((await ask('alice', 'GET', `/v2/images/${id}`)).body).toMatchObject({
      status: 'active',
      size: 5,
      checksum: '5d41402abc4b2a76b9719d911017c592',
      os_hash_algo: 'sha512',
    });
    expect((await ask('alice', 'GET', `/v2/images/${id}/file`)).text).toBe('hello');
    expect(
      (await ask('alice', 'PUT', `/v2/images/${id}/file`, 'again', 'application/octet-stream')).status,
    ).toBe(409);
  });

  it('is hidden from other projects unless it is public', async () => {
    const id = await create('alice', { name: 'mine' });
    expect((await ask('bob', 'GET', `/v2/images/${id}`)).status).toBe(404);
    expect((await ask('alice', 'POST', '/v2/images', { name: 'p', visibility: 'public' })).status).toBe(403);
    const open = await create('admin', { name: 'open', visibility: 'public' });
    expect((await ask('bob', 'GET', `/v2/images/${open}`)).status).toBe(200);
    expect((await ask('bob', 'DELETE', `/v2/images/${open}`)).status).toBe(403);
  });

  it('is found by name and paged', async () => {
    const names = ['page-1', 'page-2', 'page-3'];
    for (const name of names) await create('bob', { name, tags: ['paged'] });
    expect((await ask('bob', 'GET', '/v2/images?name=page-2')).body.images).toHaveLength(1);
    const first = (await ask('bob', 'GET', '/v2/images?limit=2')).body;
    expect(first.images).toHaveLength(2);
    const second = (await ask('bob', 'GET', first.next)).body;
    expect(second.images[0].id).not.toBe(first.images[1].id);
    expect((await ask('bob', 'GET', '/v2/images?tag=paged')).body.images).toHaveLength(3);
  });

  it('is changed by a patch, protected from deletion, then deleted', async () => {
    const id = await create('alice', { name: 'old', colour: 'red' });
    const patch = [
      { op: 'replace', path: '/name', value: 'new' },
      { op: 'replace', path: '/protected', value: true },
      { op: 'remove', path: '/colour' },
    ];
    const patched = (
      await ask('alice', 'PATCH', `/v2/images/${id}`, patch, 'application/openstack-images-v2.1-json-patch')
    ).body;
    expect(patched).toMatchObject({ name: 'new', protected: true });
    expect(patched).not.toHaveProperty('colour');
    expect((await ask('alice', 'DELETE', `/v2/images/${id}`)).status).toBe(403);
    await ask('alice', 'PATCH', `/v2/images/${id}`, [{ op: 'replace', path: '/protected', value: false }]);
    expect((await ask('alice', 'DELETE', `/v2/images/${id}`)).status).toBe(204);
    expect((await ask('alice', 'GET', `/v2/images/${id}`)).status).toBe(404);
  });

  it.each([
    [{ name: 7 }, 400, 'name'],
    [{ visibility: 'secret' }, 400, 'visibility'],
    [{ min_disk: -1 }, 400, 'min_disk'],
    [{ status: 'active' }, 403, 'status'],
    ['[]', 400, 'JSON object'],
  ])('refuses %j with a sentence that names the attribute', async (body, status, word) => {
    const before = (await ask('admin', 'GET', '/v2/images')).body.images.length;
    const answer = await ask('alice', 'POST', '/v2/images', body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.message).toContain(word);
    expect((await ask('admin', 'GET', '/v2/images')).body.images).toHaveLength(before);
  });

  it('registers the images of the seed folder once', async () => {
    const seed = mkdtempSync(join(folder, 'seed-'));
    writeFileSync(join(seed, 'cirros.tar.gz'), 'data');
    await seedImages(catalog, seed, silentLogger);
    await seedImages(catalog, seed, silentLogger);
    const { images } = (await ask('bob', 'GET', '/v2/images?name=cirros')).body;
    expect(images).toHaveLength(1);
    expect(images[0]).toMatchObject({ status: 'active', visibility: 'public', size: 4 });
  });

  it('asks for a token', async () => {
    expect((await ask('nobody', 'GET', '/v2/images')).status).toBe(401);
    expect((await ask('nobody', 'GET', '/')).status).toBe(300);
  });
});
