// Address groups: prefixes that rules of security groups name together, and what L2 agents are told of them.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer();
  await server.agentsOn('compute1');
});
afterAll(() => server[Symbol.asyncDispose]());

const makeGroup = (addresses: string[] = []) =>
  make(server.member, 'address_group', { name: 'offices', addresses });
const change = (id: string, verb: 'add' | 'remove', addresses: unknown, ask = server.member) =>
  ask('PUT', `/address-groups/${id}/${verb}_addresses`, { addresses });
const rule = (security_group_id: string, more: object) => ({
  security_group_rule: { security_group_id, direction: 'ingress', ...more },
});

it('hold each prefix once, and are changed by their own actions', async () => {
  const group = await makeGroup(['10.1.0.0/16', '10.1.0.0/16', '2001:db8::/32']);
  expect(group).toMatchObject({ name: 'offices', description: '', tenant_id: demo, project_id: demo });
  expect(group.addresses).toEqual(['10.1.0.0/16', '2001:db8::/32']);
  expect(group).not.toHaveProperty('shared');
  const added = await change(group.id, 'add', ['192.0.2.7/32']);
  expect(added.status).toBe(200);
  expect(added.body.address_group).toMatchObject({
    ...{ id: group.id, revision_number: 1 },
    addresses: ['10.1.0.0/16', '2001:db8::/32', '192.0.2.7/32'],
  });
  expect(refusal(await change(group.id, 'add', ['192.0.2.7/32', '192.0.2.8/32']))).toBe(
    `400 AddressesAlreadyExist: Addresses ['192.0.2.7/32'] already exist in the address group ${group.id}.`,
  );
  expect(refusal(await change(group.id, 'remove', ['192.0.2.8/32']))).toBe(
    `404 AddressesNotFound: Addresses ['192.0.2.8/32'] not found in the address group ${group.id}.`,
  );
  const removed = await change(group.id, 'remove', ['10.1.0.0/16', '192.0.2.7/32']);
  expect(removed.body.address_group.addresses).toEqual(['2001:db8::/32']);
  for (const bad of [undefined, 'x', ['x'], [1]])
    expect((await change(group.id, 'add', bad)).status).toBe(400);
  const renamed = await server.member('PUT', `/address-groups/${group.id}`, { address_group: { name: 'n' } });
  expect(renamed.body.address_group.name).toBe('n');
  const set = { address_group: { addresses: [] } };
  expect((await server.member('PUT', `/address-groups/${group.id}`, set)).status).toBe(400);
  expect((await server.stranger('GET', `/address-groups/${group.id}`)).status).toBe(404);
  expect((await change(group.id, 'add', ['10.9.0.0/16'], server.stranger)).status).toBe(404);
  expect((await server.member('DELETE', `/address-groups/${group.id}`)).status).toBe(204);
});

it('are what a rule lets in, and every change of them reaches the hosts', async () => {
  const { network } = await makeNetwork(server.member, '10.0.0.0/24');
  const offices = await makeGroup(['10.1.0.0/16', '2001:db8::/32']);
  const guarded = await make(server.member, 'security_group', { name: 'guarded' });
  const made = await server.member(
    'POST',
    '/security-group-rules',
    rule(guarded.id, { protocol: 'tcp', remote_address_group_id: offices.id }),
  );
  expect(made.body.security_group_rule).toMatchObject({
    ...{ remote_address_group_id: offices.id, remote_group_id: null, remote_ip_prefix: null },
  });
  const port = await make(server.admin, 'port', {
    ...{ network_id: network.id, tenant_id: demo, security_groups: [guarded.id] },
    'binding:host_id': 'compute1',
  });
  const told = () => server.rpc('q-plugin', 'security_group_info_for_devices', { devices: [port.id] });
  const rules = {
    security_groups: {
      [guarded.id]: expect.arrayContaining([
        expect.objectContaining({ protocol: 'tcp', remote_group_id: offices.id }),
      ]),
    },
  };
  expect(await told()).toMatchObject({
    ...rules,
    sg_member_ips: { [offices.id]: { IPv4: ['10.1.0.0/16'], IPv6: ['2001:db8::/32'] } },
  });
  server.casts.length = 0;
  await change(offices.id, 'add', ['10.2.0.0/16']);
  expect(server.casts).toContainEqual(
    expect.objectContaining({
      method: 'security_groups_rule_updated',
      args: { security_groups: [guarded.id] },
    }),
  );
  expect(await told()).toMatchObject({
    sg_member_ips: { [offices.id]: { IPv4: ['10.1.0.0/16', '10.2.0.0/16'] } },
  });
  expect(refusal(await server.member('DELETE', `/address-groups/${offices.id}`))).toBe(
    `409 AddressGroupInUse: Address group ${offices.id} is in use on one or more security group rules.`,
  );
});

it('are named by a rule alone, once, and only where the caller may use them', async () => {
  const offices = await makeGroup(['10.1.0.0/16']);
  const mine = await make(server.member, 'security_group', { name: 'g' });
  const ask = (more: object, by = server.member, group = mine.id) =>
    by('POST', '/security-group-rules', rule(group, more));
  const remote_address_group_id = offices.id;
  expect(
    (await ask({ remote_address_group_id, remote_ip_prefix: '10.0.0.0/8' })).body.NeutronError.type,
  ).toBe('SecurityGroupMultipleRemoteEntites');
  expect((await ask({ remote_address_group_id, remote_group_id: mine.id })).status).toBe(400);
  expect((await ask({ remote_address_group_id: mine.id })).body.NeutronError.type).toBe(
    'AddressGroupNotFound',
  );
  expect((await ask({ remote_address_group_id })).status).toBe(201);
  expect((await ask({ remote_address_group_id })).body.NeutronError.type).toBe('SecurityGroupRuleExists');
  const theirs = await make(server.stranger, 'security_group', { name: 'g' });
  expect((await ask({ remote_address_group_id }, server.stranger, theirs.id)).status).toBe(404);
  const shared = await server.member('POST', '/rbac-policies', {
    rbac_policy: {
      ...{ object_type: 'address_group', object_id: offices.id, action: 'access_as_shared' },
      target_tenant: theirs.tenant_id,
    },
  });
  const policy = shared.body.rbac_policy;
  expect((await server.stranger('GET', `/address-groups/${offices.id}`)).status).toBe(200);
  expect((await change(offices.id, 'add', ['10.9.0.0/16'], server.stranger)).status).toBe(403);
  expect((await ask({ remote_address_group_id }, server.stranger, theirs.id)).status).toBe(201);
  expect((await server.member('DELETE', `/rbac-policies/${policy.id}`)).body.NeutronError.type).toBe(
    'RbacPolicyInUse',
  );
});
