import { beforeEach, afterEach, expect, it } from 'vitest';
import { allocatePorts } from '../../../server/cloud/agents/compute/ports.ts';
import { releasePorts } from '../../../server/cloud/client/instance-ports.ts';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { demo, makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let network_id: string;

beforeEach(async () => {
  cloud = await computeServer();
  await cloud.networking.agentsOn('compute1');
  await cloud.hostsUp('compute1', 'compute2');
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  network_id = network.id;
});
afterEach(() => cloud[Symbol.asyncDispose]());

const request = (more: object = {}) => ({
  server: {
    name: 'vm01',
    imageRef: cloud.imageId,
    flavorRef: '1',
    networks: [{ uuid: network_id }],
    ...more,
  },
});
const boot = async (more: object = {}): Promise<string> => {
  const { status, body } = await cloud.member('POST', '/v2.1/servers', request(more));
  expect(status).toBe(202);
  return body.server.id;
};

/** What nova-compute does with a new instance, but for the guest itself. */
async function buildOn(host: string, uuid: string) {
  const spec = (await cloud.conductor.instance_get({ uuid, host }))!;
  const network_info = await allocatePorts(cloud.session, spec, host);
  await cloud.conductor.instance_update({ uuid, host, network_info });
  await cloud.conductor.instance_update({ uuid, host, vm_state: 'active', task_state: null, power_state: 1 });
  return network_info;
}

it('answers a boot with exactly the keys of v2.1 and tells the host', async () => {
  const { status, headers, body } = await cloud.member('POST', '/v2.1/servers', request());
  expect(status).toBe(202);
  expect(headers.get('x-openstack-request-id')).toMatch(/^req-/);
  expect(Object.keys(body.server).sort()).toEqual([
    'OS-DCF:diskConfig',
    'adminPass',
    'id',
    'links',
    'security_groups',
  ]);
  expect(cloud.casts).toEqual([
    { method: 'build_and_run_instance', server: 'compute1', args: { instance_uuid: body.server.id } },
  ]);
});

it('is BUILD until its host says that it runs, then ACTIVE with the addresses of its port', async () => {
  const id = await boot();
  expect((await cloud.member('GET', `/v2.1/servers/${id}`)).body.server.status).toBe('BUILD');
  const [vif] = await buildOn('compute1', id);
  const { server } = (await cloud.member('GET', `/v2.1/servers/${id}`)).body;
  expect(server).toMatchObject({ status: 'ACTIVE', 'OS-EXT-STS:task_state': null });
  expect(server.addresses).toEqual({
    net01: [
      {
        version: 4,
        addr: vif!.fixed_ips[0]!.ip_address,
        'OS-EXT-IPS:type': 'fixed',
        'OS-EXT-IPS-MAC:mac_addr': vif!.mac_address,
      },
    ],
  });
});

it('gives the port made for it to the project, bound to the host', async () => {
  const id = await boot();
  const [vif] = await buildOn('compute1', id);
  const { port } = (await cloud.networking.admin('GET', `/ports/${vif!.port_id}`)).body;
  expect(port).toMatchObject({
    device_id: id,
    device_owner: 'compute:nova',
    tenant_id: demo,
    'binding:host_id': 'compute1',
  });
});

it('spreads instances, and obeys zone:host from an admin only', async () => {
  await boot({ name: 'one' });
  await boot({ name: 'two' });
  expect(cloud.casts.map(({ server }) => server)).toEqual(['compute1', 'compute2']);
  const forced = request({ availability_zone: 'nova:compute2' });
  expect((await cloud.member('POST', '/v2.1/servers', forced)).status).toBe(403);
  expect((await cloud.admin('POST', '/v2.1/servers', forced)).status).toBe(202);
  expect(cloud.casts.at(-1)!.server).toBe('compute2');
});

it('keeps away from the instances named by different_host', async () => {
  const first = await boot();
  const hinted = { ...request({ name: 'vm02' }), 'os:scheduler_hints': { different_host: [first] } };
  expect((await cloud.member('POST', '/v2.1/servers', hinted)).status).toBe(202);
  expect(cloud.casts.map(({ server }) => server)).toEqual(['compute1', 'compute2']);
});

it('shows a fault where no host can take it', async () => {
  await cloud.admin('PUT', '/v2.1/os-services/disable', { host: 'compute1', binary: 'nova-compute' });
  await cloud.admin('PUT', '/v2.1/os-services/disable', { host: 'compute2', binary: 'nova-compute' });
  const id = await boot();
  const { server } = (await cloud.member('GET', `/v2.1/servers/${id}`)).body;
  expect(server.status).toBe('ERROR');
  expect(server.fault.message).toMatch(/No valid host was found/);
  expect((await cloud.member('DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
  expect((await cloud.member('GET', `/v2.1/servers/${id}`)).status).toBe(404);
});

it.each([
  ['an unknown key', { locked: true }, /'locked' was unexpected/],
  ['an unknown flavor', { flavorRef: '99' }, /Flavor 99 could not be found/],
  ['an unknown image', { imageRef: crypto.randomUUID() }, /Can not find requested image/],
  ['an unknown key pair', { key_name: 'nope' }, /Invalid key_name/],
  ['an unknown group', { security_groups: [{ name: 'nope' }] }, /Security group nope not found/],
  ['an unknown network', { networks: [{ uuid: crypto.randomUUID() }] }, /could not be found/],
  ['no name', { name: '' }, /name/],
])('refuses %s with 400', async (_what, more, message) => {
  const { status, body } = await cloud.member('POST', '/v2.1/servers', request(more));
  expect(status).toBe(400);
  expect(Object.keys(body)).toEqual(['badRequest']);
  expect(body.badRequest.message).toMatch(message);
  expect(cloud.casts).toEqual([]);
});

it('hides instances from other projects', async () => {
  const id = await boot();
  expect((await cloud.stranger('GET', `/v2.1/servers/${id}`)).status).toBe(404);
  expect((await cloud.stranger('DELETE', `/v2.1/servers/${id}`)).status).toBe(404);
  expect((await cloud.stranger('GET', '/v2.1/servers')).body.servers).toEqual([]);
  expect((await cloud.admin('GET', '/v2.1/servers?all_tenants=1')).body.servers).toHaveLength(1);
  expect((await cloud.nobody('GET', '/v2.1/servers')).status).toBe(401);
});

it('is gone when its host has taken it down, its own port deleted and a given one unbound', async () => {
  const made = await cloud.networking.member('POST', '/ports', { port: { network_id } });
  const given = made.body.port.id as string;
  const id = await boot({ networks: [{ port: given }, { uuid: network_id }] });
  const vifs = await buildOn('compute1', id);
  expect((await cloud.member('DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
  expect(cloud.casts.at(-1)!.method).toBe('terminate_instance');
  await releasePorts(
    cloud.session,
    vifs.map((vif) => ({ id: vif.port_id, isKept: vif.preserve_on_delete })),
  );
  await cloud.conductor.instance_update({ uuid: id, host: 'compute1', is_deleted: true });
  expect((await cloud.member('GET', `/v2.1/servers/${id}`)).status).toBe(404);
  expect((await cloud.networking.member('GET', `/ports/${vifs[1]!.port_id}`)).status).toBe(404);
  const { port } = (await cloud.networking.member('GET', `/ports/${given}`)).body;
  expect(port).toMatchObject({ device_id: '', device_owner: '' });
});

it('refuses a port that another instance has with 409', async () => {
  const id = await boot();
  const [vif] = await buildOn('compute1', id);
  const { status, body } = await cloud.member(
    'POST',
    '/v2.1/servers',
    request({ networks: [{ port: vif!.port_id }] }),
  );
  expect(status).toBe(409);
  expect(body.conflictingRequest.message).toMatch(/is still in use/);
});

it('gives back the ports made when one of several cannot be had', async () => {
  const id = await boot({ networks: [{ uuid: network_id }, { uuid: network_id, fixed_ip: '10.9.9.9' }] });
  const spec = (await cloud.conductor.instance_get({ uuid: id, host: 'compute1' }))!;
  await expect(allocatePorts(cloud.session, spec, 'compute1')).rejects.toThrow();
  const { ports } = (await cloud.networking.admin('GET', `/ports?device_id=${id}`)).body;
  expect(ports).toEqual([]);
});

it.each([
  ['os-stop', null, 'stop_instance', 'stopped'],
  ['pause', null, 'pause_instance', 'paused'],
  ['suspend', null, 'suspend_instance', 'suspended'],
  ['reboot', { type: 'SOFT' }, 'reboot_instance', 'running'],
])('action %s asks the host for it, once', async (name, argument, method, wanted) => {
  const id = await boot();
  expect((await cloud.member('POST', `/v2.1/servers/${id}/action`, { [name]: argument })).status).toBe(409);
  await buildOn('compute1', id);
  const { status, body } = await cloud.member('POST', `/v2.1/servers/${id}/action`, { [name]: argument });
  expect([status, body]).toEqual([202, undefined]);
  expect(cloud.casts.at(-1)).toMatchObject({ method, server: 'compute1' });
  expect((await cloud.conductor.instance_get({ uuid: id, host: 'compute1' }))!.wanted).toBe(wanted);
  const again = await cloud.member('POST', `/v2.1/servers/${id}/action`, { pause: null });
  expect(again.status).toBe(409);
});

it('passes the events of Networking on to the host of the instance', async () => {
  const id = await boot();
  const event = { name: 'network-vif-plugged', server_uuid: id, tag: 'port', status: 'completed' };
  expect((await cloud.member('POST', '/v2.1/os-server-external-events', { events: [event] })).status).toBe(
    403,
  );
  const answer = await cloud.admin('POST', '/v2.1/os-server-external-events', { events: [event] });
  expect(answer.status).toBe(200);
  expect(cloud.casts.at(-1)).toMatchObject({ method: 'external_instance_event', server: 'compute1' });
});

it('answers a change without what the show of an instance has of the extensions', async () => {
  const id = await boot();
  await buildOn('compute1', id);
  const plain = [
    ...['OS-DCF:diskConfig', 'accessIPv4', 'accessIPv6', 'addresses', 'created', 'flavor', 'hostId', 'id'],
    ...['image', 'links', 'metadata', 'name', 'progress', 'status', 'tenant_id', 'updated', 'user_id'],
  ];
  const renamed = await cloud.member('PUT', `/v2.1/servers/${id}`, { server: { name: 'vm02' } });
  expect(Object.keys(renamed.body.server).sort()).toEqual(plain);
  expect(renamed.body.server.addresses.net01).toEqual([{ version: 4, addr: expect.any(String) }]);
  const rebuild = { rebuild: { imageRef: cloud.imageId } };
  const rebuilt = await cloud.member('POST', `/v2.1/servers/${id}/action`, rebuild);
  expect(rebuilt.status).toBe(202);
  expect(Object.keys(rebuilt.body.server).sort()).toEqual([...plain, 'adminPass'].sort());
});

it.each(['constructor', 'toString', '__proto__', 'fly'])('knows no action %s', async (name) => {
  const id = await boot();
  await buildOn('compute1', id);
  const body = JSON.parse(`{ "${name}": null }`) as unknown;
  const answer = await cloud.member('POST', `/v2.1/servers/${id}/action`, body);
  expect(answer).toMatchObject({ status: 400, body: { badRequest: { code: 400 } } });
});

it('boots on a network that is shared with the project alone', async () => {
  const { networking } = cloud;
  const { network } = await makeNetwork(networking.stranger, '192.168.102.0/24');
  const boots = async () =>
    (await cloud.member('POST', '/v2.1/servers', request({ networks: [{ uuid: network.id }] }))).status;
  expect(await boots()).toBe(400);
  const rbac_policy = {
    object_type: 'network',
    object_id: network.id,
    action: 'access_as_shared',
    target_tenant: demo,
  };
  expect((await networking.stranger('POST', '/rbac-policies', { rbac_policy })).status).toBe(201);
  expect(await boots()).toBe(202);
});
