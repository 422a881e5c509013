// Extensions of a few lines: revisions that must match, pools of floating IPs, limits checked against use, normalized prefixes.
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  demo,
  make,
  makeNetwork,
  makePublic,
  networkingServer,
  refusal,
  type NetworkingServer,
} from '../../support/networking.ts';

let server: NetworkingServer;
beforeAll(async () => {
  server = await networkingServer();
});
afterAll(() => server[Symbol.asyncDispose]());

it('changes and deletes a row only at the revision that the caller names', async () => {
  const { id, revision_number } = await make(server.member, 'network', {});
  const ask = async (method: string, match: string, body?: object) => {
    const answer = await fetch(`${server.url}/v2.0/networks/${id}`, {
      method,
      headers: { 'X-Auth-Token': demo, 'Content-Type': 'application/json', 'If-Match': match },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    return {
      status: answer.status,
      headers: answer.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
  };
  const rename = { network: { name: 'b' } };
  expect((await ask('PUT', `revision_number=${revision_number}`, rename)).status).toBe(200);
  const stale = `412 RevisionNumberConstraintFailed: Constrained to ${revision_number}, but current revision is ${revision_number + 1}`;
  expect(refusal(await ask('PUT', `revision_number=${revision_number}`, rename))).toBe(stale);
  expect(refusal(await ask('DELETE', `"revision_number=${revision_number}"`))).toBe(stale);
  expect(refusal(await ask('PUT', 'revision_number=x', rename))).toBe(
    '400 BadRequest: Bad if-match request: Revision number must be an integer.',
  );
  expect((await ask('PUT', 'revision_number=1, revision_number=2', rename)).status).toBe(400);
  expect((await ask('PUT', '"other"', rename)).status).toBe(200);
  expect((await ask('DELETE', `"revision_number=${revision_number + 2}"`)).status).toBe(204);
});

it('names the subnets that floating IPs come from, also to members', async () => {
  const { network, subnet } = await makePublic(server.admin);
  await make(server.admin, 'subnet', { network_id: network.id, ip_version: 6, cidr: '2001:db8::/64' });
  await makeNetwork(server.member, '10.0.0.0/24');
  expect((await server.member('GET', '/floatingip_pools')).body).toEqual({
    floatingip_pools: [
      {
        ...{ subnet_id: subnet.id, subnet_name: '', network_id: network.id, cidr: '10.64.201.0/24' },
        ...{ tenant_id: demo, project_id: demo },
      },
    ],
  });
  expect((await server.member('GET', '/floatingip_pools?cidr=10.0.0.0/24')).body.floatingip_pools).toEqual(
    [],
  );
  expect((await server.member('GET', '/floatingip_pools?color=red')).status).toBe(400);
});

it('refuses a limit below what is used when it is asked to look', async () => {
  const set = (quota: object) => server.admin('PUT', `/quotas/${demo}`, { quota });
  const used = (await server.admin('GET', `/quotas/${demo}/details`)).body.quota.network.used as number;
  expect(used).toBeGreaterThan(0);
  expect(refusal(await set({ network: 0, check_limit: true }))).toBe(
    `400 InvalidInput: Invalid input for operation: Quota limit 0 for network must be greater than or equal to already used ${used}.`,
  );
  expect((await set({ network: -1, check_limit: 'True' })).status).toBe(200);
  expect((await set({ network: used, check_limit: true })).body.quota.network).toBe(used);
  expect((await set({ network: 0 })).status).toBe(200);
  expect((await set({ check_limit: 'maybe' })).status).toBe(400);
  await server.admin('DELETE', `/quotas/${demo}`);
});

it('draws a new MAC address for a port when none is given', async () => {
  const network = await make(server.member, 'network', {});
  const port = await make(server.member, 'port', { network_id: network.id, mac_address: null });
  expect(port.mac_address).toMatch(/^fa:16:3e:/);
  const redraw = () => server.member('PUT', `/ports/${port.id}`, { port: { mac_address: null } });
  const { mac_address } = (await redraw()).body.port;
  expect(mac_address).toMatch(/^fa:16:3e:/);
  expect(mac_address).not.toBe(port.mac_address);
  expect((await server.member('GET', `/ports/${port.id}`)).body.port.mac_address).toBe(mac_address);
  await server.agentsOn('compute1');
  await server.admin('PUT', `/ports/${port.id}`, { port: { 'binding:host_id': 'compute1' } });
  expect(refusal(await redraw())).toMatch(/^409 PortBound/);
});

it("keeps the IPv4 addresses of a router's ports where they are", async () => {
  const { network, subnet } = await makeNetwork(server.member, '10.7.0.0/24');
  await make(server.member, 'subnet', { network_id: network.id, ip_version: 6, cidr: '2001:db8:7::/64' });
  const router = await make(server.member, 'router', {});
  const added = await server.member('PUT', `/routers/${router.id}/add_router_interface`, {
    subnet_id: subnet.id,
  });
  const path = `/ports/${added.body.port_id}`;
  const own = { subnet_id: subnet.id, ip_address: '10.7.0.1' };
  const change = (fixed_ips: object[]) => server.member('PUT', path, { port: { fixed_ips } });
  expect(refusal(await change([{ ip_address: '10.7.0.9' }]))).toBe(
    `400 IPAddressChangeNotAllowed: IP updates for port ${added.body.port_id} are not allowed`,
  );
  expect((await change([own, { ip_address: '10.7.0.9' }])).status).toBe(400);
  expect((await change([])).status).toBe(400);
  expect((await server.member('GET', path)).body.port.fixed_ips).toEqual([own]);
  expect((await change([own, { ip_address: '2001:db8:7::9' }])).status).toBe(200);
});

it('shows what those say of a port who watch the wires below', async () => {
  const network = await make(server.member, 'network', {});
  const port = await make(server.member, 'port', { network_id: network.id });
  expect(port.data_plane_status).toBeNull();
  const say = (data_plane_status: unknown, by = server.withRole(demo, 'data_plane_integrator')) =>
    by('PUT', `/ports/${port.id}`, { port: { data_plane_status } });
  expect((await say('DOWN')).body.port.data_plane_status).toBe('DOWN');
  expect((await say('ACTIVE', server.admin)).status).toBe(200);
  expect((await server.member('GET', `/ports/${port.id}`)).body.port.data_plane_status).toBe('ACTIVE');
  expect((await say(null)).body.port.data_plane_status).toBeNull();
  expect((await say('DOWN', server.member)).status).toBe(403);
  expect((await say('AWAY')).status).toBe(400);
});

it('lists the ports of security groups', async () => {
  const network = await make(server.member, 'network', {});
  const group = await make(server.member, 'security_group', { name: 'g1' });
  const port = await make(server.member, 'port', { network_id: network.id, security_groups: [group.id] });
  await make(server.member, 'port', { network_id: network.id });
  const { ports } = (await server.member('GET', `/ports?security_groups=${group.id}&fields=id`)).body;
  expect(ports).toEqual([{ id: port.id }]);
});

it('shows the prefix of a rule without the bits of hosts', async () => {
  const group = await make(server.member, 'security_group', { name: 'g' });
  const rule = (attributes: object) =>
    make(server.member, 'security_group_rule', {
      ...{ security_group_id: group.id, direction: 'ingress', ...attributes },
    });
  const made = await rule({ protocol: 'tcp', remote_ip_prefix: '10.0.0.7/24' });
  expect(made).toMatchObject({ normalized_cidr: '10.0.0.0/24' });
  expect(await rule({ protocol: 'udp' })).toMatchObject({ remote_ip_prefix: null, normalized_cidr: null });
  const listed = await server.member('GET', '/security-group-rules?normalized_cidr=10.0.0.0/24');
  expect(listed.body.security_group_rules).toEqual([made]);
  const shown = (await server.member('GET', `/security-groups/${group.id}`)).body.security_group;
  expect(shown.security_group_rules).toContainEqual(made);
});

it('finds what has no value by the empty one', async () => {
  const group = await make(server.member, 'security_group', { name: 'e' });
  const made = await make(server.member, 'security_group_rule', {
    ...{ security_group_id: group.id, direction: 'ingress', protocol: 'tcp', description: '' },
  });
  const path = `/security-group-rules?security_group_id=${group.id}&description=`;
  const ids = (await server.member('GET', path)).body.security_group_rules.map(
    ({ id }: { id: string }) => id,
  );
  // those that come with the group have null
  expect(ids).toContain(made.id);
  expect(ids).toHaveLength(3);
  const { network } = await makeNetwork(server.member, '10.5.0.0/24');
  const port = await make(server.member, 'port', { network_id: network.id });
  expect((await server.member('GET', `/ports?device_id=&network_id=${network.id}`)).body.ports).toEqual([
    port,
  ]);
});

it('tells whether a port was to have addresses when it was made', async () => {
  const { network } = await makeNetwork(server.member, '10.9.0.0/24');
  const bare = await make(server.member, 'network', {});
  const none = await make(server.member, 'port', { network_id: network.id, name: 'none', fixed_ips: [] });
  const own = await make(server.member, 'port', { network_id: network.id, name: 'own' });
  const waiting = await make(server.member, 'port', { network_id: bare.id, name: 'waiting' });
  expect([none, own, waiting].map((port) => [port.fixed_ips.length, port.ip_allocation])).toEqual([
    [0, 'none'],
    [1, 'immediate'],
    [0, 'immediate'],
  ]);
  const list = async (query: string) =>
    (await server.member('GET', `/ports?${query}`)).body.ports.map(({ name }: { name: string }) => name);
  expect(await list(`ip_allocation=none&network_id=${network.id}`)).toEqual(['none']);
  expect(
    await list(`network_id=${network.id}&device_owner=&sort_key=ip_allocation&sort_dir=asc&limit=2`),
  ).toEqual(['own', 'none']);
  // an address of later changes nothing about it, as in the real one
  const changed = await server.member('PUT', `/ports/${none.id}`, {
    port: { fixed_ips: [{ ip_address: '10.9.0.77' }] },
  });
  expect(changed.body.port).toMatchObject({
    ip_allocation: 'none',
    fixed_ips: [{ ip_address: '10.9.0.77' }],
  });
  expect(
    refusal(await server.admin('PUT', `/ports/${none.id}`, { port: { ip_allocation: 'immediate' } })),
  ).toMatch(/^400 HTTPBadRequest: Cannot update read-only attribute ip_allocation/);
  expect((await server.member('GET', '/extensions/ip_allocation')).body.extension.name).toBe('IP Allocation');
});
