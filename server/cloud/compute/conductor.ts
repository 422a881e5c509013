// Topic `conductor`: compute nodes ask what is wanted of their instances and report what became of them.
import type { InstanceReport, InstanceSpec, ServiceReport } from '../model/instance.ts';
import { instances, type InstanceRow } from '../store/compute-tables.ts';
import type { Store } from '../store/store.ts';
import { findFlavor } from './flavors.ts';
import type { Hosts } from './hosts.ts';
import type { InstanceEvents } from './instance-events.ts';

/** What a compute node must know of an instance. */
export function specOf(row: InstanceRow): InstanceSpec {
  const flavor = findFlavor(row.flavor_id);
  return {
    uuid: row.id,
    name: row.name,
    hostname: row.hostname,
    project_id: row.project_id,
    image_id: row.image_id,
    memory_mb: flavor?.ram ?? 64,
    disk_gb: flavor?.disk ?? 0,
    availability_zone: row.availability_zone,
    wanted: row.wanted,
    vm_state: row.vm_state,
    task_state: row.task_state,
    generation: row.generation,
    rebuilds: row.rebuilds,
    requested_networks: row.requested_networks,
    security_group_ids: row.security_group_ids,
    network_info: row.network_info,
  };
}

/** The methods, each answering one host about its own instances only. */
export function conductorEndpoints(store: Store, hosts: Hosts, events: InstanceEvents) {
  return {
    report_state: async (report: ServiceReport): Promise<void> => hosts.report(report),
    instance_get: async ({ uuid, host }: { uuid: string; host: string }): Promise<InstanceSpec | null> => {
      const row = await store.read.find(instances, { id: uuid, host });
      return row === undefined ? null : specOf(row);
    },
    instances_get_by_host: async ({ host }: { host: string }): Promise<InstanceSpec[]> =>
      (await store.read.all(instances, { host })).map(specOf),
    instance_update: async (report: InstanceReport): Promise<void> => {
      const changed = await updateInstance(store, report);
      if (changed === undefined) return;
      const { before, after } = changed;
      if (after === undefined) events.deleted(before);
      else events.updated(before, after);
    },
  };
}

/** A report about an instance that was meanwhile asked to go changes nothing but its going. `after`: none for one that is gone. */
async function updateInstance(
  store: Store,
  report: InstanceReport,
): Promise<{ before: InstanceRow; after?: InstanceRow } | undefined> {
  const { uuid, host, is_deleted, fault, ...changes } = report;
  return store.transaction(async (rows) => {
    const row = await rows.find(instances, { id: uuid, host });
    if (row === undefined) return undefined;
    if (is_deleted) {
      if (row.wanted !== 'deleted') return undefined;
      await rows.remove(instances, { id: uuid });
      return { before: row };
    }
    const isGoing = row.wanted === 'deleted';
    const time = new Date().toISOString();
    const isFirstStart = changes.vm_state === 'active' && row.launched_at === null;
    const changed: Partial<InstanceRow> = {
      ...(isGoing
        ? changes.network_info === undefined
          ? {}
          : { network_info: changes.network_info }
        : changes),
      ...(fault === undefined ? {} : { fault: { ...fault, created: time } }),
      ...(isFirstStart ? { launched_at: time } : {}),
      updated_at: time,
    };
    await rows.update(instances, { id: uuid }, changed);
    return { before: row, after: { ...row, ...changed } };
  });
}
