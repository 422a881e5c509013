// Pages: whoever asks, in whatever order, the pages put together are the list, forth and back along their links.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  other,
  type Ask,
  type NetworkingServer,
} from '../../support/networking.ts';

type Row = Record<string, unknown> & { id: string };
type Caller = 'admin' | 'member' | 'stranger';

const folder = mkdtempSync(join(tmpdir(), 'pages-'));
let server: NetworkingServer;
/** Members see no port called so. */
const hidden = 'hidden';

beforeAll(async () => {
  const policyPath = join(folder, 'policy.json');
  const seen = '(rule:admin_or_owner or rule:admin_or_network_owner)';
  writeFileSync(
    policyPath,
    JSON.stringify({ get_port: `rule:context_is_admin or (${seen} and not field:ports:name=${hidden})` }),
  );
  server = await networkingServer({ policyPath, settings: { quotas: {} } });
  const { admin, member, stranger } = server;
  const own = await makeNetwork(member, '10.1.0.0/24', { name: 'net' });
  const theirs = await makeNetwork(stranger, '10.2.0.0/24', { name: 'net' });
  const forAll = await makeNetwork(admin, '10.3.0.0/24', { name: 'all', shared: true });
  const forOne = await makeNetwork(admin, '10.4.0.0/24', { name: 'one' });
  await make(admin, 'network', { name: 'nobody-else' });
  await admin('POST', '/rbac-policies', {
    rbac_policy: {
      ...{ object_type: 'network', object_id: forOne.network.id },
      ...{ action: 'access_as_shared', target_tenant: demo },
    },
  });
  await make(member, 'subnet', {
    ...{ network_id: own.network.id, ip_version: 4, cidr: '10.5.0.0/24', gateway_ip: null },
  });
  const homes = [own, theirs, forAll, forOne].map(({ network }) => network.id as string);
  const names = ['', 'a', 'b', 'B', 'ä', '\u{1F40B}', '\uFF5E', hidden, hidden, hidden];
  for (let index = 0; index < 48; index++)
    await make(admin, 'port', {
      network_id: homes[index % homes.length],
      tenant_id: index % 3 === 0 ? other : demo,
      name: names[index % names.length],
      admin_state_up: index % 5 !== 0,
      description: index % 2 === 0 ? '' : `${index % 7}`,
      ...(index % 6 === 0 && { 'binding:host_id': `host-${index % 4}` }),
      ...(index % 4 === 0 && { tags: [`t${index % 3}`] }),
    });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

const answer = async (ask: Ask, path: string) => {
  const { status, body } = await ask('GET', path);
  expect(status, path).toBe(200);
  return body as Record<string, unknown>;
};

interface Walk {
  caller: Caller;
  plural: string;
  query: string;
}
const pathOf = ({ plural, query }: Walk) => `/v2.0/${plural.replaceAll('_', '-')}?${query}`;

async function listed(walk: Walk): Promise<Row[]> {
  return (await answer(server[walk.caller], pathOf(walk)))[walk.plural] as Row[];
}

/** Every page along the links of one kind, from the page at `path`. */
async function pagesFrom(walk: Walk, path: string, rel: 'next' | 'previous'): Promise<Row[][]> {
  const pages: Row[][] = [];
  for (let next: string | undefined = path; next !== undefined;) {
    const page = await answer(server[walk.caller], next);
    pages.push(page[walk.plural] as Row[]);
    const links = (page[`${walk.plural}_links`] ?? []) as { rel: string; href: string }[];
    const found = links.find((link) => link.rel === rel)?.href;
    next = found === undefined ? undefined : new URL(found).pathname + new URL(found).search;
    expect(pages.length).toBeLessThan(200);
  }
  return pages;
}

/** Every page but the last is full, and all of them are the list. */
async function expectWhole(walk: Walk, limit: number): Promise<void> {
  const all = (await listed(walk)).map(({ id }) => id);
  expect(new Set(all).size).toBe(all.length);
  const path = `${pathOf(walk)}&limit=${limit}`;
  const forth = await pagesFrom(walk, path, 'next');
  expect(forth.flat().map(({ id }) => id)).toEqual(all);
  const back = await pagesFrom(walk, `${path}&page_reverse=True`, 'previous');
  expect(
    back
      .toReversed()
      .flat()
      .map(({ id }) => id),
  ).toEqual(all);
  for (const pages of [forth, back])
    expect(pages.slice(0, -1).every((page) => page.length === limit)).toBe(true);
}

const keysOf = {
  ports: [
    'id',
    'name',
    'mac_address',
    'admin_state_up',
    'network_id',
    'tenant_id',
    'description',
    'status',
  ].concat(['binding:host_id', 'qos_policy_id', 'revision_number', 'created_at', 'fixed_ips', 'tags']),
  networks: ['id', 'name', 'shared', 'project_id', 'mtu', 'status', 'subnets'],
  subnets: ['id', 'name', 'cidr', 'gateway_ip', 'enable_dhcp', 'network_id', 'subnetpool_id'],
  security_groups: ['id', 'name', 'tenant_id'],
  security_group_rules: ['id', 'direction', 'ethertype', 'protocol', 'remote_group_id', 'tenant_id'],
} as const;
const filtersOf: Partial<Record<string, string[]>> = {
  ports: [
    'name=b&name=B',
    'admin_state_up=False',
    'qos_policy_id=',
    'fixed_ips=subnet_id%3Dx',
    'description=',
  ],
  networks: ['shared=True', 'name=net'],
  subnets: ['gateway_ip=', 'ip_version=4'],
};

const walks = fc.constantFrom(...(Object.keys(keysOf) as (keyof typeof keysOf)[])).chain((plural) =>
  fc.record({
    plural: fc.constant(plural),
    caller: fc.constantFrom<Caller>('admin', 'member', 'stranger'),
    filter: fc.constantFrom('', '', '', ...(filtersOf[plural] ?? [])),
    sort: fc.array(
      fc.record({
        key: fc.constantFrom<string>(...keysOf[plural]),
        direction: fc.constantFrom('asc', 'desc'),
      }),
      { maxLength: 3 },
    ),
    limit: fc.integer({ min: 1, max: 9 }),
  }),
);
type Drawn = typeof walks extends fc.Arbitrary<infer Value> ? Value : never;

const walkOf = ({ plural, caller, filter, sort }: Drawn): Walk => ({
  ...{ plural, caller },
  query: [filter, ...sort.map(({ key, direction }) => `sort_key=${key}&sort_dir=${direction}`)]
    .filter((part) => part !== '')
    .join('&'),
});

describe('pages', () => {
  it('put together are the list, whoever asks and in whatever order', { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(walks, (drawn) => expectWhole(walkOf(drawn), drawn.limit)),
      { numRuns: 60 },
    );
  });

  it.each(keysOf.ports.flatMap((key) => [`${key} asc`, `${key} desc`]))(
    'of ports by %s are whole for a member',
    async (sort) => {
      const [key, direction] = sort.split(' ');
      await expectWhole(
        { caller: 'member', plural: 'ports', query: `sort_key=${key}&sort_dir=${direction}` },
        4,
      );
    },
  );

  it('hold what a member may know of, once: own ports anywhere, those of others in own networks', async () => {
    const everything = await listed({ caller: 'admin', plural: 'ports', query: '' });
    const networks = await listed({ caller: 'admin', plural: 'networks', query: `tenant_id=${demo}` });
    const own = new Set(networks.map(({ id }) => id));
    const expected = everything.filter(
      (port) => port.name !== hidden && (port.tenant_id === demo || own.has(port.network_id as string)),
    );
    expect(expected.some((port) => port.tenant_id !== demo)).toBe(true);
    const pages = await pagesFrom(
      { caller: 'member', plural: 'ports', query: '' },
      '/v2.0/ports?limit=5',
      'next',
    );
    expect(pages.flat().map(({ id }) => id)).toEqual(expected.map(({ id }) => id));
  });

  it('are full although policy hides rows between those they show', async () => {
    const query = `sort_key=name&sort_dir=asc&tenant_id=${demo}`;
    const all = await listed({ caller: 'member', plural: 'ports', query });
    const page = await listed({ caller: 'member', plural: 'ports', query: `${query}&limit=${all.length}` });
    expect(page).toEqual(all);
    expect(all.some(({ name }) => name === hidden)).toBe(false);
  });

  it('show the same rows whatever fields are asked for', async () => {
    const walk: Walk = { caller: 'member', plural: 'ports', query: '' };
    const ids = (await listed(walk)).map(({ id }) => ({ id }));
    expect(await listed({ ...walk, query: 'fields=id' })).toEqual(ids);
    expect(await listed({ ...walk, query: 'fields=id&limit=100' })).toEqual(ids);
    const [row] = await listed({ ...walk, query: 'fields=project_id&fields=tags&fields=nothing&limit=1' });
    expect(Object.keys(row!)).toEqual(['project_id', 'tags']);
  });

  it('are in the order asked for', async () => {
    const query = 'sort_key=admin_state_up&sort_dir=desc&sort_key=description&sort_dir=asc&limit=40';
    const rows = await listed({ caller: 'member', plural: 'ports', query });
    const places = rows.map(({ admin_state_up, description, id }) =>
      [admin_state_up ? 0 : 1, description, id].join(' '),
    );
    expect(places).toEqual(places.toSorted());
  });
});
