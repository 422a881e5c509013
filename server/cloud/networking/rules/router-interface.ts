// Interfaces of routers: a port on a subnet, with the subnet's gateway address when it is given by subnet.
import { cidrOf, contains, overlaps } from '../../../lib/cidr.ts';
import { neutronError } from '../../model/errors.ts';
import type { Port } from '../../model/port.ts';
import type { Router } from '../../model/router.ts';
import type { Subnet } from '../../model/subnet.ts';
import { floatingips, ipAllocations, ports, subnets } from '../../store/networking-tables.ts';
import { addressesOf } from '../ipam.ts';
import { interfaceOwnerOf } from '../../model/device-owners.ts';
import { advertisersChanged, scheduledHosts, tellDhcpAgents } from '../notices.ts';
import { interfacesOf, interfaceSubnets } from '../router-ports.ts';
import { scheduleRouter } from '../schedule-l3.ts';
import type { Item, Work } from '../work.ts';
import { getPort, getSubnet } from './load.ts';
import { createPort } from './port-create.ts';
import { removePort } from './port-remove.ts';
import { addPrefix, dropPrefix, ipv6PortOn, refuseMixture } from './router-prefixes.ts';

const bad = (msg: string) => neutronError('BadRequest', { resource: 'router', msg });

/** The answer of both actions. */
const answer = (router: Router, port: Port, subnetIds: string[]) => ({
  id: router.id,
  tenant_id: router.tenant_id,
  project_id: router.tenant_id,
  port_id: port.id,
  network_id: port.network_id,
  subnet_id: subnetIds[0],
  subnet_ids: subnetIds,
});

function oneOf(body: Item): { port_id?: string; subnet_id?: string } {
  const { port_id, subnet_id } = body as { port_id?: unknown; subnet_id?: unknown };
  if (port_id === undefined && subnet_id === undefined)
    throw bad('Either subnet_id or port_id must be specified');
  if (port_id !== undefined && subnet_id !== undefined)
    throw bad('Cannot specify both subnet-id and port-id');
  const given = { ...(port_id !== undefined && { port_id }), ...(subnet_id !== undefined && { subnet_id }) };
  for (const [name, value] of Object.entries(given))
    if (typeof value !== 'string') throw bad(`${name} must be an id`);
  return given as { port_id?: string; subnet_id?: string };
}

/** PUT add_router_interface. */
export async function addInterface(work: Work, router: Router, body: Item): Promise<Item> {
  const { port_id, subnet_id } = oneOf(body);
  const { port, ids } =
    port_id === undefined
      ? { port: await portOnSubnet(work, router, subnet_id!), ids: [subnet_id!] }
      : await givenPort(work, router, port_id);
  await scheduleRouter(work, router);
  work.routers.add(router.id);
  // the network is no longer isolated: its metadata goes through the router
  await tellDhcpAgents(work, 'network_update_end', { network_id: port.network_id });
  await advertisersChanged(work, port.network_id);
  return answer(router, port, ids);
}

async function portOnSubnet(work: Work, router: Router, subnet_id: string): Promise<Port> {
  const subnet = await getSubnet(work, subnet_id);
  if (subnet.gateway_ip === null) throw bad('Subnet for router interface must have a gateway IP');
  await refuseOverlap(work, router, subnet);
  const { network_id } = subnet;
  const shared = subnet.ip_version === 6 ? await ipv6PortOn(work, router.id, network_id) : undefined;
  if (shared !== undefined) {
    await addPrefix(work, shared, subnet);
    return shared;
  }
  const [host] = router.distributed || router.ha ? [] : await scheduledHosts(work, router.id);
  return createPort(work, {
    network_id,
    tenant_id: router.tenant_id,
    device_id: router.id,
    device_owner: interfaceOwnerOf(router),
    fixed_ips: [{ subnet_id, ip_address: subnet.gateway_ip }],
    ...(host !== undefined && { 'binding:host_id': host }),
  });
}

async function givenPort(
  work: Work,
  router: Router,
  port_id: string,
): Promise<{ port: Port; ids: string[] }> {
  const port = await getPort(work, port_id);
  if (port.device_id !== '')
    throw neutronError('PortInUse', { port_id, net_id: port.network_id, device_id: port.device_id });
  const held = await addressesOf(work, port_id);
  if (held.length === 0) throw bad(`Router port must have at least one fixed IP`);
  await refuseMixture(work, router.id, port, held);
  for (const { subnet_id } of held)
    await refuseOverlap(work, router, (await work.rows.find(subnets, { id: subnet_id }))!);
  const changes = {
    device_id: router.id,
    device_owner: interfaceOwnerOf(router),
    revision_number: port.revision_number + 1,
  };
  await work.env.plugin.population?.changing(work, [port]);
  await work.rows.update(ports, { id: port_id }, changes);
  return { port: { ...port, ...changes }, ids: held.map(({ subnet_id }) => subnet_id) };
}

/** One interface per subnet, and no two subnets with common addresses. */
async function refuseOverlap(work: Work, router: Router, subnet: Subnet): Promise<void> {
  for (const other of await interfaceSubnets(work, router.id)) {
    if (other.id === subnet.id) throw bad(`Router already has a port on subnet ${subnet.id}`);
    if (overlaps(cidrOf(subnet.cidr!), cidrOf(other.cidr!)))
      throw bad(
        `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${other.cidr} of subnet ${other.id}`,
      );
  }
  const gateway = router.gw_port_id && (await work.rows.find(ports, { id: router.gw_port_id }));
  if (!gateway) return;
  const outside = await work.rows.all(subnets, { network_id: gateway.network_id });
  const clash = outside.find((other) => overlaps(cidrOf(subnet.cidr!), cidrOf(other.cidr!)));
  if (clash !== undefined)
    throw bad(
      `Cidr ${subnet.cidr} of subnet ${subnet.id} overlaps with cidr ${clash.cidr} of subnet ${clash.id}`,
    );
}

/** PUT remove_router_interface. */
export async function removeInterface(work: Work, router: Router, body: Item): Promise<Item> {
  const { port_id, subnet_id } = oneOfEither(body);
  const port = await interfacePort(work, router, port_id, subnet_id);
  const held = await addressesOf(work, port.id);
  const isShared = port_id === undefined && held.length > 1;
  for (const address of held)
    if (!isShared || address.subnet_id === subnet_id) await refuseNeeded(work, router, address.subnet_id);
  await (isShared ? dropPrefix(work, port, subnet_id!) : removePort(work, port));
  work.routers.add(router.id);
  await tellDhcpAgents(work, 'network_update_end', { network_id: port.network_id });
  await advertisersChanged(work, port.network_id);
  return answer(
    router,
    port,
    subnet_id === undefined ? held.map((address) => address.subnet_id) : [subnet_id],
  );
}

/** Unlike when adding, both may be named and must then belong together. */
function oneOfEither(body: Item): { port_id?: string; subnet_id?: string } {
  const { port_id, subnet_id } = body as { port_id?: string; subnet_id?: string };
  return port_id === undefined || subnet_id === undefined ? oneOf(body) : { port_id, subnet_id };
}

async function interfacePort(
  work: Work,
  router: Router,
  port_id?: string,
  subnet_id?: string,
): Promise<Port> {
  const own = await interfacesOf(work, router.id);
  if (port_id !== undefined) {
    const named = own.find(({ id }) => id === port_id);
    if (named === undefined) throw neutronError('RouterInterfaceNotFound', { router_id: router.id, port_id });
    if (
      subnet_id !== undefined &&
      !(await addressesOf(work, port_id)).some((held) => held.subnet_id === subnet_id)
    )
      throw neutronError('SubnetMismatchForPort', { subnet_id, port_id });
    return named;
  }
  const held = await work.rows.all(ipAllocations, {
    subnet_id: subnet_id!,
    port_id: own.map(({ id }) => id),
  });
  const found = own.find(({ id }) => id === held[0]?.port_id);
  if (found === undefined)
    throw neutronError('RouterInterfaceNotFoundForSubnet', { router_id: router.id, subnet_id });
  return found;
}

/** Floating IPs and routes through the subnet hold the interface. */
async function refuseNeeded(work: Work, router: Router, subnet_id: string): Promise<void> {
  const translated = await work.rows.all(floatingips, { router_id: router.id });
  const targets = translated.flatMap(({ port_id }) => (port_id === null ? [] : [port_id]));
  const addresses = await work.rows.all(ipAllocations, { subnet_id, port_id: targets });
  const isReached = translated.some((floatingip) =>
    addresses.some(
      (held) => held.port_id === floatingip.port_id && held.ip_address === floatingip.fixed_ip_address,
    ),
  );
  if (isReached) throw neutronError('RouterInterfaceInUseByFloatingIP', { subnet_id, router_id: router.id });
  const subnet = await work.rows.find(subnets, { id: subnet_id });
  const cidr = cidrOf(subnet!.cidr!);
  if ((router.routes ?? []).some(({ nexthop }) => contains(cidr, nexthop)))
    throw neutronError('RouterInterfaceInUseByRoute', { subnet_id, router_id: router.id });
}
