import { afterEach, beforeEach, expect, it } from 'vitest';
import { allocatePorts, bindPorts } from '../../../server/cloud/agents/compute/ports.ts';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let id: string;

beforeEach(async () => {
  cloud = await computeServer();
  await cloud.networking.agentsOn('compute1');
  await cloud.networking.agentsOn('compute2');
  await cloud.hostsUp('compute1', 'compute2');
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  const { body } = await cloud.member('POST', '/v2.1/servers', {
    server: { name: 'vm01', imageRef: cloud.imageId, flavorRef: '1', networks: [{ uuid: network.id }] },
  });
  id = body.server.id;
  const network_info = await allocatePorts(cloud.session, (await specAt('compute1'))!, 'compute1');
  await cloud.conductor.instance_update({ uuid: id, host: 'compute1', network_info });
  await runsOn('compute1');
  cloud.casts.length = 0;
});
afterEach(() => cloud[Symbol.asyncDispose]());

const specAt = (host: string) => cloud.conductor.instance_get({ uuid: id, host });
const runsOn = (host: string) =>
  cloud.conductor.instance_update({ uuid: id, host, vm_state: 'active', task_state: null, power_state: 1 });
const act = async (body: object, ask = cloud.member) =>
  (await ask('POST', `/v2.1/servers/${id}/action`, body)).status;
const seen = async () => {
  const { server } = (await cloud.admin('GET', `/v2.1/servers/${id}`)).body;
  return [server.status, server['OS-EXT-SRV-ATTR:host'], server.flavor.id];
};

it('an instance that is resized goes to another host, and waits there for the word of its user', async () => {
  expect(await act({ resize: { flavorRef: '2' } })).toBe(202);
  expect(await seen()).toEqual(['RESIZE', 'compute2', '2']);
  expect(cloud.casts.map(({ method, server }) => [method, server])).toEqual([
    ['resize_instance', 'compute1'],
    ['resize_instance', 'compute2'],
  ]);
  expect(await specAt('compute1')).toMatchObject({ wanted: 'kept', disk_from: null });
  const arriving = (await specAt('compute2'))!;
  expect(arriving).toMatchObject({ wanted: 'running', disk_from: 'compute1', disk_gb: 20 });

  const network_info = await bindPorts(cloud.session, arriving.network_info!, 'compute2');
  await cloud.conductor.instance_update({ uuid: id, host: 'compute2', network_info });
  await runsOn('compute2');
  expect(await seen()).toEqual(['VERIFY_RESIZE', 'compute2', '2']);
  const { ports } = (await cloud.networking.admin('GET', `/ports?device_id=${id}`)).body;
  expect(ports).toMatchObject([{ 'binding:host_id': 'compute2' }]);

  expect(await act({ confirmResize: null })).toBe(204);
  expect(await seen()).toEqual(['ACTIVE', 'compute2', '2']);
  expect(await specAt('compute1')).toBeNull();
  expect(await specAt('compute2')).toMatchObject({ wanted: 'running', disk_from: null });
});

it('a move that is taken back leaves the instance where and as it was', async () => {
  expect(await act({ resize: { flavorRef: '2' } })).toBe(202);
  await runsOn('compute2');
  expect(await act({ revertResize: null })).toBe(202);
  expect(await seen()).toEqual(['REVERT_RESIZE', 'compute1', '1']);
  expect(await specAt('compute2')).toBeNull();
  await runsOn('compute1');
  expect(await seen()).toEqual(['ACTIVE', 'compute1', '1']);
});

it('only an administrator migrates, and the size stays', async () => {
  expect(await act({ migrate: null })).toBe(403);
  expect(await act({ migrate: null }, cloud.admin)).toBe(202);
  await runsOn('compute2');
  expect(await seen()).toEqual(['VERIFY_RESIZE', 'compute2', '1']);
});

it('refuses what cannot be, and nothing has changed', async () => {
  expect(await act({ resize: { flavorRef: '1' } })).toBe(400);
  expect(await act({ resize: { flavorRef: 'none' } })).toBe(400);
  expect(await act({ resize: null })).toBe(400);
  expect(await act({ confirmResize: null })).toBe(409);
  expect(await act({ revertResize: null })).toBe(409);
  expect(await seen()).toEqual(['ACTIVE', 'compute1', '1']);
  expect(cloud.casts).toEqual([]);
});

it('of an instance that is deleted while its move waits nothing stays on either host', async () => {
  expect(await act({ resize: { flavorRef: '2' } })).toBe(202);
  await runsOn('compute2');
  cloud.casts.length = 0;
  expect((await cloud.member('DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
  expect(cloud.casts.map(({ server }) => server)).toEqual(['compute2', 'compute1']);
  expect(await specAt('compute1')).toBeNull();
  expect(await specAt('compute2')).toMatchObject({ wanted: 'deleted' });
});
