// Ports of routers: which there are, and the host each is bound to.
import { gatewayOwner, interfaceOwners } from '../model/device-owners.ts';
import type { Port } from '../model/port.ts';
import type { Subnet } from '../model/subnet.ts';
import {
  distributedPortBindings,
  ipAllocations,
  networks,
  ports,
  subnets,
} from '../store/networking-tables.ts';
import { portUpdated } from './notices.ts';
import type { Work } from './work.ts';

export const routerPortOwners: readonly string[] = [...interfaceOwners, gatewayOwner];

const oldestFirst = { orderBy: [{ column: 'created_at' }, { column: 'id' }] };

/** The router's interfaces and its gateway. */
export const routerPorts = (work: Pick<Work, 'rows'>, router_id: string): Promise<Port[]> =>
  work.rows.all(ports, { device_id: router_id, device_owner: routerPortOwners }, oldestFirst);

/** The router's interfaces. */
export const interfacesOf = (work: Pick<Work, 'rows'>, router_id: string): Promise<Port[]> =>
  work.rows.all(ports, { device_id: router_id, device_owner: interfaceOwners }, oldestFirst);

/** Subnets that the router has interfaces on. */
export async function interfaceSubnets(work: Work, router_id: string): Promise<Subnet[]> {
  const own = await interfacesOf(work, router_id);
  const held = await work.rows.all(ipAllocations, { port_id: own.map(({ id }) => id) });
  return work.rows.all(subnets, { id: [...new Set(held.map(({ subnet_id }) => subnet_id))] });
}

/** The external network of a gateway port. */
export async function gatewayNetworkOf(
  work: Pick<Work, 'rows'>,
  { gw_port_id }: { gw_port_id: string | null },
): Promise<string | undefined> {
  const gateway = gw_port_id === null ? undefined : await work.rows.find(ports, { id: gw_port_id });
  return gateway?.network_id;
}

/** Binds ports to a host (`''`: to none); those that are bound there already stay as they are. */
export async function bindPortsTo(work: Work, list: readonly Port[], host: string): Promise<void> {
  for (const port of list) {
    const type = port['binding:vif_type'];
    const isBound = port['binding:host_id'] === host && type !== 'binding_failed' && type !== 'distributed';
    if (isBound && (type !== 'unbound' || host === '')) continue;
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
  await work.env.plugin.population?.changing(work, [port]);
  const where = { port_id: port.id, host };
  const there = isMoved ? await work.rows.find(distributedPortBindings, where) : undefined;
  const l2_up = there?.status === 'ACTIVE';
  const status = l2_up && port.admin_state_up ? 'ACTIVE' : 'DOWN';
  await work.rows.update(
    ports,
    { id: port.id },
    {
      'binding:host_id': host,
      ...binding,
      revision_number: port.revision_number + 1,
      ...(isMoved && { status, l2_up }),
    },
  );
  portUpdated(work, port);
}
