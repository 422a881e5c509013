// A new instance that a host cannot start goes to another one, and is in ERROR where there is none.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { allocatePorts } from '../../../server/cloud/agents/compute/ports.ts';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let network_id: string;

beforeEach(async () => {
  cloud = await computeServer();
  for (const host of ['compute1', 'compute2', 'compute3', 'compute4']) {
    await cloud.networking.agentsOn(host);
    await cloud.hostsUp(host);
  }
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  network_id = network.id;
});
afterEach(() => cloud[Symbol.asyncDispose]());

type Server = Record<string, unknown> & { id: string; addresses: object; fault?: Record<string, unknown> };

async function boot(more: object = {}, as = cloud.member, hints: object = {}): Promise<string> {
  const server = {
    ...{ name: 'vm01', imageRef: cloud.imageId, flavorRef: '1', networks: [{ uuid: network_id }] },
    ...more,
  };
  const { status, body } = await as('POST', '/v2.1/servers', { server, ...hints });
  expect(status).toBe(202);
  return body.server.id;
}
const see = async (id: string, as = cloud.admin): Promise<Server> =>
  (await as('GET', `/v2.1/servers/${id}`)).body.server;
const portsOf = async (id: string) =>
  (await cloud.networking.admin('GET', `/ports?device_id=${id}`)).body.ports as { id: string }[];

/** What nova-compute does before it starts an instance. */
async function allocateOn(host: string, uuid: string) {
  const spec = (await cloud.conductor.instance_get({ uuid, host }))!;
  const network_info = await allocatePorts(cloud.session, spec, host);
  await cloud.conductor.instance_update({ uuid, host, task_state: 'spawning', network_info });
  return network_info;
}
const failOn = (host: string, uuid: string, more: object = {}) =>
  cloud.conductor.build_failed({ uuid, host, reason: `no disk on ${host}`, is_local: true, ...more });
const disable = (...hosts: string[]) =>
  Promise.all(
    hosts.map((host) => cloud.admin('PUT', '/v2.1/os-services/disable', { host, binary: 'nova-compute' })),
  );

it('is built by another host with the ports it has, and the first one is told nothing of it any more', async () => {
  const id = await boot();
  const [vif] = await allocateOn('compute1', id);
  await failOn('compute1', id);
  expect(await see(id)).toMatchObject({
    status: 'BUILD',
    'OS-EXT-STS:task_state': 'scheduling',
    'OS-EXT-SRV-ATTR:host': 'compute2',
  });
  expect(cloud.casts.map(({ method, server }) => `${method} ${server}`)).toEqual([
    'build_and_run_instance compute1',
    'build_and_run_instance compute2',
  ]);
  expect(await cloud.conductor.instance_get({ uuid: id, host: 'compute1' })).toBeNull();
  const spec = await cloud.conductor.instance_get({ uuid: id, host: 'compute2' });
  expect(spec).toMatchObject({ wanted: 'running', vm_state: 'building', network_info: [vif] });

  await cloud.conductor.instance_update({ uuid: id, host: 'compute2', vm_state: 'active', task_state: null });
  const server = await see(id);
  expect(server.status).toBe('ACTIVE');
  expect(server).not.toHaveProperty('fault');
});

it('is in ERROR after three hosts, with nothing left of it, and can be deleted', async () => {
  const id = await boot();
  await allocateOn('compute1', id);
  for (const host of ['compute1', 'compute2', 'compute3']) await failOn(host, id);
  const server = await see(id);
  expect(server).toMatchObject({
    ...{ status: 'ERROR', hostId: '', addresses: {}, 'OS-EXT-AZ:availability_zone': '' },
    ...{ 'OS-EXT-STS:vm_state': 'error', 'OS-EXT-STS:task_state': null, 'OS-EXT-STS:power_state': 0 },
    ...{ 'OS-EXT-SRV-ATTR:host': null, 'OS-EXT-SRV-ATTR:hypervisor_hostname': null },
  });
  expect(server.fault).toEqual({
    code: 500,
    created: expect.stringMatching(/^[-\d]{10}T[:\d]{8}Z$/) as string,
    message:
      'Exceeded maximum number of retries. Exceeded max scheduling attempts 3 for instance ' +
      `${id}. Last exception: no disk on compute3`,
    details: 'compute1: no disk on compute1\ncompute2: no disk on compute2\ncompute3: no disk on compute3',
  });
  const { fault } = await see(id, cloud.member);
  expect(Object.keys(fault!).sort()).toEqual(['code', 'created', 'message']);
  const { servers } = (await cloud.member('GET', '/v2.1/servers/detail?status=error')).body;
  expect(servers.map((one: Server) => one.fault!.message)).toEqual([server.fault!.message]);
  expect(await portsOf(id)).toEqual([]);

  expect((await cloud.member('DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
  expect((await cloud.member('GET', `/v2.1/servers/${id}`)).status).toBe(404);
});

it('is in ERROR where fewer hosts are there than may try, and what its user brought is free again', async () => {
  await disable('compute3', 'compute4');
  const { port } = (await cloud.networking.member('POST', '/ports', { port: { network_id } })).body;
  const id = await boot({ networks: [{ port: port.id }] });
  await allocateOn('compute1', id);
  await failOn('compute1', id);
  await failOn('compute2', id);
  expect((await see(id)).fault!.message).toBe(
    'Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures ' +
      `for instance ${id}.`,
  );
  const kept = (await cloud.networking.admin('GET', `/ports/${port.id}`)).body.port;
  expect(kept).toMatchObject({ device_id: '', device_owner: '', 'binding:host_id': '' });
});

it('is in ERROR at once where its host was forced, with the reason', async () => {
  const id = await boot({ availability_zone: 'nova:compute3' }, cloud.admin);
  await failOn('compute3', id);
  expect(await see(id)).toMatchObject({ status: 'ERROR', fault: { message: 'no disk on compute3' } });
});

it('is in ERROR at once where no host could help', async () => {
  const id = await boot();
  await failOn('compute1', id, { is_local: false, reason: 'Image x could not be found.' });
  expect((await see(id)).fault!.message).toBe(`Build of instance ${id} aborted: Image x could not be found.`);
});

it('keeps away from the instances named by different_host on every attempt', async () => {
  const first = await boot({ availability_zone: 'nova:compute2' }, cloud.admin);
  const hints = { 'os:scheduler_hints': { different_host: [first] } };
  const id = await boot({}, cloud.member, hints);
  await failOn('compute1', id);
  expect((await see(id))['OS-EXT-SRV-ATTR:host']).toBe('compute3');
});

it('what a host says too late, or of what it does not have, changes nothing', async () => {
  const id = await boot();
  await failOn('compute2', id);
  await failOn('compute1', id);
  await failOn('compute1', id);
  expect((await see(id))['OS-EXT-SRV-ATTR:host']).toBe('compute2');
  await cloud.conductor.instance_update({ uuid: id, host: 'compute2', vm_state: 'active', task_state: null });
  await failOn('compute2', id);
  expect((await see(id)).status).toBe('ACTIVE');

  const other = await boot();
  await cloud.member('DELETE', `/v2.1/servers/${other}`);
  await failOn('compute1', other);
  expect((await see(other))['OS-EXT-STS:task_state']).toBe('deleting');
});

it('one that does not start again stays stopped, and shows no fault then', async () => {
  const id = await boot();
  const said = { uuid: id, host: 'compute1', task_state: null };
  await cloud.conductor.instance_update({ ...said, vm_state: 'stopped', wanted: 'stopped', power_state: 4 });
  await cloud.member('POST', `/v2.1/servers/${id}/action`, { 'os-start': null });
  const fault = { code: 500, message: 'no disk' };
  await cloud.conductor.instance_update({ ...said, vm_state: 'stopped', wanted: 'stopped', fault });
  const server = await see(id);
  expect(server).toMatchObject({ status: 'SHUTOFF', 'OS-EXT-STS:task_state': null });
  expect(server).not.toHaveProperty('fault');
});

it('one that does not reboot is in ERROR on its host, and a hard reboot is tried from there', async () => {
  const id = await boot();
  const said = { uuid: id, host: 'compute1', task_state: null };
  await cloud.conductor.instance_update({ ...said, vm_state: 'active', power_state: 1 });
  await cloud.member('POST', `/v2.1/servers/${id}/action`, { reboot: { type: 'SOFT' } });
  const fault = { code: 500, message: 'no disk' };
  await cloud.conductor.instance_update({ ...said, vm_state: 'error', wanted: 'none', fault });
  expect(await see(id)).toMatchObject({
    ...{ status: 'ERROR', 'OS-EXT-SRV-ATTR:host': 'compute1' },
    fault: { message: 'no disk' },
  });
  const hard = await cloud.member('POST', `/v2.1/servers/${id}/action`, { reboot: { type: 'HARD' } });
  expect(hard.status).toBe(202);
});
