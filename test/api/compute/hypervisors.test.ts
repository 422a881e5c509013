// The compute nodes as machines, for administrators.
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runningInstance, type RunningInstance } from '../../support/running-instance.ts';

let vm01: RunningInstance;
beforeEach(async () => {
  vm01 = await runningInstance();
});
afterEach(() => vm01.cloud[Symbol.asyncDispose]());

const ask = async (path: string) => (await vm01.cloud.admin('GET', `/v2.1/os-hypervisors${path}`)).body;

/** The flavor's share of the host that the instance is on. */
const figures = {
  ...{ vcpus: 2, vcpus_used: 1, memory_mb: 4096, memory_mb_used: 512, free_ram_mb: 3584 },
  ...{ local_gb: 20, local_gb_used: 1, free_disk_gb: 19, disk_available_least: 15 },
  ...{ running_vms: 1, current_workload: 0 },
};

it('shows what a host has and what its instances take', async () => {
  const { hypervisors } = await ask('/detail');
  const [host] = hypervisors;
  expect(host).toEqual({
    ...figures,
    ...{ id: 1, hypervisor_hostname: 'compute1', state: 'up', status: 'enabled', host_ip: '10.20.0.1' },
    ...{ hypervisor_type: 'namespaces', hypervisor_version: 1, cpu_info: '' },
    service: { id: 1, host: 'compute1', disabled_reason: null },
  });
  expect((await ask('/1')).hypervisor).toEqual(host);
  expect(hypervisors[1]).toMatchObject({
    hypervisor_hostname: 'compute2',
    running_vms: 0,
    free_ram_mb: 4096,
  });
  expect((await vm01.cloud.admin('GET', '/v2.1/os-hypervisors/compute1')).status).toBe(404);
});

it('sums the hosts up that are enabled', async () => {
  expect((await ask('/statistics')).hypervisor_statistics).toEqual({
    ...{ ...figures, count: 2, vcpus: 4, memory_mb: 8192, free_ram_mb: 7680 },
    ...{ local_gb: 40, free_disk_gb: 39, disk_available_least: 30 },
  });
  for (const host of ['compute1', 'compute2'])
    await vm01.cloud.admin('PUT', '/v2.1/os-services/disable', { host, binary: 'nova-compute' });
  const { hypervisor_statistics } = await ask('/statistics');
  expect(Object.keys(hypervisor_statistics).sort()).toEqual([...Object.keys(figures), 'count'].sort());
  expect(new Set(Object.values(hypervisor_statistics))).toEqual(new Set([0]));
});

it('a host that does not answer tells no uptime', async () => {
  const { status, body } = await vm01.cloud.admin('GET', '/v2.1/os-hypervisors/1/uptime');
  expect([status, body.badRequest.message]).toEqual([
    ...[400, 'Compute service of compute1 is unavailable at this time.'],
  ]);
});

it.each(['', '/detail', '/statistics', '/1', '/1/uptime', '/compute1/servers'])(
  'os-hypervisors%s is for administrators',
  async (path) => {
    expect((await vm01.cloud.member('GET', `/v2.1/os-hypervisors${path}`)).status).toBe(403);
  },
);

it('no aggregates are there', async () => {
  expect((await vm01.cloud.admin('GET', '/v2.1/os-aggregates')).body).toEqual({ aggregates: [] });
  expect((await vm01.cloud.member('GET', '/v2.1/os-aggregates')).status).toBe(403);
});
