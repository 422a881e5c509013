// Whatever a client sends, the server answers: no generated body, query or path gives a 500.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Field, Resource } from '../../../server/lib/resource.ts';
import { resources } from '../../../server/cloud/model/index.ts';
import { make, makeNetwork, makePublic, networkingServer } from '../../support/networking.ts';

/** Ids of things that are there, by resource name; and one of nothing. */
type Ids = Record<string, string[]>;
const noId = '11111111-2222-3333-4444-555555555555';

/** Values near what a field means: mostly right, sometimes at its edges, seldom of another type. */
function valueFor(field: Field, ids: Ids): fc.Arbitrary<unknown> {
  const right = { weight: 30, arbitrary: rightFor(field, ids) };
  return fc.oneof(
    right,
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.constant(null) },
  );
}

function rightFor(field: Field, ids: Ids): fc.Arbitrary<unknown> {
  if (field.ref !== undefined && field.type !== 'list')
    return fc.constantFrom(...(ids[field.ref] ?? []), noId);
  switch (field.type) {
    case 'uuid':
      return fc.constantFrom(...Object.values(ids).flat(), noId);
    case 'string':
      if (field.values !== undefined) return fc.constantFrom(...field.values);
      return fc.oneof(
        fc.string(),
        fc.constantFrom(
          '',
          'default',
          'tcp',
          'icmp',
          'IPv6',
          'vlan',
          'flat',
          'physnet2',
          '10.7.0.0/24',
          'fd00:7::/64',
          'compute1',
          'network:router_interface',
          'network:dhcp',
        ),
      );
    case 'int':
      return fc.oneof(
        fc.integer({ min: 0, max: 200 }),
        fc.constantFrom(...(field.values ?? [field.min ?? -1, field.max ?? 2 ** 31, '80', 4094])),
      );
    case 'bool':
      return fc.constantFrom(true, false, 'True', 0);
    case 'ip':
      return fc.oneof(
        fc.ipV4(),
        fc.ipV6(),
        fc.constantFrom('10.0.0.1', '10.0.0.77', '10.0.0.255', '0.0.0.0', '::ffff:10.0.0.1', '10.64.201.9'),
      );
    case 'cidr':
      return fc.constantFrom('10.9.0.0/24', '0.0.0.0/0', '::/0', '10.0.0.1/32', 'fd00:9::/64');
    case 'mac':
      return fc.constantFrom('fa:16:3e:00:00:01', 'ff:ff:ff:ff:ff:ff', '00:00:00:00:00:01');
    case 'list':
      return fc.array(
        field.ref === undefined ? valueFor(field.of, ids) : fc.constantFrom(...(ids[field.ref] ?? [])),
        { maxLength: 3 },
      );
    case 'dict':
      if (field.keys === undefined) return fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
      return fc.record(
        Object.fromEntries(Object.entries(field.keys).map(([key, inner]) => [key, valueFor(inner, ids)])),
        {
          requiredKeys: Object.keys(field.keys).filter(
            (key) => field.type === 'dict' && field.keys?.[key]?.required,
          ),
        },
      );
    case 'time':
    case 'any':
      return fc.jsonValue();
  }
}

/** What must be there, and a few of the other fields. */
function bodyFor(resource: Resource, ids: Ids, verb: string): fc.Arbitrary<unknown> {
  const settable = Object.entries<Field>(resource.fields).filter(([, field]) =>
    verb === 'POST' ? field.create : field.update,
  );
  const needed = settable.filter(([, field]) => verb === 'POST' && field.create === 'required');
  const free = settable.filter((entry) => !needed.includes(entry));
  return fc
    .subarray(free, { maxLength: Math.min(4, free.length) })
    .chain((some) =>
      fc.record(
        Object.fromEntries([...needed, ...some].map(([name, field]) => [name, valueFor(field, ids)])),
      ),
    );
}

it('no generated body gives a 500', { timeout: 60_000 }, async () => {
  await using server = await networkingServer({ settings: { quotas: {} } });
  await server.agentsOn('network');
  const outer = await makePublic(server.admin);
  const inner = await makeNetwork(server.admin, '10.0.0.0/24');
  const six = await makeNetwork(server.admin, 'fd00:1::/64', {}, { ipv6_address_mode: 'slaac' });
  const router = await make(server.admin, 'router', {
    external_gateway_info: { network_id: outer.network.id },
  });
  await server.admin('PUT', `/routers/${router.id}/add_router_interface`, { subnet_id: inner.subnet.id });
  const port = await make(server.admin, 'port', { network_id: inner.network.id });
  const group = await make(server.admin, 'security_group', { name: 'g' });
  const pool = await make(server.admin, 'subnetpool', { name: 'p', prefixes: ['10.50.0.0/16'] });
  const ids: Ids = {
    network: [outer.network.id, inner.network.id, six.network.id],
    subnet: [outer.subnet.id, inner.subnet.id, six.subnet.id],
    port: [port.id],
    router: [router.id],
    security_group: [group.id],
    subnetpool: [pool.id],
  };
  const makeable = resources.filter(({ operations }) => operations.includes('create'));
  const step = fc
    .tuple(fc.constantFrom(...makeable), fc.constantFrom('POST', 'POST', 'PUT', 'DELETE'))
    .chain(([resource, verb]) =>
      fc.record({
        resource: fc.constant(resource),
        verb: fc.constant(verb),
        body: fc.oneof(
          { weight: 20, arbitrary: bodyFor(resource, ids, verb).map((item) => ({ [resource.name]: item })) },
          { weight: 1, arbitrary: fc.jsonValue() },
        ),
        pick: fc.nat(),
        asMember: fc.boolean(),
      }),
    );
  const answers = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(step, async ({ resource, body, verb, pick, asMember }) => {
      const known = (ids[resource.name] ??= []);
      const id = verb === 'DELETE' && known.length < 5 ? noId : (known[pick % known.length] ?? noId);
      const path = `/${resource.path}${verb === 'POST' ? '' : `/${id}`}`;
      const answer = await (asMember ? server.member : server.admin)(
        verb,
        path,
        verb === 'DELETE' ? undefined : body,
      );
      expect(answer.status, JSON.stringify({ verb, path, body, answer: answer.body })).not.toBe(500);
      if (answer.status >= 400) expect(answer.body.NeutronError.message).not.toBe('');
      if (answer.status === 201) known.push(answer.body[resource.name].id);
      answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
    }),
    { numRuns: 500, seed: 2015, endOnFailure: true },
  );
  // the bodies were good enough to reach the rules
  for (const status of [200, 201, 204, 400, 404, 409]) expect(answers.get(status) ?? 0).toBeGreaterThan(1);
});

it('no generated query gives a 500', { timeout: 60_000 }, async () => {
  await using server = await networkingServer();
  await makeNetwork(server.admin, '10.0.0.0/24');
  const key = (resource: Resource) =>
    fc.oneof(
      fc.constantFrom(
        ...Object.keys(resource.fields),
        'fields',
        'sort_key',
        'sort_dir',
        'limit',
        'marker',
        'page_reverse',
      ),
      fc.string(),
    );
  const value = fc.oneof(
    fc.string(),
    fc.constantFrom('asc', 'True', '1', 'id', 'name', 'ip_address=10.0.0.1', 'ip_address_substr=%'),
  );
  const query = fc
    .constantFrom(...resources)
    .chain((resource) =>
      fc.tuple(fc.constant(resource), fc.array(fc.tuple(key(resource), value), { maxLength: 5 })),
    );
  await fc.assert(
    fc.asyncProperty(query, async ([resource, pairs]) => {
      const search = new URLSearchParams(pairs);
      const answer = await server.admin('GET', `/${resource.path}?${search}`);
      expect(answer.status, String(search)).not.toBe(500);
    }),
    { numRuns: 300, seed: 2015 },
  );
});

it('no generated action gives a 500', { timeout: 60_000 }, async () => {
  await using server = await networkingServer();
  const { subnet } = await makeNetwork(server.admin, '10.0.0.0/24');
  const router = await make(server.admin, 'router', {});
  const action = fc.constantFrom(
    'add_router_interface',
    'remove_router_interface',
    'add_extraroutes',
    'remove_extraroutes',
  );
  const body = fc.oneof(
    fc.record(
      { subnet_id: fc.oneof(fc.constant(subnet.id), fc.jsonValue()), port_id: fc.jsonValue() },
      { requiredKeys: [] },
    ),
    fc.record({ router: fc.oneof(fc.record({ routes: fc.jsonValue() }), fc.jsonValue()) }),
    fc.jsonValue(),
  );
  await fc.assert(
    fc.asyncProperty(action, body, async (name, sent) => {
      const answer = await server.admin('PUT', `/routers/${router.id}/${name}`, sent);
      expect(answer.status, JSON.stringify({ name, sent, answer: answer.body })).not.toBe(500);
    }),
    { numRuns: 200, seed: 2015 },
  );
});
