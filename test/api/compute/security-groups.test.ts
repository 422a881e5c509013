import { afterEach, beforeEach, expect, it } from 'vitest';
import { allocatePorts } from '../../../server/cloud/agents/compute/ports.ts';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let server: string;
let port: string;
let web: string;

beforeEach(async () => {
  cloud = await computeServer();
  await cloud.networking.agentsOn('compute1');
  await cloud.hostsUp('compute1');
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  const wish = { name: 'vm01', imageRef: cloud.imageId, flavorRef: '1', networks: [{ uuid: network.id }] };
  server = (await cloud.member('POST', '/v2.1/servers', { server: wish })).body.server.id;
  const spec = (await cloud.conductor.instance_get({ uuid: server, host: 'compute1' }))!;
  const network_info = await allocatePorts(cloud.session, spec, 'compute1');
  port = network_info[0]!.port_id;
  const state = { vm_state: 'active', task_state: null, power_state: 1 };
  await cloud.conductor.instance_update({ uuid: server, host: 'compute1', network_info, ...state });
  const group = { name: 'web', description: 'port 80' };
  web = (await cloud.networking.member('POST', '/security-groups', { security_group: group })).body
    .security_group.id;
});
afterEach(() => cloud[Symbol.asyncDispose]());

const act = (action: string, name: string) =>
  cloud.member('POST', `/v2.1/servers/${server}/action`, { [action]: { name } });
const groupsShown = async () =>
  (await cloud.member('GET', `/v2.1/servers/${server}`)).body.server.security_groups?.map(
    ({ name }: { name: string }) => name,
  );
const groupsOfPort = async () =>
  (await cloud.networking.member('GET', `/ports/${port}`)).body.port.security_groups;

it('puts the ports of an instance into a group by name or id, and takes them out again', async () => {
  expect((await act('addSecurityGroup', 'web')).status).toBe(202);
  expect(await groupsOfPort()).toContain(web);
  expect((await groupsShown()).sort()).toEqual(['default', 'web']);
  expect((await act('removeSecurityGroup', web)).status).toBe(202);
  expect(await groupsOfPort()).not.toContain(web);
  expect(await groupsShown()).toEqual(['default']);
});

it('refuses an unknown group and one that the instance is not in, and changes nothing', async () => {
  const before = await groupsOfPort();
  expect((await act('addSecurityGroup', 'nope')).status).toBe(404);
  const { status, body } = await act('removeSecurityGroup', 'web');
  expect(status).toBe(404);
  expect(body.itemNotFound.message).toMatch(/not associated with the instance/);
  expect((await act('addSecurityGroup', '')).status).toBe(400);
  expect(await groupsOfPort()).toEqual(before);
});

it('shows the groups that the ports are in now, whoever changed them', async () => {
  await cloud.networking.member('PUT', `/ports/${port}`, { port: { security_groups: [web] } });
  expect(await groupsShown()).toEqual(['web']);
  const { body } = await cloud.member('GET', `/v2.1/servers/${server}/os-security-groups`);
  expect(body.security_groups).toMatchObject([{ id: web, name: 'web', description: 'port 80', rules: [] }]);
});

it("lists the project's groups as Compute's clients expect, and no others", async () => {
  const { body } = await cloud.member('GET', '/v2.1/os-security-groups');
  expect(body.security_groups.map(({ name }: { name: string }) => name).sort()).toEqual(['default', 'web']);
  expect((await cloud.member('GET', `/v2.1/os-security-groups/${web}`)).body.security_group.name).toBe('web');
  expect((await cloud.stranger('GET', `/v2.1/os-security-groups/${web}`)).status).toBe(404);
});
