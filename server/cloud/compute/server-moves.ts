// Actions that take an instance to another host: resize and migrate, with the user's word on them, and migration as it runs.
import { z } from 'zod';
import type { RequestContext } from '../model/context.ts';
import { powerState } from '../model/instance.ts';
import { instances, type InstanceRow } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, conflict, forbidden } from './failure.ts';
import { findFlavor } from './flavors.ts';
import { parseBody } from './parse-body.ts';

/** Writes down what is wanted, tells the hosts, and answers with the status of the answer. */
type Move = (
  deps: ComputeDeps,
  row: InstanceRow,
  asked: { body: unknown; caller: RequestContext },
) => Promise<number>;

const resizeSchema = z.strictObject({
  flavorRef: z.union([z.string(), z.number()]).transform((value) => String(value).split('/').at(-1)!),
  'OS-DCF:diskConfig': z.enum(['AUTO', 'MANUAL']).optional(),
});

/** The disk always goes along: hosts share none. So what is asked about that is taken and makes no difference. */
const liveSchema = z.strictObject({
  host: z.string().min(1).max(255).nullable(),
  block_migration: z.union([z.boolean(), z.literal('auto'), z.stringbool()]).optional(),
  disk_over_commit: z.union([z.boolean(), z.stringbool()]).optional(),
  force: z.union([z.boolean(), z.stringbool()]).optional(),
});

export const moves: Partial<Record<string, Move>> = {
  resize: async (deps, row, { body, caller }) => {
    const { flavorRef } = parseBody(resizeSchema, body);
    const flavor = findFlavor(flavorRef);
    if (flavor === undefined) throw badRequest(`Flavor ${flavorRef} could not be found.`);
    if (flavor.id === row.flavor_id) throw badRequest('When resizing, instances must change flavor!');
    requireState(row, 'resize', ['active', 'stopped']);
    return leave(deps, row, { flavor_id: flavor.id, caller });
  },
  migrate: async (deps, row, { caller }) => {
    if (!caller.is_admin)
      throw forbidden("Policy doesn't allow os_compute_api:os-migrate-server:migrate to be performed.");
    requireState(row, 'migrate', ['active', 'stopped']);
    return leave(deps, row, { flavor_id: row.flavor_id, caller });
  },
  'os-migrateLive': async (deps, row, { body, caller }) => {
    if (!caller.is_admin)
      throw forbidden("Policy doesn't allow os_compute_api:os-migrate-server:migrate_live to be performed.");
    const { host } = parseBody(liveSchema, body);
    requireState(row, 'os-migrateLive', ['active', 'paused']);
    const new_host = host === null ? await choose(deps, row) : await fit(deps, row, host);
    await change(deps, row, { new_host, task_state: 'migrating' }, caller);
    tell(deps, row, 'live_migration', [row.host!, new_host], caller);
    return 202;
  },
  confirmResize: async (deps, row, { caller }) => {
    requireState(row, 'confirmResize', ['resized']);
    const vm_state = row.power_state === powerState.shutdown ? 'stopped' : 'active';
    await change(deps, row, { vm_state, old_host: null, old_flavor_id: null }, caller);
    tell(deps, row, 'confirm_resize_instance', [row.old_host!], caller);
    return 204;
  },
  revertResize: async (deps, row, { caller }) => {
    requireState(row, 'revertResize', ['resized']);
    const changes = {
      host: row.old_host,
      flavor_id: row.old_flavor_id ?? row.flavor_id,
      ...{ old_host: null, old_flavor_id: null, task_state: 'resize_reverting' },
      generation: row.generation + 1,
    };
    await change(deps, row, changes, caller);
    // the new host lets go before the old one takes it back
    tell(deps, row, 'revert_resize_instance', [row.host!, row.old_host!], caller);
    return 202;
  },
};

/** Chooses another host; it fetches the disk and the ports, and the present one keeps the disk as it was. */
async function leave(
  deps: ComputeDeps,
  row: InstanceRow,
  { flavor_id, caller }: { flavor_id: string; caller: RequestContext },
): Promise<number> {
  const host = await choose(deps, row);
  const changes = {
    ...{ host, old_host: row.host, flavor_id, old_flavor_id: row.flavor_id },
    task_state: 'resize_migrating',
    generation: row.generation + 1,
  };
  await change(deps, row, changes, caller);
  tell(deps, row, 'resize_instance', [row.host!, host], caller);
  return 202;
}

/** Another host than the present one. */
function choose({ hosts }: ComputeDeps, row: InstanceRow): Promise<string> {
  const wish = { zone: row.availability_zone, differentFrom: [row.id] };
  return hosts.schedule(wish).catch((error: Error) => {
    throw badRequest(error.message);
  });
}

/** The host that was asked for, where it can take the instance. */
async function fit({ hosts }: ComputeDeps, row: InstanceRow, host: string): Promise<string> {
  const service = (await hosts.list()).find((one) => one.host === host);
  if (service === undefined) throw badRequest(`Compute host ${host} could not be found.`);
  if (host === row.host)
    throw badRequest(`Unable to migrate instance (${row.id}) to current host (${host}).`);
  if (!hosts.isUp(service)) throw badRequest(`Compute service of ${host} is unavailable at this time.`);
  return host;
}

function requireState(row: InstanceRow, verb: string, states: readonly string[]): void {
  if (states.includes(row.vm_state) && row.task_state === null && row.host !== null) return;
  const state = states.includes(row.vm_state) ? `task_state ${row.task_state}` : `vm_state ${row.vm_state}`;
  throw conflict(`Cannot '${verb}' instance ${row.id} while it is in ${state}`);
}

async function change(
  deps: ComputeDeps,
  row: InstanceRow,
  changes: Partial<InstanceRow>,
  caller: RequestContext,
): Promise<void> {
  const whole = { ...changes, updated_at: new Date().toISOString() };
  await deps.store.read.update(instances, { id: row.id }, whole);
  deps.events.updated(row, { ...row, ...whole }, caller);
}

function tell(
  { rpc }: ComputeDeps,
  { id }: InstanceRow,
  method: string,
  hosts: readonly string[],
  caller: RequestContext,
): void {
  for (const server of hosts) rpc.cast('compute', method, { instance_uuid: id }, { server, context: caller });
}
