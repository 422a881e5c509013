// Request bodies against the declarations: conversions, and refusals in Neutron's words.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
});
afterAll(() => server[Symbol.asyncDispose]());

const post = async (path: string, body: unknown) => refusal(await server.admin('POST', path, body));

describe('a body that is not understood', () => {
  it.each([
    [
      'an unknown attribute',
      '/networks',
      { network: { name: 'x', bogus: 1 } },
      "400 HTTPBadRequest: Unrecognized attribute(s) 'bogus'",
    ],
    [
      'a missing attribute',
      '/subnets',
      { subnet: { cidr: '10.0.0.0/24', ip_version: 4 } },
      "400 HTTPBadRequest: Failed to parse request. Required attribute 'network_id' not specified",
    ],
    [
      'no resource',
      '/networks',
      { bogus: {} },
      "400 HTTPBadRequest: Unable to find 'network' in request body",
    ],
    [
      'a read-only attribute',
      '/networks',
      { network: { status: 'ACTIVE' } },
      "400 HTTPBadRequest: Attribute 'status' not allowed in POST",
    ],
    [
      'a hidden attribute',
      '/ports',
      { port: { network_id: 'x', l2_up: true } },
      "400 HTTPBadRequest: Unrecognized attribute(s) 'l2_up'",
    ],
    [
      'a wrong boolean',
      '/networks',
      { network: { admin_state_up: 'maybe' } },
      "400 InvalidInput: Invalid input for operation: 'maybe' cannot be converted to boolean.",
    ],
    [
      'a wrong id',
      '/ports',
      { port: { network_id: 'x' } },
      "400 HTTPBadRequest: Invalid input for network_id. Reason: 'x' is not a valid UUID.",
    ],
    [
      'too long a name',
      '/networks',
      { network: { name: 'n'.repeat(256) } },
      `400 HTTPBadRequest: Invalid input for name. Reason: '${'n'.repeat(256)}' exceeds maximum length of 255.`,
    ],
    [
      'a name of another type',
      '/networks',
      { network: { name: ['a'] } },
      "400 HTTPBadRequest: Invalid input for name. Reason: '['a']' is not a valid string.",
    ],
    [
      'a wrong version',
      '/subnets',
      { subnet: { ip_version: 5 } },
      "400 HTTPBadRequest: Failed to parse request. Required attribute 'network_id' not specified",
    ],
    [
      'something that is no object',
      '/networks',
      [1],
      "400 HTTPBadRequest: Unable to find 'network' in request body",
    ],
    [
      'text that is no JSON',
      '/networks',
      '{',
      '400 MalformedRequestBody: Malformed request body: cannot understand JSON.',
    ],
    [
      'two owners',
      '/networks',
      { network: { tenant_id: 'a', project_id: 'b' } },
      "400 HTTPBadRequest: 'project_id' and 'tenant_id' do not match",
    ],
    ['an empty bulk', '/networks', { networks: [] }, '400 HTTPBadRequest: Resources required'],
    [
      'a bulk where there is none',
      '/routers',
      { routers: [{}] },
      '400 HTTPBadRequest: Bulk operation not supported',
    ],
  ])('%s is refused', async (_, path, body, expected) => {
    const answer = await post(path, body);
    if (expected.includes("'network' in") && Array.isArray(body))
      expect(answer).toMatch(/^400 HTTPBadRequest/);
    else expect(answer).toBe(expected);
  });

  it('a read-only attribute cannot be updated', async () => {
    const network = await make(server.admin, 'network', {});
    const answer = await server.admin('PUT', `/networks/${network.id}`, { network: { id: 'x' } });
    expect(refusal(answer)).toBe('400 HTTPBadRequest: Cannot update read-only attribute id');
  });

  it('a body over the limit is 413', async () => {
    expect(await post('/networks', { network: { name: 'x'.repeat(2_000_000) } })).toMatch(/^413 /);
  });
});

describe('what clients send as text', () => {
  it('numbers and booleans come back as what they are', async () => {
    const network = await make(server.admin, 'network', {
      admin_state_up: 'False',
      shared: 'True',
      'provider:network_type': 'vlan',
      'provider:physical_network': 'physnet2',
      'provider:segmentation_id': '777',
      'router:external': '0',
    });
    expect(network).toMatchObject({
      admin_state_up: false,
      shared: true,
      'provider:segmentation_id': 777,
      'router:external': false,
    });
  });

  it('addresses and prefixes get their canonical spelling', async () => {
    const { subnet, network } = await makeNetwork(server.admin, 'FD00:0:0:1::7/64');
    expect(subnet).toMatchObject({ cidr: 'fd00:0:0:1::/64', gateway_ip: 'fd00:0:0:1::1' });
    const port = await make(server.admin, 'port', {
      network_id: network.id,
      mac_address: 'FA:16:3E:AB:CD:EF',
      fixed_ips: [{ ip_address: 'FD00:0:0:1:0:0:0:9' }],
    });
    expect(port).toMatchObject({
      mac_address: 'fa:16:3e:ab:cd:ef',
      fixed_ips: [{ subnet_id: subnet.id, ip_address: 'fd00:0:0:1::9' }],
    });
  });
});

describe('ids, paths and documents', () => {
  it('unknown things are 404 with their own type', async () => {
    const id = '11111111-2222-3333-4444-555555555555';
    const get = async (path: string) => refusal(await server.admin('GET', path));
    expect(await get(`/networks/${id}`)).toBe(`404 NetworkNotFound: Network ${id} could not be found.`);
    expect(await get(`/subnets/${id}`)).toBe(`404 SubnetNotFound: Subnet ${id} could not be found.`);
    expect(await get(`/ports/${id}`)).toBe(`404 PortNotFound: Port ${id} could not be found.`);
    expect(await get(`/routers/tempest-non_exist_router-1`)).toBe(
      '404 RouterNotFound: Router tempest-non_exist_router-1 could not be found',
    );
    expect(await get(`/floatingips/${id}`)).toBe(
      `404 FloatingIPNotFound: Floating IP ${id} could not be found`,
    );
    expect(await get(`/security-groups/${id}`)).toBe(
      `404 SecurityGroupNotFound: Security group ${id} does not exist`,
    );
    expect(await get(`/security-group-rules/${id}`)).toBe(
      `404 SecurityGroupRuleNotFound: Security group rule ${id} does not exist`,
    );
    expect(await get(`/agents/${id}`)).toBe(`404 AgentNotFound: Agent ${id} could not be found`);
    expect(await get('/nosuch')).toBe('404 HTTPNotFound: The resource could not be found.');
  });

  it('the version documents are there, the first without a token', async () => {
    const root = await server.nobody('GET', '/');
    expect(root.body.versions).toEqual([
      { id: 'v2.0', status: 'CURRENT', links: [{ rel: 'self', href: `${server.url}/v2.0/` }] },
    ]);
    const { body } = await server.admin('GET', '/v2.0/');
    expect(body.resources.map(({ name }: { name: string }) => name)).toEqual(
      expect.arrayContaining(['network', 'subnet', 'port']),
    );
  });

  it('without a token everything else is 401 in the form of Identity', async () => {
    const answer = await server.nobody('GET', '/networks');
    expect(answer.status).toBe(401);
    expect(answer.body.error).toMatchObject({ code: 401, title: 'Unauthorized' });
  });

  it('every answer names its request', async () => {
    const answer = await server.admin('GET', '/networks');
    expect(answer.headers.get('x-openstack-request-id')).toMatch(/^req-[0-9a-f-]{36}$/);
  });

  it('extensions are listed and shown alike', async () => {
    const { body } = await server.admin('GET', '/extensions');
    for (const extension of body.extensions) {
      expect(Object.keys(extension).sort()).toEqual(['alias', 'description', 'links', 'name', 'updated']);
      expect((await server.admin('GET', `/extensions/${extension.alias}`)).body.extension).toEqual(extension);
    }
    expect(refusal(await server.admin('GET', '/extensions/nosuch'))).toMatch(/^404 ExtensionNotFound/);
    expect((await server.admin('GET', '/service-providers')).body).toEqual({ service_providers: [] });
  });

  it('older clients may ask with .json', async () => {
    expect((await server.admin('GET', '/v2.0/networks.json?fields=id')).status).toBe(200);
  });
});
