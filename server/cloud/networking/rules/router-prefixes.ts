// Several IPv6 prefixes of one network share one port of a router, which announces them together.
import { familyOf } from '../../../lib/cidr.ts';
import { neutronError } from '../../model/errors.ts';
import type { Port } from '../../model/port.ts';
import type { FixedIp } from '../../model/specs.ts';
import type { Subnet } from '../../model/subnet.ts';
import { ipAllocations } from '../../store/networking-tables.ts';
import { addressesOf, replaceAddresses, type AskedIp } from '../ipam.ts';
import { portUpdated, tellDhcpAgents } from '../notices.ts';
import { interfacesOf } from '../router-ports.ts';
import type { Work } from '../work.ts';

const isIpv6 = ({ ip_address }: FixedIp) => familyOf(ip_address) === 6;

/** The router's port on the network that has IPv6 addresses. */
export async function ipv6PortOn(
  work: Work,
  router_id: string,
  network_id: string,
): Promise<Port | undefined> {
  const there = (await interfacesOf(work, router_id)).filter((port) => port.network_id === network_id);
  const held = await work.rows.all(ipAllocations, { port_id: there.map(({ id }) => id) });
  return there.find(({ id }) => held.some((address) => address.port_id === id && isIpv6(address)));
}

/** Adds the gateway address of a subnet to a port of a router. */
export async function addPrefix(work: Work, port: Port, subnet: Subnet): Promise<void> {
  const held = await addressesOf(work, port.id);
  await changeAddresses(work, port, [...held, { subnet_id: subnet.id, ip_address: subnet.gateway_ip! }]);
}

/** Takes the address on a subnet from a port of a router that has others. */
export async function dropPrefix(work: Work, port: Port, subnet_id: string): Promise<void> {
  const held = await addressesOf(work, port.id);
  await changeAddresses(
    work,
    port,
    held.filter((address) => address.subnet_id !== subnet_id),
  );
}

async function changeAddresses(work: Work, port: Port, wanted: readonly AskedIp[]): Promise<void> {
  await work.env.plugin.population?.changing(work, [port]);
  await replaceAddresses(work, port, wanted);
  portUpdated(work, port);
  await tellDhcpAgents(work, 'port_update_end', { network_id: port.network_id, port_id: port.id });
}

/** A port that becomes an interface has at most one IPv4 address, and IPv6 ones only if no other interface has. */
export async function refuseMixture(
  work: Work,
  router_id: string,
  port: Port,
  held: readonly FixedIp[],
): Promise<void> {
  const bad = (msg: string) => neutronError('BadRequest', { resource: 'router', msg });
  if (held.filter((address) => !isIpv6(address)).length > 1)
    throw bad('Cannot have multiple IPv4 subnets on router port');
  if (!held.some(isIpv6)) return;
  const other = await ipv6PortOn(work, router_id, port.network_id);
  if (other !== undefined)
    throw bad(
      `Cannot have multiple router ports with the same network id if both contain IPv6 subnets. Existing port ${other.id} has IPv6 subnet(s) and network id ${port.network_id}`,
    );
}
