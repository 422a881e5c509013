// QoS: policies and their rules, on networks and ports, and what L2 agents are told of them.
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

let server: NetworkingServer;
beforeEach(async () => {
  server = await networkingServer({ settings: { service_plugins: ['router', 'qos'] } });
  await server.agentsOn('compute1');
});
afterEach(() => server[Symbol.asyncDispose]());

async function makePolicy(more: object = {}): Promise<string> {
  const answer = await server.admin('POST', '/qos/policies', {
    policy: { name: 'slow', tenant_id: demo, ...more },
  });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
  return answer.body.policy.id;
}
const rulePath = (policy: string, kind: string, id = '') =>
  `/qos/policies/${policy}/${kind}_rules${id && `/${id}`}`;
const addRule = (policy: string, kind: string, body: object, ask: Ask = server.admin) =>
  ask('POST', rulePath(policy, kind), { [`${kind}_rule`]: body });

/** What the L2 agent of compute1 is told of a port. */
async function told(port: string): Promise<unknown> {
  const answer = (await server.rpc('q-plugin', 'get_devices_details_list_and_failed_devices', {
    host: 'compute1',
    devices: [port],
  })) as { devices: { qos?: unknown }[] };
  return answer.devices[0]!.qos;
}
const makePort = (network_id: string, more: object = {}) =>
  make(server.admin, 'port', {
    network_id,
    tenant_id: demo,
    'binding:host_id': 'compute1',
    device_owner: 'compute:nova',
    ...more,
  });

describe('rules', () => {
  it('are made, shown, listed, changed and deleted below their policy, which shows them', async () => {
    const policy = await makePolicy();
    const made = await addRule(policy, 'bandwidth_limit', { max_kbps: '1000' });
    expect(made.status).toBe(201);
    const rule = made.body.bandwidth_limit_rule;
    expect(rule).toEqual({ id: rule.id, max_kbps: 1000, max_burst_kbps: 0, direction: 'egress' });
    const path = rulePath(policy, 'bandwidth_limit', rule.id);
    expect((await server.member('GET', path)).body.bandwidth_limit_rule).toEqual(rule);
    const changed = await server.admin('PUT', path, { bandwidth_limit_rule: { max_burst_kbps: 200 } });
    expect(changed.body.bandwidth_limit_rule).toEqual({ ...rule, max_burst_kbps: 200 });
    const mark = (await addRule(policy, 'dscp_marking', { dscp_mark: 26 })).body.dscp_marking_rule;
    const listed = await server.member('GET', rulePath(policy, 'bandwidth_limit'));
    expect(listed.body).toEqual({ bandwidth_limit_rules: [changed.body.bandwidth_limit_rule] });
    const shown = (await server.member('GET', `/qos/policies/${policy}`)).body.policy;
    expect(shown.rules).toEqual([
      { ...rule, max_burst_kbps: 200, qos_policy_id: policy, type: 'bandwidth_limit' },
      { ...mark, qos_policy_id: policy, type: 'dscp_marking' },
    ]);
    expect((await server.admin('DELETE', path)).status).toBe(204);
    expect(refusal(await server.admin('GET', path))).toBe(
      `404 QosRuleNotFound: QoS rule ${rule.id} for policy ${policy} could not be found.`,
    );
  });

  it('are found by their own policy only, and go with it', async () => {
    const [one, two] = [await makePolicy(), await makePolicy()];
    const { id } = (await addRule(one, 'dscp_marking', { dscp_mark: 0 })).body.dscp_marking_rule;
    expect((await server.admin('GET', rulePath(two, 'dscp_marking', id))).status).toBe(404);
    expect((await server.admin('DELETE', rulePath(two, 'dscp_marking', id))).status).toBe(404);
    expect((await server.admin('GET', rulePath(two, 'dscp_marking'))).body.dscp_marking_rules).toEqual([]);
    expect((await server.admin('DELETE', `/qos/policies/${one}`)).status).toBe(204);
    expect((await server.admin('GET', rulePath(one, 'dscp_marking'))).body.NeutronError.type).toBe(
      'QosPolicyNotFound',
    );
  });

  it('are once for each direction, and only with values there are', async () => {
    const policy = await makePolicy();
    await addRule(policy, 'bandwidth_limit', { max_kbps: 1 });
    const twice = await addRule(policy, 'bandwidth_limit', { max_kbps: 2 });
    expect(`${twice.status} ${twice.body.NeutronError.type}`).toBe('409 QoSRulesConflict');
    const ingress = await addRule(policy, 'bandwidth_limit', { max_kbps: 2, direction: 'ingress' });
    expect(ingress.status).toBe(201);
    const turned = await server.admin(
      'PUT',
      rulePath(policy, 'bandwidth_limit', ingress.body.bandwidth_limit_rule.id),
      { bandwidth_limit_rule: { direction: 'egress' } },
    );
    expect(turned.status).toBe(409);
    await addRule(policy, 'dscp_marking', { dscp_mark: 8 });
    expect((await addRule(policy, 'dscp_marking', { dscp_mark: 10 })).status).toBe(409);
    const wrong: [string, object][] = [
      ['dscp_marking', { dscp_mark: 7 }],
      ['dscp_marking', {}],
      ['bandwidth_limit', { max_kbps: -1 }],
      ['bandwidth_limit', { max_kbps: 2 ** 31 }],
      ['bandwidth_limit', { max_kbps: 1, direction: 'up' }],
      ['bandwidth_limit', { max_kbps: 1, qos_policy_id: policy }],
      ['bandwidth_limit', { max_kbps: 1, tenant_id: demo }],
    ];
    for (const [kind, body] of wrong)
      expect((await addRule(await makePolicy(), kind, body)).status, JSON.stringify(body)).toBe(400);
  });

  it('are for administrators to make, and for who sees the policy to see', async () => {
    const policy = await makePolicy();
    const refused = await addRule(policy, 'bandwidth_limit', { max_kbps: 1 }, server.member);
    expect(refusal(refused)).toBe(
      '403 PolicyNotAuthorized: rule:create_policy_bandwidth_limit_rule is disallowed by policy',
    );
    expect((await server.stranger('GET', rulePath(policy, 'bandwidth_limit'))).status).toBe(404);
    expect((await server.member('POST', '/qos/policies', { policy: { name: 'x' } })).status).toBe(403);
  });

  it('their kinds are listed with what each mechanism can do that wires ports', async () => {
    await using server = await networkingServer({
      settings: { ml2: { mechanism_drivers: ['openvswitch', 'l2population'] } },
    });
    expect((await server.member('GET', '/qos/rule-types')).body).toEqual({
      rule_types: [{ type: 'bandwidth_limit' }, { type: 'dscp_marking' }],
    });
    const shown = (await server.member('GET', '/qos/rule-types/dscp_marking')).body.rule_type;
    expect(shown.drivers).toMatchObject([
      {
        name: 'openvswitch',
        supported_parameters: [{ parameter_name: 'dscp_mark', parameter_type: 'choices' }],
      },
    ]);
    expect((await server.member('GET', '/qos/rule-types/magic')).status).toBe(404);
  });

  it('their kinds are narrowed by what is asked', async () => {
    const kinds = async (query: string) => (await server.member('GET', `/qos/rule-types?${query}`)).body;
    const all = { rule_types: [{ type: 'bandwidth_limit' }, { type: 'dscp_marking' }] };
    expect(await kinds('all_rules=True')).toEqual(all);
    expect(await kinds('all_supported=true&fields=type')).toEqual(all);
    expect(await kinds('type=dscp_marking')).toEqual({ rule_types: [{ type: 'dscp_marking' }] });
    expect((await kinds('all_rules=perhaps')).NeutronError.type).toBe('InvalidInput');
    expect((await kinds('colour=red')).NeutronError.type).toBe('HTTPBadRequest');
  });

  it('are shown, changed and deleted by their own id alone', async () => {
    const policy = await makePolicy();
    const { id } = (await addRule(policy, 'bandwidth_limit', { max_kbps: 1 })).body.bandwidth_limit_rule;
    const path = `/qos/alias-bandwidth-limit-rules/${id}`;
    const rule = { id, max_kbps: 1, max_burst_kbps: 0, direction: 'egress' };
    expect((await server.member('GET', path)).body).toEqual({ alias_bandwidth_limit_rule: rule });
    expect((await server.member('GET', `${path}?fields=max_kbps`)).body).toEqual({
      alias_bandwidth_limit_rule: { max_kbps: 1 },
    });
    const changes = { alias_bandwidth_limit_rule: { max_kbps: 2 } };
    expect((await server.admin('PUT', path, changes)).body).toEqual({
      alias_bandwidth_limit_rule: { ...rule, max_kbps: 2 },
    });
    expect((await server.admin('PUT', path, {})).status).toBe(400);
    expect((await server.member('PUT', path, changes)).status).toBe(403);
    expect((await server.stranger('GET', path)).status).toBe(404);
    expect((await server.member('DELETE', path)).status).toBe(403);
    expect((await server.admin('DELETE', path)).status).toBe(204);
    expect((await server.member('GET', `/qos/policies/${policy}`)).body.policy.rules).toEqual([]);
    expect((await server.admin('GET', path)).body.NeutronError.type).toBe('QosRuleNotFound');
    const mark = (await addRule(policy, 'dscp_marking', { dscp_mark: 8 })).body.dscp_marking_rule;
    expect((await server.admin('GET', `/qos/alias-dscp-marking-rules/${mark.id}`)).status).toBe(200);
    expect((await server.admin('GET', `/qos/alias-bandwidth-limit-rules/${mark.id}`)).status).toBe(404);
  });
});

describe('a policy', () => {
  it('of a port, else of its network, is what the agent is told, and every change of it', async () => {
    const { network } = await makeNetwork(server.member, '10.0.0.0/24');
    const port = await makePort(network.id);
    expect(port).toMatchObject({ qos_policy_id: null, qos_network_policy_id: null });
    expect(await told(port.id)).toBeUndefined();
    const policy = await makePolicy();
    await addRule(policy, 'bandwidth_limit', { max_kbps: 1000 });
    server.casts.length = 0;
    await server.member('PUT', `/networks/${network.id}`, { network: { qos_policy_id: policy } });
    expect(server.casts).toContainEqual(
      expect.objectContaining({ method: 'network_update', args: { network_id: network.id } }),
    );
    expect(await told(port.id)).toEqual({ egress: { max_kbps: 1000, burst_kbits: 800 } });
    const shown = (await server.member('GET', `/ports/${port.id}`)).body.port;
    expect(shown).toMatchObject({ qos_policy_id: null, qos_network_policy_id: policy });
    server.casts.length = 0;
    await addRule(policy, 'dscp_marking', { dscp_mark: 46 });
    expect(server.casts).toContainEqual(expect.objectContaining({ method: 'network_update' }));
    expect(await told(port.id)).toMatchObject({ dscp_mark: 46 });
    const own = await makePolicy();
    await addRule(own, 'bandwidth_limit', { max_kbps: 5, max_burst_kbps: 7, direction: 'ingress' });
    await server.member('PUT', `/ports/${port.id}`, { port: { qos_policy_id: own } });
    expect(await told(port.id)).toEqual({ ingress: { max_kbps: 5, burst_kbits: 7 } });
    server.casts.length = 0;
    await addRule(own, 'dscp_marking', { dscp_mark: 8 });
    expect(server.casts).toContainEqual(
      expect.objectContaining({
        method: 'port_update',
        args: { port: expect.objectContaining({ id: port.id }) },
      }),
    );
    // the network service's own ports have their own policy only
    const dhcp = await makePort(network.id, { device_owner: 'network:dhcp' });
    expect(await told(dhcp.id)).toBeUndefined();
  });

  it('that something has cannot be deleted', async () => {
    const policy = await makePolicy();
    const network = await make(server.member, 'network', { qos_policy_id: policy });
    expect(refusal(await server.admin('DELETE', `/qos/policies/${policy}`))).toBe(
      `409 QosPolicyInUse: QoS Policy ${policy} is used by network ${network.id}.`,
    );
    await server.member('PUT', `/networks/${network.id}`, { network: { qos_policy_id: null } });
    expect((await server.admin('DELETE', `/qos/policies/${policy}`)).status).toBe(204);
  });

  it('of another project is used when it is shared, and taken off by who may use it only', async () => {
    const policy = await makePolicy({ tenant_id: other });
    const ask = (qos_policy_id: unknown) =>
      server.member('POST', '/networks', { network: { qos_policy_id } });
    expect(refusal(await ask(policy))).toBe(
      `404 QosPolicyNotFound: QoS policy ${policy} could not be found.`,
    );
    expect((await ask('no id')).status).toBe(400);
    const { id } = await make(server.member, 'network', {});
    await server.admin('PUT', `/networks/${id}`, { network: { qos_policy_id: policy } });
    const free = await server.member('PUT', `/networks/${id}`, { network: { qos_policy_id: null } });
    expect(refusal(free)).toBe(
      `403 PolicyRemoveAuthorizationError: Failed to remove provided policy ${policy} because you are not authorized.`,
    );
    const shared = await server.stranger('POST', '/rbac-policies', {
      rbac_policy: {
        object_type: 'qos_policy',
        object_id: policy,
        action: 'access_as_shared',
        target_tenant: demo,
      },
    });
    expect(shared.status).toBe(201);
    expect((await server.member('GET', `/qos/policies/${policy}`)).body.policy.shared).toBe(true);
    expect((await ask(policy)).status).toBe(201);
    expect(
      (await server.stranger('DELETE', `/rbac-policies/${shared.body.rbac_policy.id}`)).body.NeutronError
        .type,
    ).toBe('RbacPolicyInUse');
  });

  it('that is the default of a project is on its new networks', async () => {
    const policy = await makePolicy({ is_default: true });
    expect((await make(server.member, 'network', {})).qos_policy_id).toBe(policy);
    expect((await make(server.stranger, 'network', {})).qos_policy_id).toBeNull();
    const second = await server.admin('POST', '/qos/policies', {
      policy: { name: 'b', tenant_id: demo, is_default: true },
    });
    expect(refusal(second)).toBe(
      `409 QoSPolicyDefaultAlreadyExists: A default QoS policy exists for project ${demo}.`,
    );
  });
});

it('without the plug-in there is nothing of it', async () => {
  await using plain = await networkingServer({ settings: { service_plugins: ['router'] } });
  expect((await plain.admin('GET', '/qos/policies')).status).toBe(404);
  expect((await plain.admin('GET', '/extensions/qos')).status).toBe(404);
  const { network } = await makeNetwork(plain.admin, '10.0.0.0/24');
  expect(network).not.toHaveProperty('qos_policy_id');
  const port = await make(plain.admin, 'port', { network_id: network.id });
  expect(port).not.toHaveProperty('qos_network_policy_id');
});
