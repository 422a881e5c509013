import { afterEach, beforeEach, expect, it } from 'vitest';
import { bindPorts } from '../../../server/cloud/agents/compute/ports.ts';
import type { ComputeServer } from '../../support/compute.ts';
import { runningInstance, type RunningInstance } from '../../support/running-instance.ts';

let cloud: ComputeServer;
let id: string;
let specAt: RunningInstance['specAt'];
let runsOn: RunningInstance['runsOn'];

beforeEach(async () => {
  ({ cloud, id, specAt, runsOn } = await runningInstance());
});
afterEach(() => cloud[Symbol.asyncDispose]());

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
