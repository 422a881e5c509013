// Whatever a client sends, the server answers in the API's form; what it refuses changes nothing, what it accepts is there.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { resources } from '../../../server/cloud/model/index.ts';
import type { Resource } from '../../../server/lib/resource.ts';
import { networkingSchema } from '../../../server/cloud/store/networking-tables.ts';
import { bodyFor, noId, queryFor, seed, type Ids } from '../../support/generated-bodies.ts';
import {
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  type Answer,
  type Ask,
  type NetworkingServer,
} from '../../support/networking.ts';

/** A small cloud with one of everything, owned by the administrator and by a member. */
async function cloud() {
  const server = await networkingServer({ settings: { quotas: {}, service_plugins: ['router', 'qos'] } });
  await server.agentsOn('network');
  const outer = await makePublic(server.admin);
  const ids: Ids = { network: [outer.network.id], subnet: [outer.subnet.id] };
  const keep = (name: string, id: string) => void (ids[name] ??= []).push(id);
  for (const name of ['slow', 'fast']) {
    const { body } = await server.admin('POST', '/qos/policies', {
      policy: { name, shared: name === 'slow' },
    });
    keep('policy', body.policy.id);
  }
  for (const ask of [server.admin, server.member]) {
    const inner = await makeNetwork(ask, '10.0.0.0/24');
    const six = await makeNetwork(ask, 'fd00:1::/64', {}, { ipv6_address_mode: 'slaac' });
    const router = await make(ask, 'router', { external_gateway_info: { network_id: outer.network.id } });
    await ask('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: inner.subnet.id });
    for (const { network, subnet } of [inner, six]) {
      keep('network', network.id);
      keep('subnet', subnet.id);
    }
    keep('router', router.id);
    keep('port', (await make(ask, 'port', { network_id: inner.network.id })).id);
    keep('security_group', (await make(ask, 'security_group', { name: 'g' })).id);
    keep('address_scope', (await make(ask, 'address_scope', { name: 's', ip_version: 4 })).id);
    keep('subnetpool', (await make(ask, 'subnetpool', { name: 'p', prefixes: ['10.50.0.0/16'] })).id);
  }
  return { server, ids };
}

/** The path of a collection, below one of its parents if it has them. */
function pathOf({ path, parent }: Resource, ids: Ids, pick: number): string {
  const parents = parent === undefined ? [] : (ids[parent.name] ?? []);
  return `/${path.replace(':parent', parents[pick % parents.length] ?? noId)}`;
}

/** Every row of every table. */
async function everything({ env }: NetworkingServer): Promise<string> {
  const tables = await Promise.all(networkingSchema.tables.map((table) => env.store.read.all(table)));
  return JSON.stringify(tables);
}

/** Refusals have the one form that clients read. */
function checkRefusal({ status, headers, body }: Answer, asked: string): void {
  expect([400, 403, 404, 409, 503], asked).toContain(status);
  expect(headers.get('content-type'), asked).toMatch(/^application\/json/);
  expect(headers.get('x-openstack-request-id'), asked).toMatch(/^req-/);
  expect(Object.keys(body), asked).toEqual(['NeutronError']);
  expect(body.NeutronError, asked).toEqual({
    type: expect.stringMatching(/^\w+$/),
    message: expect.stringMatching(/./),
    detail: expect.any(String),
  });
}

const callers = ['admin', 'admin', 'member', 'member', 'stranger'] as const;

it(`any body, by anybody (seed ${seed})`, { timeout: 120_000 }, async () => {
  const { server, ids } = await cloud();
  await using _ = server;
  const step = fc
    .tuple(fc.constantFrom(...resources), fc.constantFrom('POST', 'POST', 'PUT', 'DELETE'))
    .chain(([resource, verb]) =>
      fc.record({
        resource: fc.constant(resource),
        verb: fc.constant(verb),
        body: fc.oneof(
          { weight: 20, arbitrary: bodyFor(resource, ids, verb).map((item) => ({ [resource.name]: item })) },
          { weight: 1, arbitrary: bulkFor(resource, ids) },
          { weight: 1, arbitrary: fc.jsonValue() },
        ),
        pick: fc.nat(),
        caller: fc.constantFrom(...callers),
      }),
    );
  const answers = new Map<number, number>();
  let before = await everything(server);
  await fc.assert(
    fc.asyncProperty(step, async ({ resource, body, verb, pick, caller }) => {
      const known = (ids[resource.name] ??= []);
      const id = verb === 'DELETE' && known.length < 7 ? noId : (known[pick % known.length] ?? noId);
      const collection = pathOf(resource, ids, pick);
      const path = `${collection}${verb === 'POST' ? '' : `/${id}`}`;
      const ask = server[caller];
      const answer = await ask(verb, path, verb === 'DELETE' ? undefined : body);
      const asked = JSON.stringify({ caller, verb, path, body, status: answer.status, answer: answer.body });
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
      if (answer.status >= 400) {
        checkRefusal(answer, asked);
        expect(await everything(server), asked).toBe(before);
        return;
      }
      await checkAccepted(ask, resource, { verb, path, collection, answer, known, asked });
      before = await everything(server);
    }),
    { numRuns: 700, seed, endOnFailure: true },
  );
  // the bodies were good enough to reach the rules
  for (const status of [200, 201, 204, 400, 403, 404, 409])
    expect(answers.get(status) ?? 0, String(status)).toBeGreaterThan(1);
});

/** Several at once: all of them are made, or none. */
const bulkFor = (resource: Resource, ids: Ids) =>
  fc.array(bodyFor(resource, ids, 'POST'), { maxLength: 3 }).map((items) => ({ [resource.plural]: items }));

/** What was made or changed is what a GET shows then; what was deleted is gone. */
async function checkAccepted(
  ask: Ask,
  resource: Resource,
  {
    verb,
    path,
    collection,
    answer,
    known,
    asked,
  }: { verb: string; path: string; collection: string; answer: Answer; known: string[]; asked: string },
): Promise<void> {
  if (verb === 'DELETE') {
    expect(answer.status, asked).toBe(204);
    expect((await ask('GET', path)).status, asked).toBe(404);
    known.splice(known.indexOf(path.split('/').at(-1)!), 1);
    return;
  }
  expect(answer.status, asked).toBe(verb === 'POST' ? 201 : 200);
  const items: { id: string }[] = answer.body[resource.plural] ?? [answer.body[resource.name]];
  expect(items.length, asked).toBeGreaterThan(0);
  for (const item of items) {
    if (verb === 'POST') known.push(item.id);
    const shown = await ask('GET', `${collection}/${item.id}`);
    expect(shown.status, asked).toBe(200);
    expect(shown.body[resource.name], asked).toEqual(item);
  }
}

it(`any query, by anybody (seed ${seed})`, { timeout: 60_000 }, async () => {
  const { server, ids } = await cloud();
  await using _ = server;
  // lists make the default group of who asks
  for (const caller of ['admin', 'member', 'stranger'] as const)
    await server[caller]('GET', '/security-groups');
  const before = await everything(server);
  const query = fc
    .constantFrom(...resources)
    .chain((resource) =>
      fc.tuple(fc.constant(resource), queryFor(resource, ids), fc.constantFrom(...callers), fc.nat()),
    );
  await fc.assert(
    fc.asyncProperty(query, async ([resource, search, caller, pick]) => {
      const path = `${pathOf(resource, ids, pick)}?${search}`;
      const answer = await server[caller]('GET', path);
      const asked = `${caller} ${path} ${answer.status}`;
      if (answer.status !== 200) return checkRefusal(answer, asked);
      const items: object[] = answer.body[resource.plural];
      const fields = search.getAll('fields').filter(Boolean);
      for (const item of items)
        if (fields.length > 0) expect(fields, asked).toEqual(expect.arrayContaining(Object.keys(item)));
      const limit = Number(search.get('limit') ?? 0);
      if (limit > 0) expect(items.length, asked).toBeLessThanOrEqual(limit);
    }),
    { numRuns: 500, seed },
  );
  expect(await everything(server)).toBe(before);
});

it(`any action on a router (seed ${seed})`, { timeout: 60_000 }, async () => {
  const { server, ids } = await cloud();
  await using _ = server;
  const action = fc.constantFrom(
    'add_router_interface',
    'remove_router_interface',
    'add_extraroutes',
    'remove_extraroutes',
  );
  const idOf = (name: string) => fc.oneof(fc.constantFrom(...ids[name]!, noId), fc.jsonValue());
  const route = fc.record({
    destination: fc.constantFrom('10.9.0.0/24', '10.0.0.0/24', 'fd00:9::/64', 'x'),
    nexthop: fc.constantFrom('10.0.0.7', '10.64.201.1', 'fd00:1::7', ''),
  });
  const routes = fc.oneof(fc.array(route, { maxLength: 3 }), fc.jsonValue());
  const body = fc.oneof(
    fc.record({ subnet_id: idOf('subnet'), port_id: idOf('port') }, { requiredKeys: [] }),
    fc.record({ router: fc.oneof(fc.record({ routes }), fc.jsonValue()) }),
    fc.jsonValue(),
  );
  const router = fc.constantFrom(...ids.router!, noId);
  let before = await everything(server);
  await fc.assert(
    fc.asyncProperty(router, action, body, fc.constantFrom(...callers), async (id, name, sent, caller) => {
      const answer = await server[caller]('PUT', `/routers/${id}/${name}`, sent);
      const asked = JSON.stringify({ caller, id, name, sent, status: answer.status, answer: answer.body });
      if (answer.status === 200) before = await everything(server);
      else {
        checkRefusal(answer, asked);
        expect(await everything(server), asked).toBe(before);
      }
    }),
    { numRuns: 400, seed },
  );
});
