// Tags: hung on resources, taken off, and lists chosen by them.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer();
});
afterAll(() => server[Symbol.asyncDispose]());

const missing = '11111111-2222-3333-4444-555555555555';

it('are there on every resource of that kind, by every route', async () => {
  const external = await makePublic(server.admin);
  const { network, subnet } = await makeNetwork(server.member, '10.0.0.0/24');
  const made: Record<string, { id: string }> = {
    networks: network,
    subnets: subnet,
    ports: await make(server.member, 'port', { network_id: network.id }),
    routers: await make(server.member, 'router', {}),
    subnetpools: await make(server.member, 'subnetpool', { name: 'p', prefixes: ['10.0.0.0/8'] }),
    floatingips: await make(server.member, 'floatingip', { floating_network_id: external.network.id }),
    'qos/policies': (await server.admin('POST', '/qos/policies', { policy: { name: 'p', tenant_id: demo } }))
      .body.policy,
    'security-groups': await make(server.member, 'security_group', { name: 'g' }),
  };
  for (const [collection, { id }] of Object.entries(made)) {
    const path = `/${collection}/${id}`;
    const plural = collection.replace('qos/', '').replace('-', '_');
    const shown = async () =>
      Object.values((await server.member('GET', path)).body as Record<string, { tags: string[] }>)[0]!.tags;
    expect(await shown(), collection).toEqual([]);
    const put = await server.member('PUT', `${path}/tags/red`, '"{}"');
    expect([put.status, put.body], collection).toEqual([201, undefined]);
    expect((await server.member('PUT', `${path}/tags/red`)).status).toBe(201);
    expect(await shown()).toEqual(['red']);
    expect((await server.member('GET', `${path}/tags/red`)).status).toBe(204);
    const other = `/${collection}/${id}/tags/blue`;
    expect(refusal(await server.member('GET', other))).toBe('404 TagNotFound: Tag blue could not be found.');
    expect(refusal(await server.member('DELETE', other))).toBe(
      '404 TagNotFound: Tag blue could not be found.',
    );
    const more = await server.member('POST', `${path}/tags`, { tags: ['red', 'green'] });
    expect([more.status, more.body]).toEqual([201, { tags: ['red', 'green'] }]);
    expect((await server.member('GET', `${path}/tags`)).body.tags).toContain('green');
    expect((await server.stranger('POST', `${path}/tags`, { tags: ['x'] })).status).toBe(404);
    expect((await server.member('POST', `${path}/tags`, { tags: 'x' })).status).toBe(400);
    const replaced = await server.member('PUT', `${path}/tags`, { tags: ['blue', 'a b/c%'] });
    expect([replaced.status, replaced.body]).toEqual([200, { tags: ['blue', 'a b/c%'] }]);
    expect((await server.member('GET', `${path}/tags`)).body).toEqual({ tags: ['blue', 'a b/c%'] });
    const encoded = `${path}/tags/${encodeURIComponent('a b/c%')}`;
    expect((await server.member('DELETE', encoded)).status).toBe(204);
    expect(await shown()).toEqual(['blue']);
    expect((await server.member('DELETE', `${path}/tags`)).status).toBe(204);
    expect(await shown()).toEqual([]);
    expect(refusal(await server.member('GET', `/${collection}/${missing}/tags`))).toBe(
      `404 TagResourceNotFound: Resource ${plural} ${missing} could not be found.`,
    );
    expect((await server.stranger('PUT', `${path}/tags/red`)).status, collection).toBe(404);
  }
});

it('grow the revision, and only when something changes', async () => {
  const { id } = await make(server.member, 'router', {});
  const revision = async () => (await server.member('GET', `/routers/${id}`)).body.router.revision_number;
  const before = await revision();
  await server.member('PUT', `/routers/${id}/tags/a`);
  expect(await revision()).toBe(before + 1);
  await server.member('PUT', `/routers/${id}/tags/a`);
  expect(await revision()).toBe(before + 1);
});

it('are given with a port when it is made, and with no other resource', async () => {
  const network = await make(server.member, 'network', {});
  const body = { ports: [{ network_id: network.id, tags: ['a', 'b'] }, { network_id: network.id }] };
  const made = (await server.member('POST', '/ports', body)).body.ports;
  expect(made.map(({ tags }: { tags: string[] }) => tags)).toEqual([['a', 'b'], []]);
  const found = (await server.member('GET', `/ports?tags=a,b&network_id=${network.id}`)).body.ports;
  expect(found.map(({ id }: { id: string }) => id)).toEqual([made[0].id]);
  expect(refusal(await server.member('POST', '/networks', { network: { tags: ['a'] } }))).toBe(
    "400 HTTPBadRequest: Attribute 'tags' not allowed in POST",
  );
});

describe('lists', () => {
  it('are chosen by all, any, not all and none of some tags', async () => {
    const sets: Record<string, string[]> = {
      rb: ['red', 'blue'],
      r: ['red'],
      g: ['green'],
      none: [],
    };
    await using own = await networkingServer();
    for (const [name, tags] of Object.entries(sets)) {
      const { id } = await make(own.member, 'network', { name });
      await own.member('PUT', `/networks/${id}/tags`, { tags });
    }
    const chosen = async (query: string) => {
      const { body } = await own.member('GET', `/networks?fields=name&sort_key=name&${query}`);
      return body.networks.map(({ name }: { name: string }) => name);
    };
    expect(await chosen('tags=red')).toEqual(['r', 'rb']);
    expect(await chosen('tags=red,blue')).toEqual(['rb']);
    expect(await chosen('tags=red&tags=blue')).toEqual(['rb']);
    expect(await chosen('tags-any=blue,green')).toEqual(['g', 'rb']);
    expect(await chosen('not-tags=red,blue')).toEqual(['g', 'none', 'r']);
    expect(await chosen('not-tags-any=red,blue')).toEqual(['g', 'none']);
    expect(await chosen('tags=red&not-tags=blue')).toEqual(['r']);
    expect(await chosen('tags=redd')).toEqual([]);
    expect(await chosen('limit=1&tags-any=red')).toEqual([expect.stringMatching(/^rb?$/)]);
  });
});

it('are text of up to 255 characters, each once', async () => {
  const { id } = await make(server.member, 'network', {});
  const path = `/networks/${id}/tags`;
  const long = 'x'.repeat(256);
  const words = `400 InvalidInput: Invalid input for operation: '${long}' exceeds maximum length of 255.`;
  expect(refusal(await server.member('PUT', `${path}/${long}`))).toBe(words);
  expect(refusal(await server.member('PUT', path, { tags: [long] }))).toBe(words);
  expect((await server.member('PUT', `${path}/${long.slice(1)}`)).status).toBe(201);
  expect(refusal(await server.member('PUT', path, { tags: 'a' }))).toBe(
    "400 InvalidInput: Invalid input for operation: 'a' is not a list.",
  );
  expect(refusal(await server.member('PUT', path, { tags: ['a', 'a'] }))).toBe(
    "400 InvalidInput: Invalid input for operation: Duplicate items in the list: '['a', 'a']'.",
  );
  for (const body of [undefined, 'null', '"{}"', '[]', {}])
    expect(refusal(await server.member('PUT', path, body))).toBe(
      '400 InvalidInput: Invalid input for operation: Invalid tags body.',
    );
});

it('of what others share are theirs alone to change', async () => {
  const { network } = await makeNetwork(server.admin, '10.9.0.0/24', { shared: true });
  await server.admin('PUT', `/networks/${network.id}/tags/a`);
  expect((await server.member('GET', `/networks/${network.id}/tags`)).body).toEqual({ tags: ['a'] });
  expect(refusal(await server.member('PUT', `/networks/${network.id}/tags/b`))).toBe(
    '403 PolicyNotAuthorized: rule:update_networks_tags is disallowed by policy',
  );
  expect((await server.member('DELETE', `/networks/${network.id}/tags`)).status).toBe(403);
});

it('are told of as events', async () => {
  const { id } = await make(server.member, 'network', {});
  server.notifications.splice(0);
  await server.member('PUT', `/networks/${id}/tags/a`);
  const payload = { parent_resource: 'networks', parent_resource_id: id, tags: ['a'] };
  expect(server.notifications).toEqual([
    { event: 'tag.create.start', payload },
    { event: 'tag.create.end', payload },
  ]);
});

it('all stay when many hang theirs on at once', async () => {
  const { id } = await make(server.member, 'network', {});
  const tags = Array.from({ length: 16 }, (_, index) => `t${index}`);
  const answers = await Promise.all(tags.map((tag) => server.member('PUT', `/networks/${id}/tags/${tag}`)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
  const { body } = await server.member('GET', `/networks/${id}/tags`);
  expect(body.tags.toSorted()).toEqual(tags.toSorted());
});
