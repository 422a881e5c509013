// Ports of instances at Networking: made or taken for an instance, bound to this host.
import { releasePorts } from '../../client/instance-ports.ts';
import { ApiFailure, type Session } from '../../client/session.ts';
import type { InstanceSpec, RequestedNetwork, VifPlug, VifSpec } from '../../model/instance.ts';

type Asker = Pick<Session, 'request'>;

/** The instance cannot be built as asked; trying again would not help. */
export class BuildFailed extends Error {
  override name = 'BuildFailed';
}

/** No L2 agent of this host can plug the port; another host's may. */
export class BindingFailed extends BuildFailed {
  constructor(port_id: string) {
    super(`Binding failed for port ${port_id}, please check neutron logs for more information.`);
  }
}

interface Port {
  id: string;
  network_id: string;
  mac_address: string;
  fixed_ips: { subnet_id: string; ip_address: string }[];
  'binding:vif_type'?: string;
  'binding:vif_details'?: { ovs_hybrid_plug?: boolean };
}

/** Makes or takes the ports of a new instance, in the order asked for; what was made is given back when one fails. */
export async function allocatePorts(session: Asker, spec: InstanceSpec, host: string): Promise<VifSpec[]> {
  const results = await Promise.allSettled(
    spec.requested_networks.map((requested) => allocatePort(session, spec, requested, host)),
  );
  const made = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  const failed = results.find((result) => result.status === 'rejected');
  if (failed === undefined) return made;
  await releasePorts(
    session,
    made.map(({ port_id, preserve_on_delete }) => ({ id: port_id, isKept: preserve_on_delete })),
  );
  throw failed.reason;
}

/** One port, bound to this host. Throws BuildFailed for what Networking refuses. */
export async function allocatePort(
  session: Asker,
  spec: InstanceSpec,
  requested: RequestedNetwork,
  host: string,
): Promise<VifSpec> {
  const owner = {
    device_id: spec.uuid,
    device_owner: `compute:${spec.availability_zone}`,
    'binding:host_id': host,
  };
  const { port_id, network_id, fixed_ip } = requested;
  const port = {
    network_id,
    tenant_id: spec.project_id,
    admin_state_up: true,
    ...owner,
    ...(spec.security_group_ids === null ? {} : { security_groups: spec.security_group_ids }),
    ...(fixed_ip === undefined ? {} : { fixed_ips: [{ ip_address: fixed_ip }] }),
  };
  try {
    const { body } = await session.request<{ port: Port }>('network', {
      ...(port_id === undefined
        ? { method: 'POST', path: '/v2.0/ports', body: { port } }
        : { method: 'PUT', path: `/v2.0/ports/${port_id}`, body: { port: owner } }),
    });
    const isKept = port_id !== undefined;
    const plug = plugOf(body.port);
    if (plug === undefined) {
      await releasePorts(session, [{ id: body.port.id, isKept }]);
      throw new BindingFailed(body.port.id);
    }
    return { ...(await describe(session, body.port, isKept)), plug };
  } catch (error) {
    if (error instanceof ApiFailure && error.status < 500) throw new BuildFailed(error.message);
    throw error;
  }
}

/** Takes the ports of an instance that has moved to this host; each may be plugged differently here. */
export async function bindPorts(session: Asker, vifs: readonly VifSpec[], host: string): Promise<VifSpec[]> {
  return Promise.all(
    vifs.map(async (vif) => {
      const { body } = await session.request<{ port: Port }>('network', {
        method: 'PUT',
        path: `/v2.0/ports/${vif.port_id}`,
        body: { port: { 'binding:host_id': host } },
      });
      const plug = plugOf(body.port);
      if (plug === undefined) throw new BindingFailed(vif.port_id);
      return { ...vif, plug };
    }),
  );
}

/** How a bound port is plugged; undefined: nothing on this host can. */
function plugOf(port: Port): VifPlug | undefined {
  const type = port['binding:vif_type'];
  if (type === 'bridge') return 'bridge';
  if (type !== 'ovs') return undefined;
  return port['binding:vif_details']?.ovs_hybrid_plug === false ? 'ovs' : 'hybrid';
}

async function describe(session: Asker, port: Port, isKept: boolean): Promise<VifSpec> {
  const { body } = await session.request<{ network: { name: string; mtu?: number } }>('network', {
    method: 'GET',
    path: `/v2.0/networks/${port.network_id}`,
    query: { fields: ['name', 'mtu'] },
  });
  return {
    port_id: port.id,
    network_id: port.network_id,
    network_name: body.network.name,
    mac_address: port.mac_address,
    mtu: body.network.mtu ?? 1500,
    fixed_ips: port.fixed_ips.map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
    preserve_on_delete: isKept,
  };
}
