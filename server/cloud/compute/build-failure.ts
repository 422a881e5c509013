// A new instance that its host could not start: another host builds it, or it is in ERROR with the reason, in Nova's words.
import { fetchPorts, releasePorts } from '../client/instance-ports.ts';
import type { Session } from '../client/session.ts';
import type { BuildFailure, RequestSpec } from '../model/instance.ts';
import { instances, type InstanceRow } from '../store/compute-tables.ts';
import type { Store } from '../store/store.ts';
import { newFault } from './fault.ts';
import type { Hosts } from './hosts.ts';
import type { InstanceEvents } from './instance-events.ts';

export interface BuildFailureDeps {
  store: Store;
  hosts: Hosts;
  events: InstanceEvents;
  /** Compute's own user at Networking. */
  session: Pick<Session, 'request'>;
  /** Hosts that an instance is tried on at most (`scheduler_max_attempts`). */
  maxAttempts: number;
  tell: (host: string, method: string, uuid: string) => void;
}

/** The message of its fault, where no other host may try; undefined where one may. `failures` with the last one. */
export function endOfBuild(
  { uuid, reason, is_local }: Omit<BuildFailure, 'host'>,
  { host, failures }: Pick<RequestSpec, 'host' | 'failures'>,
  maxAttempts: number,
): string | undefined {
  if (!is_local) return `Build of instance ${uuid} aborted: ${reason}`;
  if (host !== null || maxAttempts === 1) return reason;
  if (failures.length < maxAttempts) return undefined;
  return (
    `Exceeded maximum number of retries. Exceeded max scheduling attempts ${maxAttempts} ` +
    `for instance ${uuid}. Last exception: ${reason}`
  );
}

const noHostLeft = (uuid: string) =>
  'Exceeded maximum number of retries. Exhausted all hosts available for retrying build failures ' +
  `for instance ${uuid}.`;

/** Method `build_failed` of the conductor. An instance that was meanwhile deleted, or is elsewhere, is none of it. */
export async function buildFailed(deps: BuildFailureDeps, failure: BuildFailure): Promise<void> {
  const { store, events, session, tell } = deps;
  const isConcerned = (row: InstanceRow | undefined) =>
    row?.host === failure.host && row.vm_state === 'building' && row.wanted === 'running';
  const row = await store.read.find(instances, { id: failure.uuid });
  if (row === undefined || !isConcerned(row)) return;
  const changes = { ...(await outcome(deps, row, failure)), updated_at: new Date().toISOString() };
  // First: an instance without a host has nobody who would give them back. Those of one that is built elsewhere go along.
  if (changes.host === null) {
    const ports = await fetchPorts(session, row.id, row);
    await releasePorts(
      session,
      ports.map(({ id, isOwn }) => ({ id, isKept: !isOwn })),
    );
  }
  const before = await store.transaction(async (rows) => {
    const found = await rows.find(instances, { id: row.id });
    if (!isConcerned(found)) return undefined;
    await rows.update(instances, { id: row.id }, changes);
    return found;
  });
  if (before === undefined) return;
  events.updated(before, { ...before, ...changes });
  if (changes.host !== null) tell(changes.host, 'build_and_run_instance', row.id);
}

/** What changes of its row: where it is built next, or the fault that it ends with. */
async function outcome(
  { hosts, maxAttempts }: BuildFailureDeps,
  row: InstanceRow,
  failure: BuildFailure,
): Promise<Partial<InstanceRow> & { host: string | null }> {
  const { zone, host, different_host, ...past } = row.request_spec ?? {
    ...{ zone: row.availability_zone, host: null, different_host: [], failures: [] },
  };
  const failures = [...past.failures, { host: failure.host, reason: failure.reason }];
  const end = endOfBuild(failure, { host, failures }, maxAttempts);
  const next =
    end === undefined
      ? await hosts.find({ zone, differentFrom: different_host, except: failures.map((one) => one.host) })
      : undefined;
  const request_spec = { zone, host, different_host, failures };
  if (next !== undefined) return { host: next, request_spec, task_state: 'scheduling' };
  const details = failures.map((one) => `${one.host}: ${one.reason}`).join('\n');
  return {
    ...{ host: null, request_spec, network_info: null },
    ...{ vm_state: 'error', task_state: null, wanted: 'none' as const },
    fault: newFault(end ?? noHostLeft(row.id), details),
  };
}
