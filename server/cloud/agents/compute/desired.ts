// What is wanted of the instances of this host: asked of the conductor, and their ports of Networking.
import type { Session } from '../../client/session.ts';
import type { InstanceReport, InstanceSpec, ServiceReport } from '../../model/instance.ts';
import type { Rpc } from '../../rpc/rpc.ts';

/** A port as far as Compute cares. */
export interface PortState {
  id: string;
  status: string;
  /** Made for this instance, not by its user. */
  isOwn: boolean;
}

export interface Desired {
  spec: InstanceSpec;
  /** Ports of Networking that name the instance; left out where nothing depends on them. */
  ports?: PortState[];
}

/** The conductor, as nova-compute needs it. */
export interface Conductor {
  get(uuid: string): Promise<InstanceSpec | undefined>;
  list(): Promise<InstanceSpec[]>;
  update(report: Omit<InstanceReport, 'host'>): Promise<void>;
  reportState(report: Omit<ServiceReport, 'host'>): Promise<void>;
}

export function rpcConductor(rpc: Pick<Rpc, 'call'>, host: string): Conductor {
  const ask = <Result>(method: string, args: Record<string, unknown>, timeoutMs = 60_000) =>
    rpc.call<Result>('conductor', method, { ...args, host }, { timeoutMs });
  return {
    get: async (uuid) => (await ask<InstanceSpec | null>('instance_get', { uuid })) ?? undefined,
    list: () => ask<InstanceSpec[]>('instances_get_by_host', {}),
    update: async (report) => void (await ask('instance_update', { ...report })),
    reportState: async (report) => void (await ask('report_state', { ...report }, 10_000)),
  };
}

/** The wanted state of an instance, undefined when it does not belong here. */
export async function fetchDesired(
  conductor: Conductor,
  session: Pick<Session, 'request'>,
  uuid: string,
): Promise<Desired | undefined> {
  const spec = await conductor.get(uuid);
  if (spec === undefined) return undefined;
  const isSteady = spec.task_state === null && spec.vm_state !== 'building';
  if (isSteady) return { spec };
  const asked = new Set(spec.requested_networks.flatMap(({ port_id }) => port_id ?? []));
  const kept = new Set(
    (spec.network_info ?? []).filter((vif) => vif.preserve_on_delete).map(({ port_id }) => port_id),
  );
  const { body } = await session.request<{ ports: { id: string; status: string }[] }>('network', {
    method: 'GET',
    path: '/v2.0/ports',
    query: { device_id: uuid, fields: ['id', 'status'] },
    timeoutMs: 10_000,
  });
  const ports = body.ports.map(({ id, status }) => ({
    id,
    status,
    isOwn: !asked.has(id) && !kept.has(id),
  }));
  return { spec, ports };
}
