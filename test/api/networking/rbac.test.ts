// RBAC policies: objects shared with single projects, of which `shared` is the case for all.
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  other,
  refusal,
  type Ask,
  type NetworkingServer,
} from '../../support/networking.ts';

const third = 'f'.repeat(32);

let server: NetworkingServer;
let outsider: Ask;
beforeEach(async () => {
  server = await networkingServer();
  outsider = server.withRole(third, 'member');
});
afterEach(() => server[Symbol.asyncDispose]());

const policy = (object_type: string, object_id: string, more: object = {}) => ({
  rbac_policy: { object_type, object_id, action: 'access_as_shared', target_tenant: other, ...more },
});
/** Shares by the owner (project demo) and gives the policy's id. */
async function share(object_type: string, object_id: string, more: object = {}, ask = server.member) {
  const answer = await ask('POST', '/rbac-policies', policy(object_type, object_id, more));
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.rbac_policy.id as string;
}
const listed = async (ask: Ask, plural: string, query = '') =>
  ((await ask('GET', `/${plural}${query}`)).body[plural.replaceAll('-', '_')] as { id: string }[]).map(
    ({ id }) => id,
  );
const remove = (id: string, ask = server.member) => ask('DELETE', `/rbac-policies/${id}`);

describe('a network shared with one project', () => {
  it('is seen and used by it, as shared, and by nobody else', async () => {
    const { network, subnet } = await makeNetwork(server.member, '10.0.0.0/24');
    const id = await share('network', network.id);
    expect((await server.member('GET', `/rbac-policies/${id}`)).body.rbac_policy).toEqual({
      id,
      object_type: 'network',
      object_id: network.id,
      action: 'access_as_shared',
      target_tenant: other,
      tenant_id: demo,
      project_id: demo,
    });
    const seen = (await server.stranger('GET', `/networks/${network.id}`)).body.network;
    expect(seen).toMatchObject({ shared: true, subnets: [subnet.id] });
    expect((await server.member('GET', `/networks/${network.id}`)).body.network.shared).toBe(false);
    expect((await server.stranger('GET', `/subnets/${subnet.id}`)).status).toBe(200);
    const port = await make(server.stranger, 'port', { network_id: network.id });
    expect(port.fixed_ips).toHaveLength(1);
    expect((await outsider('GET', `/networks/${network.id}`)).status).toBe(404);
    expect((await outsider('GET', `/subnets/${subnet.id}`)).status).toBe(404);
    expect((await outsider('POST', '/ports', { port: { network_id: network.id } })).status).toBe(404);
    // it may be used, not changed
    expect((await server.stranger('PUT', `/networks/${network.id}`, { network: { name: 'x' } })).status).toBe(
      403,
    );
    expect((await server.stranger('DELETE', `/networks/${network.id}`)).status).toBe(403);
  });

  it('is found by the filter on shared by whom it is shared with', async () => {
    const { id } = await make(server.member, 'network', {});
    await share('network', id);
    expect(await listed(server.stranger, 'networks', '?shared=True')).toEqual([id]);
    expect(await listed(server.stranger, 'networks', '?shared=False')).toEqual([]);
    expect(await listed(server.member, 'networks', '?shared=True')).toEqual([]);
    expect(await listed(server.member, 'networks', '?shared=False')).toEqual([id]);
  });

  it('stays so while the project has ports on it, unless another policy lets it', async () => {
    const { network } = await makeNetwork(server.member, '10.0.0.0/24');
    const id = await share('network', network.id);
    const port = await make(server.stranger, 'port', { network_id: network.id });
    const inUse = `409 RbacPolicyInUse: RBAC policy on object ${network.id} cannot be removed because other objects depend on it.\nDetails: projects that use it: ${other}`;
    expect(refusal(await remove(id))).toBe(inUse);
    const move = { rbac_policy: { target_tenant: third } };
    expect(refusal(await server.member('PUT', `/rbac-policies/${id}`, move))).toBe(inUse);
    const forAll = await share('network', network.id, { target_tenant: '*' }, server.admin);
    expect((await remove(id)).status).toBe(204);
    expect(refusal(await remove(forAll, server.admin))).toBe(inUse);
    await server.stranger('DELETE', `/ports/${port.id}`);
    expect((await remove(forAll, server.admin)).status).toBe(204);
    expect((await server.stranger('GET', `/networks/${network.id}`)).status).toBe(404);
  });

  it('moves with its policy to another project', async () => {
    const { id } = await make(server.member, 'network', {});
    const shared = await share('network', id);
    const moved = await server.member('PUT', `/rbac-policies/${shared}`, {
      rbac_policy: { target_tenant: third },
    });
    expect(moved.body.rbac_policy.target_tenant).toBe(third);
    expect((await server.stranger('GET', `/networks/${id}`)).status).toBe(404);
    expect((await outsider('GET', `/networks/${id}`)).status).toBe(200);
  });
});

describe('shared', () => {
  it('of a network is the policy for every project, whichever of the two is set', async () => {
    const { id } = await make(server.admin, 'network', { shared: true });
    const policies = async () =>
      (await server.admin('GET', `/rbac-policies?object_id=${id}`)).body.rbac_policies as {
        id: string;
        target_tenant: string;
      }[];
    expect(await policies()).toMatchObject([{ target_tenant: '*', action: 'access_as_shared' }]);
    await remove((await policies())[0]!.id, server.admin);
    expect((await server.admin('GET', `/networks/${id}`)).body.network.shared).toBe(false);
    expect((await server.stranger('GET', `/networks/${id}`)).status).toBe(404);
    await share('network', id, { target_tenant: '*' }, server.admin);
    expect((await server.stranger('GET', `/networks/${id}`)).body.network.shared).toBe(true);
    await server.admin('PUT', `/networks/${id}`, { network: { shared: false } });
    expect(await policies()).toEqual([]);
    await server.admin('PUT', `/networks/${id}`, { network: { shared: true } });
    expect(await policies()).toHaveLength(1);
    await server.admin('DELETE', `/networks/${id}`);
    expect(await policies()).toEqual([]);
  });

  it('cannot be taken from a network while those need it whom no other policy lets', async () => {
    const { network } = await makeNetwork(server.admin, '10.0.0.0/24', { shared: true });
    await make(server.stranger, 'port', { network_id: network.id });
    const unshare = () => server.admin('PUT', `/networks/${network.id}`, { network: { shared: false } });
    expect((await unshare()).body.NeutronError.type).toBe('InvalidSharedSetting');
    await share('network', network.id, {}, server.admin);
    expect((await unshare()).status).toBe(200);
    expect((await server.stranger('GET', `/networks/${network.id}`)).body.network.shared).toBe(true);
  });
});

describe('an external network', () => {
  it('is there for every project by a policy, or for one alone', async () => {
    const { network } = await makeNetwork(server.member, '10.64.201.0/24');
    const id = await share('network', network.id, { action: 'access_as_external' });
    expect((await server.stranger('GET', `/networks/${network.id}`)).body.network['router:external']).toBe(
      true,
    );
    expect((await outsider('GET', `/networks/${network.id}`)).status).toBe(404);
    const external_gateway_info = { network_id: network.id };
    const router = await make(server.stranger, 'router', { external_gateway_info });
    expect((await outsider('POST', '/routers', { router: { external_gateway_info } })).status).toBe(404);
    expect((await remove(id)).body.NeutronError.type).toBe('RbacPolicyInUse');
    await server.stranger('DELETE', `/routers/${router.id}`);
    expect((await remove(id)).status).toBe(204);
    expect((await server.stranger('GET', `/networks/${network.id}`)).status).toBe(404);
  });

  it('has a policy for all when it is made external, and none when it is no more', async () => {
    const { id } = await make(server.admin, 'network', { 'router:external': true });
    const actions = async () =>
      (await server.admin('GET', `/rbac-policies?object_id=${id}`)).body.rbac_policies.map(
        ({ action }: { action: string }) => action,
      );
    expect(await actions()).toEqual(['access_as_external']);
    await server.admin('PUT', `/networks/${id}`, { network: { 'router:external': false } });
    expect(await actions()).toEqual([]);
    expect((await server.stranger('GET', `/networks/${id}`)).status).toBe(404);
  });
});

describe('other objects', () => {
  it('a security group is used by the project it is shared with', async () => {
    const group = await make(server.member, 'security_group', { name: 'web' });
    const { network } = await makeNetwork(server.stranger, '10.0.0.0/24');
    const port = { network_id: network.id, security_groups: [group.id] };
    expect((await server.stranger('POST', '/ports', { port })).status).toBe(404);
    const id = await share('security_group', group.id);
    expect((await server.stranger('GET', `/security-groups/${group.id}`)).body.security_group.shared).toBe(
      true,
    );
    expect(await listed(server.stranger, 'security-groups', '?shared=True')).toEqual([group.id]);
    const made = await make(server.stranger, 'port', port);
    expect(made.security_groups).toEqual([group.id]);
    expect((await remove(id)).body.NeutronError.type).toBe('RbacPolicyInUse');
    const rule = { security_group_id: group.id, direction: 'egress', protocol: 'udp' };
    expect(
      (await server.stranger('POST', '/security-group-rules', { security_group_rule: rule })).status,
    ).toBe(404);
    await server.stranger('DELETE', `/ports/${made.id}`);
    expect((await remove(id)).status).toBe(204);
  });

  it('a subnet pool and an address scope', async () => {
    const scope = await make(server.member, 'address_scope', { name: 's', ip_version: 4 });
    const pool = await make(server.member, 'subnetpool', {
      name: 'p',
      prefixes: ['10.0.0.0/8'],
      min_prefixlen: 24,
    });
    const network = await make(server.stranger, 'network', {});
    const subnet = { network_id: network.id, ip_version: 4, subnetpool_id: pool.id };
    expect((await server.stranger('POST', '/subnets', { subnet })).status).toBe(404);
    const shared = await share('subnetpool', pool.id);
    expect((await server.stranger('GET', `/subnetpools/${pool.id}`)).body.subnetpool.shared).toBe(true);
    expect((await make(server.stranger, 'subnet', subnet)).cidr).toBe('10.0.0.0/24');
    expect((await remove(shared)).body.NeutronError.type).toBe('RbacPolicyInUse');
    expect((await server.stranger('GET', `/address-scopes/${scope.id}`)).status).toBe(404);
    await share('address_scope', scope.id);
    expect((await server.stranger('GET', `/address-scopes/${scope.id}`)).body.address_scope.shared).toBe(
      true,
    );
  });
});

describe('what is refused', () => {
  it('objects of others, wrong actions and types, the same twice, everybody by a member', async () => {
    const { id } = await make(server.member, 'network', {});
    const ask = async (caller: Ask, body: object) => refusal(await caller('POST', '/rbac-policies', body));
    expect(await ask(server.stranger, policy('network', id))).toBe(
      `404 NetworkNotFound: Network ${id} could not be found.`,
    );
    expect(await ask(server.member, policy('network', id, { action: 'access_as_friend' }))).toBe(
      "400 InvalidInput: Invalid input for operation: Invalid action 'access_as_friend' for object type 'network'. Valid actions: access_as_shared, access_as_external.",
    );
    expect(await ask(server.member, policy('port', id))).toContain(
      '400 HTTPBadRequest: Invalid input for object_type',
    );
    expect(await ask(server.member, policy('network', id, { target_tenant: '*' }))).toBe(
      '403 PolicyNotAuthorized: (rule:create_rbac_policy and rule:create_rbac_policy:target_tenant) is disallowed by policy',
    );
    const shared = await share('network', id);
    expect(await ask(server.member, policy('network', id))).toBe(
      '409 DuplicateRbacPolicy: An RBAC policy already exists with those values.',
    );
    expect(await ask(server.stranger, policy('network', id, { target_tenant: third }))).toBe(
      '400 InvalidInput: Invalid input for operation: Only admins can manipulate policies on networks they do not own.',
    );
    const widen = { rbac_policy: { target_tenant: '*' } };
    expect((await server.member('PUT', `/rbac-policies/${shared}`, widen)).status).toBe(403);
    expect((await server.stranger('GET', `/rbac-policies/${shared}`)).body.NeutronError.type).toBe(
      'RbacPolicyNotFound',
    );
    const missing = '11111111-2222-3333-4444-555555555555';
    expect(await ask(server.member, policy('network', missing))).toContain('404 NetworkNotFound');
  });

  it('more than the quota', async () => {
    await server.admin('PUT', `/quotas/${demo}`, { quota: { rbac_policy: 1 } });
    const { id } = await make(server.member, 'network', {});
    await share('network', id);
    expect(
      refusal(await server.member('POST', '/rbac-policies', policy('network', id, { target_tenant: third }))),
    ).toBe("409 OverQuota: Quota exceeded for resources: ['rbac_policy'].");
  });
});
