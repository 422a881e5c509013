// The ports of an instance at Networking, as Compute and its nodes see them: found by its id, and given back.
import type { RequestedNetwork, VifSpec } from '../model/instance.ts';
import { ApiFailure, type Session } from './session.ts';

type Asker = Pick<Session, 'request'>;

/** A port that names an instance. */
export interface InstancePort {
  id: string;
  status: string;
  /** Made for this instance, not by its user. */
  isOwn: boolean;
  /** The host that it is bound to; '' for none. */
  host: string;
}

interface Found {
  id: string;
  status: string;
  'binding:host_id': string;
}

/** The ports that name an instance, whether it knows of them or not. */
export async function fetchPorts(
  session: Asker,
  uuid: string,
  known: { requested_networks: readonly RequestedNetwork[]; network_info: readonly VifSpec[] | null },
): Promise<InstancePort[]> {
  const given = new Set([
    ...known.requested_networks.flatMap(({ port_id }) => port_id ?? []),
    ...(known.network_info ?? []).flatMap((vif) => (vif.preserve_on_delete ? vif.port_id : [])),
  ]);
  const { body } = await session.request<{ ports: Found[] }>('network', {
    method: 'GET',
    path: '/v2.0/ports',
    query: { device_id: uuid, fields: ['id', 'status', 'binding:host_id'] },
    timeoutMs: 10_000,
  });
  return body.ports.map(({ id, status, 'binding:host_id': host }) => ({
    ...{ id, status, host },
    isOwn: !given.has(id),
  }));
}

/** Deletes ports made for an instance and unbinds those its user brought; one that is gone is no error. */
export async function releasePorts(
  session: Asker,
  ports: readonly { id: string; isKept: boolean }[],
): Promise<void> {
  const unbound = { device_id: '', device_owner: '', 'binding:host_id': '' };
  await Promise.all(
    ports.map(({ id, isKept }) =>
      session
        .request('network', {
          path: `/v2.0/ports/${id}`,
          ...(isKept ? { method: 'PUT', body: { port: unbound } } : { method: 'DELETE' }),
        })
        .catch((error: unknown) => {
          if (!(error instanceof ApiFailure && error.status === 404)) throw error;
        }),
    ),
  );
}
