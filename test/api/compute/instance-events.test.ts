// What those who listen for notifications are told of an instance, from its boot to its end.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { computeServer, type ComputeServer } from '../../support/compute.ts';
import { makeNetwork } from '../../support/networking.ts';

let cloud: ComputeServer;
let uuid: string;
const host = 'compute1';

beforeEach(async () => {
  cloud = await computeServer();
  await cloud.networking.agentsOn(host);
  await cloud.hostsUp(host);
  const { network } = await makeNetwork(cloud.networking.member, '192.168.101.0/24', { name: 'net01' });
  const { body } = await cloud.member('POST', '/v2.1/servers', {
    server: { name: 'vm01', imageRef: cloud.imageId, flavorRef: '1', networks: [{ uuid: network.id }] },
  });
  uuid = body.server.id;
});
afterEach(() => cloud[Symbol.asyncDispose]());

const changes = () =>
  cloud.notified.map(({ type, payload }) => [
    ...[type, payload['old_state'], payload['state']],
    ...[payload['old_task_state'], payload['new_task_state']],
  ]);
const update = 'compute.instance.update';

it('tells of every change of state that the API or the host makes', async () => {
  await cloud.conductor.instance_update({ uuid, host, vm_state: 'active', task_state: null, power_state: 1 });
  await cloud.conductor.instance_update({ uuid, host, network_info: [] });
  await cloud.member('POST', `/v2.1/servers/${uuid}/action`, { pause: null });
  await cloud.conductor.instance_update({ uuid, host, vm_state: 'stopped', task_state: null });
  expect(changes()).toEqual([
    [update, null, 'building', null, 'scheduling'],
    [update, 'building', 'active', 'scheduling', null],
    [update, 'active', 'active', null, 'pausing'],
    [update, 'active', 'stopped', 'pausing', null],
  ]);
  expect(cloud.notified[0]!.payload).toMatchObject({ instance_id: uuid, display_name: 'vm01', host });
});

it('tells of a new name and of the end', async () => {
  await cloud.member('PUT', `/v2.1/servers/${uuid}`, { server: { name: 'web' } });
  await cloud.member('DELETE', `/v2.1/servers/${uuid}`);
  await cloud.conductor.instance_update({ uuid, host, is_deleted: true });
  expect(cloud.notified[1]!.payload).toMatchObject({ display_name: 'web', old_display_name: 'vm01' });
  expect(cloud.notified[2]!.payload).toMatchObject({ new_task_state: 'deleting' });
  expect(cloud.notified.at(-1)).toMatchObject({
    type: 'compute.instance.delete.end',
    payload: { instance_id: uuid, state: 'deleted' },
  });
});
