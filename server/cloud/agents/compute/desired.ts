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
  /** Bound to another host: the instance has moved here. */
  isElsewhere: boolean;
}

export interface Desired {
  spec: InstanceSpec;
  /** Ports of Networking that name the instance; left out where nothing depends on them. */
  ports?: PortState[];
}

/** The conductor, as nova-compute needs it. */
export interface Conductor {
  host: string;
  get(uuid: string): Promise<InstanceSpec | undefined>;
  list(): Promise<InstanceSpec[]>;
  update(report: Omit<InstanceReport, 'host'>): Promise<void>;
  reportState(report: Omit<ServiceReport, 'host'>): Promise<void>;
}

export function rpcConductor(rpc: Pick<Rpc, 'call'>, host: string): Conductor {
  const ask = <Result>(method: string, args: Record<string, unknown>, timeoutMs = 60_000) =>
    rpc.call<Result>('conductor', method, { ...args, host }, { timeoutMs });
  return {
    host,
    get: async (uuid) => (await ask<InstanceSpec | null>('instance_get', { uuid })) ?? undefined,
    list: () => ask<InstanceSpec[]>('instances_get_by_host', {}),
    update: async (report) => void (await ask('instance_update', { ...report })),
    reportState: async (report) => void (await ask('report_state', { ...report }, 10_000)),
  };
}

interface Found {
  id: string;
  status: string;
  'binding:host_id': string;
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
  if (isSteady || spec.wanted === 'kept') return { spec };
  const asked = new Set(spec.requested_networks.flatMap(({ port_id }) => port_id ?? []));
  const kept = new Set(
    (spec.network_info ?? []).filter((vif) => vif.preserve_on_delete).map(({ port_id }) => port_id),
  );
  const { body } = await session.request<{ ports: Found[] }>('network', {
    method: 'GET',
    path: '/v2.0/ports',
    query: { device_id: uuid, fields: ['id', 'status', 'binding:host_id'] },
    timeoutMs: 10_000,
  });
  const ports = body.ports.map(({ id, status, 'binding:host_id': host }) => ({
    id,
    status,
    isOwn: !asked.has(id) && !kept.has(id),
    isElsewhere: host !== conductor.host,
  }));
  return { spec, ports };
}
