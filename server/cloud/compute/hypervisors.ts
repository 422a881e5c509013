// /os-hypervisors: the compute nodes as machines, what they have and what instances take of it. For administrators.
import type { Router, Response } from 'express';
import { RpcTimeout } from '../rpc/rpc.ts';
import { instances, type InstanceRow, type ServiceRow } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, forbidden, notFound } from './failure.ts';
import { findFlavor } from './flavors.ts';
import { callerOf } from './servers.ts';

const requireAdmin = (res: Response) => {
  if (!callerOf(res).is_admin)
    throw forbidden("Policy doesn't allow os_compute_api:os-hypervisors to be performed.");
};

const sumOf = <Item>(items: readonly Item[], valueOf: (item: Item) => number) =>
  items.reduce((sum, item) => sum + valueOf(item), 0);

const stocks = ['memory_mb', 'vcpus', 'local_gb', 'disk_available_gb'] as const;
type Stock = Pick<ServiceRow, (typeof stocks)[number]>;

/** What hosts have, and what the flavors of their instances take, as Nova's resource tracker counts: running or not. */
function figuresOf({ memory_mb, vcpus, local_gb, disk_available_gb }: Stock, rows: readonly InstanceRow[]) {
  const taken = (name: 'ram' | 'vcpus' | 'disk') =>
    sumOf(rows, (row) => findFlavor(row.flavor_id)?.[name] ?? 0);
  const [memory_mb_used, vcpus_used, local_gb_used] = [taken('ram'), taken('vcpus'), taken('disk')];
  return {
    ...{ vcpus, vcpus_used },
    ...{ memory_mb, memory_mb_used, free_ram_mb: memory_mb - memory_mb_used },
    ...{ local_gb, local_gb_used, free_disk_gb: local_gb - local_gb_used },
    disk_available_least: disk_available_gb,
    running_vms: rows.length,
    current_workload: rows.filter((row) => row.task_state !== null).length,
  };
}

export function addHypervisors(router: Router, { hosts, store, rpc }: ComputeDeps): void {
  const brief = (service: ServiceRow) => ({
    id: service.id,
    hypervisor_hostname: service.host,
    state: hosts.isUp(service) ? 'up' : 'down',
    status: service.disabled ? 'disabled' : 'enabled',
  });
  const full = async (service: ServiceRow) => ({
    ...brief(service),
    ...figuresOf(service, await store.read.all(instances, { host: service.host })),
    ...{ hypervisor_type: 'namespaces', hypervisor_version: 1, cpu_info: '' },
    host_ip: service.host_ip,
    service: { id: service.id, host: service.host, disabled_reason: service.disabled_reason },
  });
  const find = async (id: string) => {
    const service = (await hosts.list()).find((one) => String(one.id) === id);
    if (service === undefined) throw notFound(`Hypervisor with ID '${id}' could not be found.`);
    return service;
  };
  router.get('/os-hypervisors', async (_req, res) => {
    requireAdmin(res);
    res.json({ hypervisors: (await hosts.list()).map(brief) });
  });
  router.get('/os-hypervisors/detail', async (_req, res) => {
    requireAdmin(res);
    res.json({ hypervisors: await Promise.all((await hosts.list()).map(full)) });
  });
  router.get('/os-hypervisors/statistics', async (_req, res) => {
    requireAdmin(res);
    const services = (await hosts.list()).filter((service) => !service.disabled);
    const all = Object.fromEntries(stocks.map((name) => [name, sumOf(services, (one) => one[name])]));
    const rows = await store.read.all(instances, { host: services.map(({ host }) => host) });
    res.json({ hypervisor_statistics: { count: services.length, ...figuresOf(all as Stock, rows) } });
  });
  router.get('/os-hypervisors/:id', async (req, res) => {
    requireAdmin(res);
    res.json({ hypervisor: await full(await find(req.params.id)) });
  });
  router.get('/os-hypervisors/:id/uptime', async (req, res) => {
    requireAdmin(res);
    const service = await find(req.params.id);
    const away = `Compute service of ${service.host} is unavailable at this time.`;
    if (!hosts.isUp(service)) throw badRequest(away);
    const options = { server: service.host, timeoutMs: 10_000 };
    const uptime = await rpc.call<string>('compute', 'get_host_uptime', {}, options).catch((error: Error) => {
      throw error instanceof RpcTimeout ? badRequest(away) : error;
    });
    res.json({ hypervisor: { ...brief(service), uptime } });
  });
  router.get('/os-hypervisors/:host/servers', async (req, res) => {
    requireAdmin(res);
    const found = (await hosts.list()).filter(({ host }) => host.includes(req.params.host));
    if (found.length === 0) throw notFound(`No hypervisor matching '${req.params.host}' could be found.`);
    const hypervisors = found.map(async (service) => ({
      ...brief(service),
      servers: (await store.read.all(instances, { host: service.host })).map(({ id, number }) => ({
        uuid: id,
        name: `instance-${number.toString(16).padStart(8, '0')}`,
      })),
    }));
    res.json({ hypervisors: await Promise.all(hypervisors) });
  });
}
