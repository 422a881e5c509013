// /servers/ID/os-interface: network interfaces of an instance, also while it runs.
import type { Router } from 'express';
import { z } from 'zod';
import { ApiFailure } from '../client/session.ts';
import { RpcRemoteError, RpcTimeout } from '../rpc/rpc.ts';
import type { VifSpec } from '../model/instance.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, conflict, notFound } from './failure.ts';
import { resolveNetworks, type Port } from './networks.ts';
import { parseBody } from './parse-body.ts';
import { callerOf, getInstance } from './servers.ts';

const schema = z.strictObject({
  interfaceAttachment: z
    .strictObject({
      net_id: z.uuid().optional(),
      port_id: z.uuid().optional(),
      fixed_ips: z
        .array(z.strictObject({ ip_address: z.string() }))
        .max(1)
        .optional(),
    })
    .default({}),
});

const changeable = ['active', 'paused', 'stopped'];

export function addInterfaces(router: Router, deps: ComputeDeps): void {
  const readPort = async (id: string): Promise<Port | undefined> => {
    try {
      const path = `/v2.0/ports/${id}`;
      return (await deps.session.request<{ port: Port }>('network', { method: 'GET', path })).body.port;
    } catch (error) {
      if (error instanceof ApiFailure && error.status === 404) return undefined;
      throw error;
    }
  };
  const show = (vif: VifSpec, port: Port | undefined) => ({
    port_state: port?.status ?? 'DOWN',
    fixed_ips: (port?.fixed_ips ?? vif.fixed_ips).map(({ subnet_id, ip_address }) => ({
      subnet_id,
      ip_address,
    })),
    port_id: vif.port_id,
    net_id: vif.network_id,
    mac_addr: port?.mac_address ?? vif.mac_address,
  });
  const find = (list: VifSpec[] | null, port_id: string): VifSpec => {
    const vif = list?.find((one) => one.port_id === port_id);
    if (vif === undefined) throw notFound(`Port id ${port_id} could not be found.`);
    return vif;
  };

  router.get('/servers/:id/os-interface', async (req, res) => {
    const { network_info } = await getInstance(deps, req.params.id, callerOf(res));
    const interfaceAttachments = await Promise.all(
      (network_info ?? []).map(async (vif) => show(vif, await readPort(vif.port_id))),
    );
    res.json({ interfaceAttachments });
  });
  router.get('/servers/:id/os-interface/:port', async (req, res) => {
    const { network_info } = await getInstance(deps, req.params.id, callerOf(res));
    const vif = find(network_info, req.params.port);
    res.json({ interfaceAttachment: show(vif, await readPort(vif.port_id)) });
  });
  router.post('/servers/:id/os-interface', async (req, res) => {
    const caller = callerOf(res);
    const row = await getInstance(deps, req.params.id, caller);
    const { net_id, port_id, fixed_ips } = parseBody(schema, req.body).interfaceAttachment;
    if (net_id !== undefined && port_id !== undefined)
      throw badRequest('Must not input both net_id and port_id');
    if (fixed_ips !== undefined && net_id === undefined)
      throw badRequest('Must input network_id when request IP address');
    requireChangeable(row.vm_state, row.id, 'attach_interface');
    const wish = net_id ?? port_id;
    const [requested] = await resolveNetworks(
      deps.session,
      caller,
      wish === undefined
        ? undefined
        : [
            {
              ...(net_id === undefined ? { port_id: port_id! } : { network_id: net_id }),
              ...(fixed_ips?.[0] === undefined ? {} : { fixed_ip: fixed_ips[0].ip_address }),
            },
          ],
    );
    if (requested === undefined) throw badRequest('No network to attach the interface to');
    try {
      const args = { instance_uuid: row.id, requested_network: requested };
      const vif = await deps.rpc.call<VifSpec>('compute', 'attach_interface', args, {
        server: row.host!,
        context: caller,
      });
      res.json({ interfaceAttachment: show(vif, await readPort(vif.port_id)) });
    } catch (error) {
      if (error instanceof RpcRemoteError && error.type === 'BuildFailed') throw badRequest(error.message);
      if (error instanceof RpcTimeout)
        throw conflict(`Host ${row.host} of instance ${row.id} does not answer`);
      throw error;
    }
  });
  router.delete('/servers/:id/os-interface/:port', async (req, res) => {
    const caller = callerOf(res);
    const row = await getInstance(deps, req.params.id, caller);
    const { port_id } = find(row.network_info, req.params.port);
    requireChangeable(row.vm_state, row.id, 'detach_interface');
    const args = { instance_uuid: row.id, port_id };
    deps.rpc.cast('compute', 'detach_interface', args, { server: row.host!, context: caller });
    res.status(202).end();
  });
}

function requireChangeable(vm_state: string, id: string, verb: string): void {
  if (!changeable.includes(vm_state))
    throw conflict(`Cannot '${verb}' instance ${id} while it is in vm_state ${vm_state}`);
}
