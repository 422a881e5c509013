// Ports of routers: bound to the host of the agent that serves the router.
import type { Port } from '../model/port.ts';
import { networks, ports } from '../store/networking-tables.ts';
import { l3Hosts, portUpdated } from './notices.ts';
import type { Work } from './work.ts';

export const routerPortOwners = ['network:router_interface', 'network:router_gateway'];

/** The router's ports, interfaces first. */
export const routerPorts = (work: Pick<Work, 'rows'>, router_id: string): Promise<Port[]> =>
  work.rows.all(
    ports,
    { device_id: router_id, device_owner: routerPortOwners },
    { orderBy: [{ column: 'device_owner', descending: true }, { column: 'created_at' }, { column: 'id' }] },
  );

/** Binds all ports of a router to the host of its agent (or unbinds them when it has none). */
export async function bindRouterPorts(work: Work, router_id: string): Promise<void> {
  const [host = ''] = await l3Hosts(work, router_id);
  for (const port of await routerPorts(work, router_id)) {
    const isBound = port['binding:host_id'] === host && port['binding:vif_type'] !== 'binding_failed';
    if (isBound && port['binding:vif_type'] !== 'unbound') continue;
    await bindPortTo(work, port, host);
  }
}

async function bindPortTo(work: Work, port: Port, host: string): Promise<void> {
  const network = await work.rows.find(networks, { id: port.network_id });
  const moved = { ...port, 'binding:host_id': host };
  const binding =
    host === ''
      ? { 'binding:vif_type': 'unbound', 'binding:vif_details': {} }
      : await work.env.plugin.bindPort(work, moved, network!);
  const isMoved = port['binding:host_id'] !== host;
  await work.rows.update(
    ports,
    { id: port.id },
    {
      'binding:host_id': host,
      ...binding,
      revision_number: port.revision_number + 1,
      ...(isMoved && { status: 'DOWN', l2_up: false }),
    },
  );
  portUpdated(work, port);
}
