// Topic `conductor`: compute nodes ask what is wanted of their instances and report what became of them.
import {
  powerState,
  type BuildFailure,
  type InstanceReport,
  type InstanceSpec,
  type ServiceReport,
  type WantedState,
} from '../model/instance.ts';
import { instances, type InstanceRow } from '../store/compute-tables.ts';
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { buildFailed, type BuildFailureDeps } from './build-failure.ts';
import { newFault } from './fault.ts';
import { configDrive } from './metadata/config-drive.ts';
import { findFlavor } from './flavors.ts';

/** The state of an instance as its host knows it: that its move waits for a word of its user is no matter there. */
const hostState = ({ vm_state, power_state }: InstanceRow) =>
  vm_state !== 'resized' ? vm_state : power_state === powerState.shutdown ? 'stopped' : 'active';

/** What compute node `host` must know of an instance: the one it is on, the one that it moved away from, or the next one. */
export function specOf(row: InstanceRow, { host, domain }: { host: string; domain: string }): InstanceSpec {
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
    wanted: wantedAt(row, host),
    vm_state: hostState(row),
    task_state: row.task_state,
    generation: row.generation,
    rebuilds: row.rebuilds,
    requested_networks: row.requested_networks,
    security_group_ids: row.security_group_ids,
    network_info: row.network_info,
    config_drive: row.config_drive ? configDrive(row, domain) : null,
    disk_from: sourceFor(row, host),
  };
}

function wantedAt({ host, new_host, wanted }: InstanceRow, asking: string): WantedState {
  if (asking === new_host) return 'arriving';
  if (asking !== host) return 'kept';
  return new_host !== null && wanted !== 'deleted' ? 'leaving' : wanted;
}

/** The host that has what the asking one has to fetch. */
function sourceFor({ host, old_host, new_host, task_state }: InstanceRow, asking: string): string | null {
  if (asking === new_host) return host;
  return asking === host && task_state === 'resize_migrating' ? old_host : null;
}

/** `domain`: that of the instances' full names; `tell` sends a host a message about one. */
export interface ConductorDeps extends BuildFailureDeps {
  domain: string;
}

/** The methods, each answering one host about its own instances only. */
export function conductorEndpoints(deps: ConductorDeps) {
  const { store, hosts, events, domain, tell } = deps;
  return {
    report_state: async (report: ServiceReport): Promise<void> => hosts.report(report),
    instance_get: async ({ uuid, host }: { uuid: string; host: string }): Promise<InstanceSpec | null> => {
      const row = await store.read.find(instances, { id: uuid });
      return row === undefined || !isOf(row, host) ? null : specOf(row, { host, domain });
    },
    instances_get_by_host: async ({ host }: { host: string }): Promise<InstanceSpec[]> => {
      const [own, ...others] = await Promise.all([
        store.read.all(instances, { host }),
        store.read.all(instances, { old_host: host }),
        store.read.all(instances, { new_host: host }),
      ]);
      return [...own, ...others.flat().filter((row) => isOf(row, host))].map((row) =>
        specOf(row, { host, domain }),
      );
    },
    instance_update: async (report: InstanceReport): Promise<void> => {
      const changed = await updateInstance(store, report);
      if (changed === undefined) return;
      const { before, after } = changed;
      if (report.migration !== undefined)
        for (const host of [before.host, before.new_host])
          if (host !== null) tell(host, `${verbs[report.migration]}_live_migration`, before.id);
      if (after === undefined) events.deleted(before);
      else events.updated(before, after);
    },
    build_failed: (failure: BuildFailure) => buildFailed(deps, failure),
  };
}

const verbs = { arrived: 'post', failed: 'rollback' };

/** Whether a host has to do with an instance; of one that is to go nothing stays where it was before or was to be. */
const isOf = (row: InstanceRow, host: string) =>
  row.host === host || ([row.old_host, row.new_host].includes(host) && row.wanted !== 'deleted');

/** A report about an instance that was meanwhile asked to go changes nothing but its going. `after`: none for one that is gone. */
async function updateInstance(
  store: Store,
  report: InstanceReport,
): Promise<{ before: InstanceRow; after?: InstanceRow } | undefined> {
  const { uuid, host, is_deleted, fault, migration, ...changes } = report;
  return store.transaction(async (rows) => {
    const row = await rows.find(instances, { id: uuid });
    if (row === undefined || !isOf(row, host) || host === row.old_host) return undefined;
    if (migration !== undefined || host === row.new_host)
      return onTheWay(rows, row, { host, migration, network_info: changes.network_info });
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
      // a move has arrived: now its user says whether it stays
      ...(!isGoing && row.old_host !== null && /^(active|stopped)$/.test(changes.vm_state ?? '')
        ? { vm_state: 'resized' }
        : {}),
      ...(fault === undefined ? {} : { fault: newFault(fault.message, fault.details) }),
      ...(isFirstStart ? { launched_at: time } : {}),
      updated_at: time,
    };
    await rows.update(instances, { id: uuid }, changed);
    return { before: row, after: { ...row, ...changed } };
  });
}

/**
 * What the hosts of a live migration say of it. Where the instance is changes here and at once, so it goes on on one of them only:
 * who comes too late is told nothing but what is wanted of it.
 */
async function onTheWay(
  rows: Rows,
  row: InstanceRow,
  { host, migration, network_info }: Pick<InstanceReport, 'host' | 'migration' | 'network_info'>,
): Promise<{ before: InstanceRow; after: InstanceRow } | undefined> {
  if (row.new_host === null) return undefined;
  if (migration === 'arrived' && host !== row.new_host) return undefined;
  const changed: Partial<InstanceRow> = {
    ...(network_info === undefined ? {} : { network_info }),
    ...(migration === undefined ? {} : { new_host: null }),
    ...(migration === 'arrived' ? { host } : {}),
    updated_at: new Date().toISOString(),
  };
  await rows.update(instances, { id: row.id }, changed);
  return { before: row, after: { ...row, ...changed } };
}
