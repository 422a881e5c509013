// What is wanted of the instances of this host: asked of the conductor, and their ports of Networking.
import { fetchPorts, type InstancePort } from '../../client/instance-ports.ts';
import type { Session } from '../../client/session.ts';
import type { BuildFailure, InstanceReport, InstanceSpec, ServiceReport } from '../../model/instance.ts';
import type { Rpc } from '../../rpc/rpc.ts';

/** A port as far as Compute cares. */
export interface PortState extends Omit<InstancePort, 'host'> {
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
  /** A new instance cannot be started here. */
  buildFailed(failure: Omit<BuildFailure, 'host'>): Promise<void>;
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
    buildFailed: async (failure) => void (await ask('build_failed', { ...failure })),
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
  if (isSteady || spec.wanted === 'kept') return { spec };
  const ports = await fetchPorts(session, uuid, spec);
  return {
    spec,
    ports: ports.map(({ host, ...port }) => ({ ...port, isElsewhere: host !== conductor.host })),
  };
}
