// Security groups and their rules.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  other,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
let group: { id: string };
beforeAll(async () => {
  server = await networkingServer({ settings: { quotas: {} } });
  group = await make(server.member, 'security_group', { name: 'web' });
});
afterAll(() => server[Symbol.asyncDispose]());

const rule = (attributes: object) =>
  server.member('POST', '/security-group-rules', {
    security_group_rule: { security_group_id: group.id, direction: 'ingress', ...attributes },
  });

describe('the default group', () => {
  it('is there from the first list, and only in the own project', async () => {
    const { security_groups } = (await server.stranger('GET', '/security-groups')).body;
    expect(security_groups).toMatchObject([{ name: 'default', tenant_id: other }]);
    const rules = security_groups[0].security_group_rules;
    expect(
      rules.map(({ direction, ethertype }: Record<string, string>) => `${direction} ${ethertype}`).sort(),
    ).toEqual(['egress IPv4', 'egress IPv6', 'ingress IPv4', 'ingress IPv6']);
    const nobody = 'f'.repeat(32);
    expect((await server.admin('GET', `/security-groups?tenant_id=${nobody}`)).body.security_groups).toEqual(
      [],
    );
  });

  it('is one, keeps its name, and goes only by an administrator', async () => {
    expect(
      refusal(await server.member('POST', '/security-groups', { security_group: { name: 'default' } })),
    ).toBe('409 SecurityGroupDefaultAlreadyExists: Default security group already exists.');
    const [own] = (await server.member('GET', '/security-groups?name=default')).body.security_groups;
    const path = `/security-groups/${own.id}`;
    expect(refusal(await server.member('PUT', path, { security_group: { name: 'x' } }))).toMatch(
      /^409 SecurityGroupCannotUpdateDefault/,
    );
    expect(
      refusal(
        await server.member('PUT', `/security-groups/${group.id}`, { security_group: { name: 'default' } }),
      ),
    ).toMatch(/^409 SecurityGroupDefaultAlreadyExists/);
    expect(refusal(await server.member('DELETE', path))).toMatch(/^409 SecurityGroupCannotRemoveDefault/);
    expect((await server.admin('DELETE', path)).status).toBe(204);
    expect((await server.member('GET', '/security-groups?name=default')).body.security_groups).toHaveLength(
      1,
    );
  });

  it('is made once, however many ask at the same time', async () => {
    await using fresh = await networkingServer();
    await Promise.all(Array.from({ length: 20 }, () => fresh.member('GET', '/security-groups')));
    expect(
      (await fresh.admin('GET', `/security-groups?tenant_id=${demo}`)).body.security_groups,
    ).toHaveLength(1);
  });
});

describe('rules', () => {
  it('are kept as given, and shown in their group', async () => {
    const made = await rule({
      protocol: 'tcp',
      port_range_min: '80',
      port_range_max: 80,
      remote_ip_prefix: '10.0.0.7',
    });
    expect(made.body.security_group_rule).toMatchObject({
      ethertype: 'IPv4',
      protocol: 'tcp',
      port_range_min: 80,
      port_range_max: 80,
      remote_ip_prefix: '10.0.0.7/32',
      remote_group_id: null,
      project_id: demo,
    });
    const shown = (await server.member('GET', `/security-groups/${group.id}`)).body.security_group;
    expect(shown.security_group_rules.map(({ id }: { id: string }) => id)).toContain(
      made.body.security_group_rule.id,
    );
  });

  it.each([
    [
      { protocol: 'tcp', port_range_min: -16, port_range_max: 80 },
      '400 SecurityGroupInvalidPortValue: Invalid value for port -16.',
    ],
    [
      { protocol: 'tcp', port_range_min: 80, port_range_max: 65536 },
      '400 SecurityGroupInvalidPortValue: Invalid value for port 65536.',
    ],
    [
      { protocol: 'tcp', port_range_min: 80, port_range_max: 79 },
      '400 SecurityGroupInvalidPortRange: For TCP/UDP protocols, port_range_min must be <= port_range_max.',
    ],
    [
      { protocol: 'tcp', port_range_min: null, port_range_max: 6 },
      '400 SecurityGroupInvalidPortRange: For TCP/UDP protocols, port_range_min must be <= port_range_max.',
    ],
    [
      { protocol: 'icmp', port_range_min: 1, port_range_max: 256 },
      '400 SecurityGroupInvalidIcmpValue: Invalid value for ICMP code (port_range_max) 256. It must be 0 to 255.',
    ],
    [
      { protocol: 'icmp', port_range_min: 300, port_range_max: 1 },
      '400 SecurityGroupInvalidIcmpValue: Invalid value for ICMP type (port_range_min) 300. It must be 0 to 255.',
    ],
    [
      { protocol: 'icmp', port_range_min: null, port_range_max: 6 },
      '400 SecurityGroupMissingIcmpType: ICMP code (port-range-max) 6 is provided but ICMP type (port-range-min) is missing.',
    ],
    [
      { ethertype: 'IPv4', remote_ip_prefix: 'fd00::/64' },
      '400 SecurityGroupRuleParameterConflict: Conflicting value ethertype IPv4 for CIDR fd00::/64.',
    ],
    [
      { ethertype: 'bad' },
      "400 SecurityGroupRuleInvalidEtherType: Security group rule for ethertype bad not supported. Allowed values are ['IPv4', 'IPv6'].",
    ],
    [
      { direction: 'sideways' },
      "400 HTTPBadRequest: Invalid input for direction. Reason: 'sideways' is not in ['ingress', 'egress'].",
    ],
    [
      { port_range_min: 1, port_range_max: 2 },
      '400 SecurityGroupProtocolRequiredWithPorts: Must also specify protocol if port range is given.',
    ],
    [
      { remote_ip_prefix: '192.168.1./24' },
      "400 HTTPBadRequest: Invalid input for remote_ip_prefix. Reason: '192.168.1./24' is not a valid IP subnet.",
    ],
    [
      { protocol: 'tcp', port_range_min: 'x' },
      '400 SecurityGroupInvalidPortValue: Invalid value for port x.',
    ],
  ])('%j is refused', async (attributes, expected) => {
    expect(refusal(await rule(attributes))).toBe(expected);
  });

  it('unknown protocols and groups, and two remotes', async () => {
    expect(refusal(await rule({ protocol: 'bogus' }))).toMatch(
      /^400 SecurityGroupRuleInvalidProtocol: Security group rule protocol bogus not supported/,
    );
    expect(refusal(await rule({ remote_group_id: 'bad_id' }))).toBe(
      '404 SecurityGroupNotFound: Security group bad_id does not exist',
    );
    expect(refusal(await rule({ security_group_id: 'bad_id' }))).toMatch(/^404 SecurityGroupNotFound/);
    expect(refusal(await rule({ remote_group_id: group.id, remote_ip_prefix: '10.0.0.0/8' }))).toMatch(
      /^400 SecurityGroupMultipleRemoteEntites/,
    );
  });

  it('each is made once', async () => {
    const attributes = { protocol: 'udp', port_range_min: 53, port_range_max: 53 };
    const made = await rule(attributes);
    expect(refusal(await rule(attributes))).toBe(
      `409 SecurityGroupRuleExists: Security group rule already exists. Rule id is ${made.body.security_group_rule.id}.`,
    );
  });

  it.each([
    [3, 2],
    [3, 0],
    [8, 0],
    [0, 0],
    [11, null],
  ])('ICMP type %s code %s', async (type, code) => {
    const made = await rule({ protocol: 'icmp', port_range_min: type, port_range_max: code });
    expect(made.body.security_group_rule).toMatchObject({ port_range_min: type, port_range_max: code });
  });

  it('icmp may be of either family', async () => {
    expect((await rule({ protocol: 'icmp', ethertype: 'IPv6' })).status).toBe(201);
  });
});

it('a group in use stays, and goes with its rules when nothing uses it', async () => {
  const { network } = await makeNetwork(server.member, '10.0.0.0/24');
  const used = await make(server.member, 'security_group', { name: 'used' });
  const port = await make(server.member, 'port', { network_id: network.id, security_groups: [used.id] });
  expect(refusal(await server.member('DELETE', `/security-groups/${used.id}`))).toBe(
    `409 SecurityGroupInUse: Security Group ${used.id} in use.`,
  );
  await server.member('DELETE', `/ports/${port.id}`);
  expect((await server.member('DELETE', `/security-groups/${used.id}`)).status).toBe(204);
  expect(
    (await server.admin('GET', `/security-group-rules?security_group_id=${used.id}`)).body
      .security_group_rules,
  ).toEqual([]);
});

it('groups that track connections and those that do not are on no port together', async () => {
  expect((await make(server.member, 'security_group', { name: 'g' })).stateful).toBe(true);
  const plain = await make(server.member, 'security_group', { name: 'plain', stateful: 'False' });
  expect(plain.stateful).toBe(false);
  const path = `/security-groups/${plain.id}`;
  const change = (stateful: boolean) => server.member('PUT', path, { security_group: { stateful } });
  expect((await change(true)).body.security_group.stateful).toBe(true);
  expect((await change(false)).status).toBe(200);
  const { network } = await makeNetwork(server.member, '10.40.0.0/24');
  const both = { network_id: network.id, security_groups: [group.id, plain.id] };
  expect(refusal(await server.member('POST', '/ports', { port: both }))).toBe(
    '409 SecurityGroupConflict: Error Cannot apply both stateful and stateless security groups on the same port at the same time while attempting the operation.',
  );
  const port = await make(server.admin, 'port', {
    ...{ network_id: network.id, tenant_id: demo, security_groups: [plain.id] },
    'binding:host_id': 'compute1',
  });
  expect((await change(true)).body.NeutronError.type).toBe('SecurityGroupInUse');
  expect((await change(false)).status).toBe(200);
  const info = (await server.rpc('q-plugin', 'security_group_info_for_devices', { devices: [port.id] })) as {
    security_groups: Record<string, { stateful?: boolean }[]>;
  };
  expect(info.security_groups[plain.id]!.map(({ stateful }) => stateful)).toEqual([false, false]);
});

it('agents are told of changed rules and members', async () => {
  const named = await make(server.member, 'security_group', { name: 'named' });
  server.casts.length = 0;
  await make(server.member, 'security_group_rule', {
    security_group_id: named.id,
    direction: 'ingress',
    protocol: 'tcp',
  });
  expect(server.casts).toEqual([
    {
      topic: 'q-agent-notifier-security_group-update',
      method: 'security_groups_rule_updated',
      args: { security_groups: [named.id] },
      fanout: true,
    },
  ]);
});
