// Lists: filters, chosen fields, order, pages.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
let network_id: string;
const names = ['a', 'b', 'c', 'd', 'e'];
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  network_id = (await makeNetwork(server.admin, '10.100.0.0/24', { name: 'net', tenant_id: demo })).network
    .id;
  for (const name of names)
    await make(server.admin, 'port', {
      network_id,
      name,
      tenant_id: demo,
      device_owner: 'compute:nova',
      admin_state_up: name !== 'c',
    });
});
afterAll(() => server[Symbol.asyncDispose]());

type Row = Record<string, unknown>;
const list = async (query: string): Promise<Row[]> => {
  const { body, status } = await server.admin('GET', `/ports?${query}`);
  expect(status).toBe(200);
  return body.ports;
};
const namesOf = async (query: string) => (await list(query)).map(({ name }) => name);

it.each(['admin', 'member'] as const)('every list tells %s the same of each as its show', async (who) => {
  const odd = 'a"\\\n\t\u0001\u2028%s é🦊';
  const made = await make(server.admin, 'port', { network_id, name: odd, tenant_id: demo, fixed_ips: [] });
  for (const plural of ['ports', 'networks', 'subnets', 'security-groups', 'security-group-rules']) {
    const found = Object.values((await server[who]('GET', `/${plural}`)).body)[0] as Row[];
    expect(found.length, plural).toBeGreaterThan(0);
    for (const one of found) {
      const { body } = await server[who]('GET', `/${plural}/${String(one.id)}`);
      expect(one, plural).toEqual(Object.values(body)[0]);
    }
  }
  const [port] = (await server[who]('GET', `/ports?id=${made.id}`)).body.ports;
  expect(port.name).toBe(odd);
  expect((await server.admin('DELETE', `/ports/${made.id}`)).status).toBe(204);
});

describe('filters', () => {
  it.each([
    ['name=b', ['b']],
    ['name=b&name=d', ['b', 'd']],
    ['name=b&device_owner=compute:nova', ['b']],
    ['name=b&device_owner=network:dhcp', []],
    ['admin_state_up=False', ['c']],
    ['admin_state_up=false&name=a', []],
    ['id=33', []],
    ['name=', []],
    ['fixed_ips=ip_address%3D10.100.0.4', ['c']],
    ['fixed_ips=ip_address=10.100.0.2&fixed_ips=ip_address=10.100.0.3', ['a', 'b']],
    ['fixed_ips=ip_address_substr=10.100.0.', names],
    ['fixed_ips=bogus=1', []],
  ])('%s', async (query, expected) => {
    expect((await namesOf(`${query}&tenant_id=${demo}`)).sort()).toEqual(expected);
  });

  it('project_id is another word for tenant_id', async () => {
    expect(await namesOf(`project_id=${demo}`)).toHaveLength(5);
    expect(await namesOf('project_id=nobody')).toEqual([]);
  });

  it('by security group, by network, with blanks as plus', async () => {
    const [group] = (await server.admin('GET', `/security-groups?tenant_id=${demo}`)).body.security_groups;
    expect(await namesOf(`security_groups=${group.id}`)).toHaveLength(5);
    await server.agentsOn('network');
    const agents = (await server.admin('GET', '/agents?agent_type=L3+agent')).body.agents;
    expect(agents).toMatchObject([{ agent_type: 'L3 agent', host: 'network', alive: true }]);
    expect((await server.admin('GET', '/agents?alive=False')).body.agents).toEqual([]);
    expect((await server.admin('GET', '/networks?router:external=True')).body.networks).toEqual([]);
    expect((await server.admin('GET', '/networks?router%3Aexternal=False')).body.networks).toHaveLength(1);
  });

  it('an attribute that is not there is refused', async () => {
    expect(refusal(await server.admin('GET', '/ports?bogus=1'))).toBe(
      "400 HTTPBadRequest: ['bogus'] is invalid attribute for filtering",
    );
    expect(refusal(await server.admin('GET', '/ports?admin_state_up=maybe'))).toBe(
      "400 InvalidInput: Invalid input for operation: 'maybe' cannot be converted to boolean.",
    );
  });
});

describe('fields', () => {
  it('exactly those asked for', async () => {
    expect(await list('name=a&fields=name&fields=tenant_id')).toEqual([{ name: 'a', tenant_id: demo }]);
    const [{ id }] = (await list('name=a')) as [{ id: string }];
    expect((await server.admin('GET', `/ports/${id}?fields=id`)).body).toEqual({ port: { id } });
  });
});

describe('order and pages', () => {
  it('by any attribute, either way', async () => {
    expect(await namesOf(`sort_key=name&sort_dir=desc&tenant_id=${demo}&device_owner=compute:nova`)).toEqual(
      names.toReversed(),
    );
    expect(
      await namesOf(
        `sort_key=admin_state_up&sort_dir=asc&sort_key=name&sort_dir=desc&device_owner=compute:nova`,
      ),
    ).toEqual(['c', 'e', 'd', 'b', 'a']);
    expect(refusal(await server.admin('GET', '/ports?sort_key=bogus&sort_dir=asc'))).toBe(
      "400 HTTPBadRequest: ['bogus'] is invalid attribute for sort_keys",
    );
    expect(refusal(await server.admin('GET', '/ports?sort_key=name&sort_dir=up'))).toMatch(
      /^400 HTTPBadRequest: \['up'\]/,
    );
    expect(refusal(await server.admin('GET', '/ports?sort_key=name&sort_key=id&sort_dir=asc'))).toBe(
      '400 HTTPBadRequest: The number of sort_keys and sort_dirs must be same',
    );
  });

  it.each(['', '&sort_key=name&sort_dir=asc'])(
    'pages follow their links to the end and back (%s)',
    async (sort) => {
      const all = (await list(`device_owner=compute:nova${sort}`)).map(({ id }) => id);
      const pages: unknown[][] = [];
      let path = `/v2.0/ports?limit=2&device_owner=compute:nova${sort}`;
      for (let link; ; path = new URL(link.href).pathname + new URL(link.href).search) {
        const { body } = await server.admin('GET', path);
        pages.push(body.ports.map(({ id }: Row) => id));
        link = body.ports_links?.find(({ rel }: { rel: string }) => rel === 'next');
        if (link === undefined) break;
      }
      expect(pages.map((page) => page.length)).toEqual([2, 2, 1]);
      expect(pages.flat()).toEqual(all);
      const back = await list(
        `limit=2&page_reverse=True&device_owner=compute:nova${sort}&marker=${String(all[4])}`,
      );
      expect(back.map(({ id }) => id)).toEqual(all.slice(2, 4));
    },
  );

  it.each(['asc', 'desc'])(
    'pages of rows without a value in the sorted attribute lose none (%s)',
    async (direction) => {
      const { network } = await makeNetwork(server.member, '10.77.0.0/24');
      for (const [index, gateway_ip] of [null, '10.77.2.9', null, '10.77.4.1'].entries())
        await make(server.member, 'subnet', {
          ...{ network_id: network.id, ip_version: 4, cidr: `10.77.${index + 1}.0/24`, gateway_ip },
        });
      const subnets = async (query: string) =>
        (
          await server.member(
            'GET',
            `/subnets?network_id=${network.id}&sort_key=gateway_ip&sort_dir=${direction}${query}`,
          )
        ).body.subnets as { id: string; gateway_ip: string | null }[];
      const all = await subnets('');
      const gateways = [null, null, '10.77.0.1', '10.77.2.9', '10.77.4.1'];
      expect(all.map(({ gateway_ip }) => gateway_ip)).toEqual(
        direction === 'asc' ? gateways : gateways.toReversed(),
      );
      const forth = [];
      for (let page = await subnets('&limit=2'); page.length > 0;) {
        forth.push(...page);
        page = await subnets(`&limit=2&marker=${page.at(-1)!.id}`);
      }
      expect(forth).toEqual(all);
      const back = await subnets(`&limit=3&page_reverse=True&marker=${all[4]!.id}`);
      expect(back).toEqual(all.slice(1, 4));
      await server.member('DELETE', `/networks/${network.id}`);
    },
  );

  it('what is refused', async () => {
    expect(refusal(await server.admin('GET', '/ports?limit=-1'))).toMatch(
      /^400 BadRequest: .*Limit must be an integer 0 or greater and not '-1'/,
    );
    expect(refusal(await server.admin('GET', '/ports?limit=x'))).toMatch(/^400 /);
    expect(refusal(await server.admin('GET', '/ports?limit=1&marker=nosuch'))).toMatch(/^404 PortNotFound/);
    expect(await list('limit=0')).toHaveLength((await list('')).length);
  });

  it('pagination_max_limit caps every list', async () => {
    await using capped = await networkingServer({ settings: { quotas: {}, pagination_max_limit: 2 } });
    for (const name of names) await make(capped.admin, 'network', { name });
    expect((await capped.admin('GET', '/networks')).body.networks).toHaveLength(2);
    expect((await capped.admin('GET', '/networks?limit=4')).body.networks).toHaveLength(2);
  });
});
