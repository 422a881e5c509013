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

const says = (host: string, migration: 'arrived' | 'failed') =>
  cloud.conductor.instance_update({ uuid: id, host, migration });
const act = (body: object, ask = cloud.admin) => ask('POST', `/v2.1/servers/${id}/action`, body);
const migrate = (host: string | null = null, ask = cloud.admin) =>
  act({ 'os-migrateLive': { host, block_migration: false, disk_over_commit: false } }, ask);
const seen = async () => {
  const { server } = (await cloud.admin('GET', `/v2.1/servers/${id}`)).body;
  return [server.status, server['OS-EXT-SRV-ATTR:host'], server['OS-EXT-STS:task_state']];
};
const told = () => cloud.casts.map(({ method, server }) => `${method} ${server}`);
const isHeld = async (host: string) =>
  (await cloud.conductor.instances_get_by_host({ host })).some(({ uuid }) => uuid === id);

it('is on its host until the other one has it, and each of them knows what is wanted of it', async () => {
  expect((await migrate()).status).toBe(202);
  expect(await seen()).toEqual(['MIGRATING', 'compute1', 'migrating']);
  expect(told()).toEqual(['live_migration compute1', 'live_migration compute2']);
  expect(await specAt('compute1')).toMatchObject({ wanted: 'leaving', disk_from: null });
  const arriving = (await specAt('compute2'))!;
  expect(arriving).toMatchObject({ wanted: 'arriving', disk_from: 'compute1' });
  expect([await isHeld('compute1'), await isHeld('compute2')]).toEqual([true, true]);

  const network_info = await bindPorts(cloud.session, arriving.network_info!, 'compute2');
  await cloud.conductor.instance_update({ uuid: id, host: 'compute2', network_info });
  expect(await seen()).toEqual(['MIGRATING', 'compute1', 'migrating']);
  cloud.casts.length = 0;
  await says('compute2', 'arrived');
  expect(await seen()).toEqual(['MIGRATING', 'compute2', 'migrating']);
  expect(told()).toEqual(['post_live_migration compute1', 'post_live_migration compute2']);
  expect([await isHeld('compute1'), await isHeld('compute2')]).toEqual([false, true]);
  expect(await specAt('compute2')).toMatchObject({ wanted: 'running', disk_from: null });
  await runsOn('compute2');
  expect(await seen()).toEqual(['ACTIVE', 'compute2', null]);
});

it('stays where it is when either host says that it failed; what the other says later counts for nothing', async () => {
  for (const host of ['compute2', 'compute1']) {
    expect((await migrate('compute2')).status).toBe(202);
    cloud.casts.length = 0;
    await says(host, 'failed');
    expect(told()).toEqual(['rollback_live_migration compute1', 'rollback_live_migration compute2']);
    expect(await isHeld('compute2')).toBe(false);
    await says('compute2', 'arrived');
    await runsOn('compute1');
    expect(await seen()).toEqual(['ACTIVE', 'compute1', null]);
    expect(await specAt('compute1')).toMatchObject({ wanted: 'running' });
  }
});

it('once arrived it cannot fail any more, and the host it left has no say', async () => {
  await migrate();
  await says('compute2', 'arrived');
  await says('compute1', 'failed');
  await cloud.conductor.instance_update({ uuid: id, host: 'compute1', vm_state: 'stopped' });
  await runsOn('compute2');
  expect(await seen()).toEqual(['ACTIVE', 'compute2', null]);
});

it('goes also while it is paused', async () => {
  await act({ pause: null });
  const paused = { vm_state: 'paused', task_state: null, power_state: 3 };
  await cloud.conductor.instance_update({ uuid: id, host: 'compute1', ...paused });
  expect((await migrate()).status).toBe(202);
  expect((await seen())[0]).toBe('MIGRATING');
  await says('compute2', 'arrived');
  expect(await specAt('compute2')).toMatchObject({ wanted: 'paused' });
});

it('of an instance that is deleted on its way nothing stays on either host', async () => {
  await migrate();
  cloud.casts.length = 0;
  expect((await cloud.member('DELETE', `/v2.1/servers/${id}`)).status).toBe(204);
  expect(told()).toEqual(['terminate_instance compute1', 'terminate_instance compute2']);
  await says('compute2', 'arrived');
  expect(await specAt('compute2')).toBeNull();
  expect(await specAt('compute1')).toMatchObject({ wanted: 'deleted' });
});

it('takes what clients of either age send', async () => {
  for (const body of [
    { host: null, block_migration: true, disk_over_commit: true },
    { host: 'compute2', block_migration: 'auto' },
    { host: 'compute2', block_migration: 'auto', force: false },
  ]) {
    expect((await act({ 'os-migrateLive': body })).status).toBe(202);
    await says('compute1', 'failed');
    await runsOn('compute1');
  }
});

it('refuses what cannot be in the words of Nova, and nothing has changed', async () => {
  const words = async (host: string | null) => {
    const { status, body } = await migrate(host);
    return [status, Object.values(body as Record<string, { message: string }>)[0]!.message];
  };
  expect((await migrate(null, cloud.member)).body.forbidden.message).toBe(
    "Policy doesn't allow os_compute_api:os-migrate-server:migrate_live to be performed.",
  );
  expect((await act({ 'os-migrateLive': null })).status).toBe(400);
  expect((await act({ 'os-migrateLive': { block_migration: true } })).status).toBe(400);
  expect((await act({ 'os-migrateLive': { host: null, block_migration: 3 } })).status).toBe(400);
  expect(await words('compute9')).toEqual([400, 'Compute host compute9 could not be found.']);
  expect(await words('compute1')).toEqual([
    400,
    `Unable to migrate instance (${id}) to current host (compute1).`,
  ]);
  await cloud.admin('PUT', '/v2.1/os-services/disable', { host: 'compute2', binary: 'nova-compute' });
  expect(await words(null)).toEqual([400, 'No valid host was found. There are not enough hosts available.']);
  expect(await seen()).toEqual(['ACTIVE', 'compute1', null]);
  expect(cloud.casts).toEqual([]);
  await cloud.admin('PUT', '/v2.1/os-services/enable', { host: 'compute2', binary: 'nova-compute' });
  await migrate();
  expect(await words(null)).toEqual([
    409,
    `Cannot 'os-migrateLive' instance ${id} while it is in task_state migrating`,
  ]);
  expect((await act({ reboot: { type: 'HARD' } })).status).toBe(409);
  await says('compute1', 'failed');
  const stopped = { vm_state: 'stopped', task_state: null, power_state: 4 };
  await cloud.conductor.instance_update({ uuid: id, host: 'compute1', ...stopped });
  expect(await words(null)).toEqual([
    409,
    `Cannot 'os-migrateLive' instance ${id} while it is in vm_state stopped`,
  ]);
});
