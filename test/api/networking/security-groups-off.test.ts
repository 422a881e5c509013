// enable_security_group = False: the API has no security groups, and neither have ports.
import { expect, it } from 'vitest';
import { make, makeNetwork, networkingServer, refusal } from '../../support/networking.ts';

it('the extension, its resources and the field of ports are hidden; ports work without', async () => {
  await using server = await networkingServer({ settings: { enable_security_group: false } });
  expect((await server.admin('GET', '/extensions/security-group')).status).toBe(404);
  for (const path of ['security-groups', 'security-group-rules'])
    expect((await server.admin('GET', `/${path}`)).status).toBe(404);
  const { network } = await makeNetwork(server.member, '10.0.0.0/24');
  const port = await make(server.member, 'port', { network_id: network.id });
  expect(port.status).toBe('DOWN');
  expect(Object.keys(port)).not.toContain('security_groups');
  const given = { network_id: network.id, security_groups: [] };
  expect(refusal(await server.member('POST', '/ports', { port: given }))).toBe(
    "400 HTTPBadRequest: Unrecognized attribute(s) 'security_groups'",
  );
  expect((await server.member('PUT', `/ports/${port.id}`, { port: { name: 'web' } })).status).toBe(200);
  const info = await server.rpc('q-plugin', 'security_group_info_for_devices', { devices: [port.id] });
  expect(info).toEqual({ security_groups: {}, sg_member_ips: {} });
});
