// Where a floating IP leads: a port, one of its addresses, and the router that translates.
import { familyOf } from '../../../lib/cidr.ts';
import { interfaceOwners } from '../../model/device-owners.ts';
import { neutronError } from '../../model/errors.ts';
import type { Floatingip } from '../../model/floatingip.ts';
import type { Port } from '../../model/port.ts';
import type { FixedIp } from '../../model/specs.ts';
import { floatingips, ipAllocations, ports, routers, subnets } from '../../store/networking-tables.ts';
import { addressesOf } from '../ipam.ts';
import type { Work } from '../work.ts';
import { getPort } from './load.ts';

export type Association = Pick<Floatingip, 'port_id' | 'fixed_ip_address' | 'router_id'>;

/** Leads nowhere. */
export const noAssociation: Association = { port_id: null, fixed_ip_address: null, router_id: null };

const bad = (msg: string) => neutronError('BadRequest', { resource: 'floatingip', msg });

interface Wanted {
  /** The floating IP itself, which may be associated already. */
  id: string;
  tenant_id: string;
  floating_ip_address: string;
  floating_network_id: string;
}

/** Checks that the floating IP can lead to the port and finds the router. Throws 400, 404 and 409. */
export async function associate(
  work: Work,
  floatingip: Wanted,
  port_id: string,
  asked: string | null | undefined,
): Promise<Association> {
  const port = await getPort(work, port_id);
  if (port.tenant_id !== floatingip.tenant_id && !work.context.is_admin)
    throw bad(
      `Port ${port_id} is associated with a different tenant than Floating IP ${floatingip.id} and therefore cannot be bound`,
    );
  const held = chosen(port, await addressesOf(work, port_id), asked);
  await refuseTwice(work, floatingip, port_id, held.ip_address);
  const router_id = await routerFor(work, floatingip.floating_network_id, port, held.subnet_id);
  return { port_id, fixed_ip_address: held.ip_address, router_id };
}

function chosen(port: Port, held: readonly FixedIp[], asked: string | null | undefined): FixedIp {
  if (asked) {
    const named = held.find(({ ip_address }) => ip_address === asked);
    if (named === undefined) throw bad(`Port ${port.id} does not have fixed ip ${asked}`);
    return named;
  }
  const ipv4 = held.filter(({ ip_address }) => familyOf(ip_address) === 4);
  if (ipv4.length === 0)
    throw bad(`Cannot add floating IP to port ${port.id} that has no fixed IPv4 addresses`);
  if (ipv4.length > 1)
    throw bad(
      `Port ${port.id} has multiple fixed IPv4 addresses.  Must provide a specific IPv4 address when assigning a floating IP`,
    );
  return ipv4[0]!;
}

async function refuseTwice(work: Work, floatingip: Wanted, port_id: string, fixed_ip: string): Promise<void> {
  const net_id = floatingip.floating_network_id;
  const others = await work.rows.all(floatingips, {
    port_id,
    fixed_ip_address: fixed_ip,
    floating_network_id: net_id,
  });
  const other = others.find(({ id }) => id !== floatingip.id);
  if (other !== undefined)
    throw neutronError('FloatingIPPortAlreadyAssociated', {
      floating_ip_address: floatingip.floating_ip_address,
      fip_id: floatingip.id,
      port_id,
      fixed_ip,
      net_id,
    });
}

/** A router on the port's subnet with its gateway on the external network; the subnet's own gateway comes first. */
async function routerFor(
  work: Work,
  external_network_id: string,
  port: Port,
  subnet_id: string,
): Promise<string> {
  const subnet = await work.rows.find(subnets, { id: subnet_id });
  const interfaces = await work.rows.all(ports, {
    network_id: port.network_id,
    device_owner: interfaceOwners,
  });
  const held = await work.rows.all(ipAllocations, { subnet_id, port_id: interfaces.map(({ id }) => id) });
  const sorted = held.toSorted(
    (one, other) =>
      Number(other.ip_address === subnet?.gateway_ip) - Number(one.ip_address === subnet?.gateway_ip),
  );
  for (const { port_id } of sorted) {
    const router_id = interfaces.find(({ id }) => id === port_id)!.device_id;
    const router = await work.rows.find(routers, { id: router_id });
    const gateway = router?.gw_port_id && (await work.rows.find(ports, { id: router.gw_port_id }));
    if (gateway && gateway.network_id === external_network_id) return router_id;
  }
  throw neutronError('ExternalGatewayForFloatingIPNotFound', {
    external_network_id,
    subnet_id,
    port_id: port.id,
  });
}
