// policy.json on disk: what its rules can say, and that it is taken up while the server runs.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  other,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

const folder = mkdtempSync(join(tmpdir(), 'policy-'));
const path = join(folder, 'policy.json');
const logFile = join(folder, 'server.log');
const write = (rules: object | string) =>
  writeFileSync(path, typeof rules === 'string' ? rules : JSON.stringify(rules, null, 2));
const logged = () => readFileSync(logFile, 'utf8');

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer({
    policyPath: path,
    logFile,
    settings: { quotas: {}, ml2: { network_vlan_ranges: ['physnet1', 'physnet2:100:400'] } },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});
beforeEach(() => rmSync(path, { force: true }));

const create = async (name: string, body: object, ask = server.member) =>
  (await ask('POST', `/${name}s`, { [name]: body })).status;

describe('a file that changes under the running server', () => {
  it('is taken up by the next request, and the defaults are back when it is gone', async () => {
    expect(await create('network', { shared: true })).toBe(403);
    write({ 'create_network:shared': 'role:member' });
    expect(await create('network', { shared: true })).toBe(201);
    write({ create_network: '!' });
    expect(refusal(await server.member('POST', '/networks', { network: {} }))).toBe(
      '403 PolicyNotAuthorized: rule:create_network is disallowed by policy',
    );
    rmSync(path);
    expect(await create('network', {})).toBe(201);
    expect(await create('network', { shared: true })).toBe(403);
  });

  it.each([
    [
      'a rule that cannot be read',
      '{\n  "a": "@",\n  "create_network": "(role:member"\n}',
      "line 3: rule 'create_network': a ')' is missing",
    ],
    [
      'a rule that is no text',
      '{\n  "create_network": 5\n}',
      "line 2: rule 'create_network': a rule is text, not 5",
    ],
    [
      'a condition of no kind',
      '{ "create_network": "member" }',
      "line 1: rule 'create_network': 'member' is no condition",
    ],
    ['a bad expression', '{ "a": "field:ports:name=~(" }', "line 1: rule 'a': "],
    ['half a file', '{\n  "create_network": "!",\n  "create_port": ', 'line 3: '],
    ['no object', '\n[1, 2]', 'line 2: the rules are no object'],
    ['one name twice', '{\n  "create_network": "@",\n  "create_network": "!"\n}', 'line 3: '],
  ])('%s keeps the rules of before, and the log names file and line', async (_, text, reason) => {
    write({ 'create_network:shared': 'role:member', create_router: '!' });
    expect(await create('network', { shared: true })).toBe(201);
    write(text);
    expect(await create('network', { shared: true })).toBe(201);
    expect(await create('router', {})).toBe(403);
    const lines = logged()
      .split('\n')
      .filter((line) => line.includes('ERROR'));
    expect(lines.at(-1)).toContain(`Policy file ${path} is not usable, the rules of before stay: ${reason}`);
    write({});
    expect(await create('router', {})).toBe(201);
  });
});

describe('what rules can say', () => {
  const asked: [rule: unknown, allows: boolean][] = [
    ['', true],
    ['@', true],
    ['!', false],
    ['not !', true],
    [[], true],
    ['role:member', true],
    ['role:MEMBER', true],
    ['role:reader', false],
    ['not role:reader', true],
    ['role:reader or role:member', true],
    ['role:reader and role:member', false],
    ['role:reader and role:member or role:member', true],
    ['role:reader and (role:reader or role:member)', false],
    ['(not role:reader) and not (role:reader or !)', true],
    ['is_admin:True', false],
    ['is_admin:False', true],
    ['rule:known', true],
    ['not rule:known', false],
    // an unknown rule is the default one
    ['rule:unknown', true],
    ['rule:itself', false],
    ['tenant_id:%(tenant_id)s', true],
    ['project_id:%(project_id)s', true],
    ['user_id:%(tenant_id)s', false],
    [`tenant_id:${demo}`, true],
    [`tenant_id:${other}`, false],
    ["'mine':%(name)s", true],
    ["'yours':%(name)s", false],
    ['True:%(admin_state_up)s', true],
    ['field:networks:name=mine', true],
    ['field:networks:name=yours', false],
    ['field:networks:name=~m.n', true],
    ['field:networks:name=~in', false],
    ['field:networks:shared=True', false],
    ['field:networks:nothing=None', false],
    [[['role:reader'], ['role:member', 'rule:known']], true],
    [[['role:member', 'role:reader']], false],
    [['role:reader', 'role:member'], true],
  ];
  it.each(asked)('%j: %s', async (rule, allows) => {
    write({ create_network: rule, known: 'role:member', itself: 'rule:itself' });
    expect(await create('network', { name: 'mine' })).toBe(allows ? 201 : 403);
  });

  it('who is an administrator', async () => {
    await server.agentsOn('network');
    expect((await server.member('GET', '/agents')).body.agents).toEqual([]);
    write({ context_is_admin: 'role:member' });
    expect((await server.member('GET', '/agents')).body.agents).toHaveLength(3);
    // and the administrator of before is none any more
    expect((await server.admin('GET', '/agents')).body.agents).toEqual([]);
  });

  it('a role of its own may administer networks, and no more', async () => {
    write({ 'create_network:provider:network_type': 'role:netadmin', create_router: 'not role:netadmin' });
    const planner = server.withRole(demo, 'netadmin');
    expect(await create('network', { 'provider:network_type': 'local' }, planner)).toBe(201);
    expect(await create('network', { 'provider:network_type': 'local' })).toBe(403);
    expect(await create('router', {}, planner)).toBe(403);
    expect(await create('router', {})).toBe(201);
  });

  it('the owner of the network, for what is on it', async () => {
    const { network } = await makeNetwork(server.admin, '10.0.0.0/24', { shared: true });
    const own = await makeNetwork(server.member, '10.0.0.0/24');
    const mac_address = 'fa:16:3e:00:00:77';
    expect(await create('port', { network_id: network.id, mac_address })).toBe(403);
    expect(await create('port', { network_id: own.network.id, mac_address })).toBe(201);
    write({ 'create_port:mac_address': 'not tenant_id:%(network:tenant_id)s' });
    expect(await create('port', { network_id: network.id, mac_address })).toBe(201);
    expect(
      refusal(
        await server.member('POST', '/ports', {
          port: { network_id: own.network.id, mac_address: 'fa:16:3e:00:00:78' },
        }),
      ),
    ).toBe(
      '403 PolicyNotAuthorized: (rule:create_port and rule:create_port:mac_address) is disallowed by policy',
    );
  });
});

describe('rules of attributes', () => {
  it('hide what is not to be seen, one by one or an extension at once', async () => {
    const { id } = await make(server.member, 'network', {});
    const shown = async () => Object.keys((await server.member('GET', `/networks/${id}`)).body.network);
    const provider = ['provider:network_type', 'provider:physical_network', 'provider:segmentation_id'];
    for (const name of provider) expect(await shown()).not.toContain(name);
    write({ 'get_network:provider:network_type': '@', 'get_network:mtu': 'rule:admin_only' });
    expect((await shown()).filter((name) => name.startsWith('provider:'))).toEqual(['provider:network_type']);
    expect(await shown()).not.toContain('mtu');
    write({ 'extension:provider_network:view': 'rule:owner' });
    expect((await shown()).filter((name) => name.startsWith('provider:'))).toEqual(provider);
    expect(
      (await server.member('GET', '/networks?fields=provider:network_type')).body.networks,
    ).toContainEqual({
      'provider:network_type': 'vlan',
    });
  });

  it('reach into attributes: enable_snat and the addresses of a gateway', async () => {
    const { network, subnet } = await makePublic(server.admin);
    const gateway = { network_id: network.id };
    expect(await create('router', { external_gateway_info: gateway })).toBe(201);
    const snat = { external_gateway_info: { ...gateway, enable_snat: false } };
    expect(refusal(await server.member('POST', '/routers', { router: snat }))).toBe(
      '403 PolicyNotAuthorized: (rule:create_router and rule:create_router:external_gateway_info:enable_snat) is disallowed by policy',
    );
    const addressed = { ...gateway, external_fixed_ips: [{ subnet_id: subnet.id }] };
    expect(await create('router', { external_gateway_info: addressed })).toBe(403);
    write({ 'create_router:external_gateway_info:enable_snat': 'rule:owner' });
    expect(await create('router', snat)).toBe(201);
    const own = await makeNetwork(server.member, '10.0.0.0/24');
    write({ 'create_port:fixed_ips:ip_address': '!', 'create_port:fixed_ips': '@' });
    const port = { network_id: own.network.id };
    expect(await create('port', { ...port, fixed_ips: [{ subnet_id: own.subnet.id }] })).toBe(201);
    expect(await create('port', { ...port, fixed_ips: [{ ip_address: '10.0.0.9' }] })).toBe(403);
  });

  it('an update is judged by what the row shall be', async () => {
    const { id } = await make(server.member, 'network', { name: 'mine' });
    write({ 'update_network:name': 'not field:networks:name=public' });
    const rename = async (name: string) =>
      (await server.member('PUT', `/networks/${id}`, { network: { name } })).status;
    expect([await rename('other'), await rename('public')]).toEqual([200, 403]);
    expect((await server.member('GET', `/networks/${id}`)).body.network.name).toBe('other');
  });

  it("ports with a router's or a DHCP server's owner are for the network's owner", async () => {
    const { network } = await makeNetwork(server.admin, '10.0.0.0/24', { shared: true });
    const own = await makeNetwork(server.member, '10.0.0.0/24');
    const device_owner = 'network:dhcp';
    expect(await create('port', { network_id: network.id, device_owner })).toBe(403);
    expect(await create('port', { network_id: network.id, device_owner: 'compute:nova' })).toBe(201);
    expect(await create('port', { network_id: own.network.id, device_owner })).toBe(201);
  });
});
