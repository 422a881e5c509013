// Where a distributed router runs: on the hosts whose instances or DHCP servers use its subnets.
import { dhcpOwner } from '../../model/device-owners.ts';
import type { Port } from '../../model/port.ts';
import { ipAllocations, ports } from '../../store/networking-tables.ts';
import { distributedOwner } from '../../model/device-owners.ts';
import { isDistributing, l3Agents } from '../l3-candidates.ts';
import type { Work } from '../work.ts';

const servicedOwners = [dhcpOwner, 'neutron:LOADBALANCER', 'neutron:LOADBALANCERV2'];

/** Hosts with an agent for distributed routers and a bound port on one of the interfaces' subnets. */
export async function hostsUsing(work: Work, interfaces: readonly Port[]): Promise<string[]> {
  const hosts = (await l3Agents(work)).filter(isDistributing).map(({ host }) => host);
  const held = await work.rows.all(ipAllocations, { port_id: interfaces.map(({ id }) => id) });
  const subnetIds = [...new Set(held.map(({ subnet_id }) => subnet_id))];
  if (hosts.length === 0 || subnetIds.length === 0) return [];
  const found = await work.rows.sql
    .selectFrom('ports')
    .select('binding:host_id as host')
    .distinct()
    .where('binding:host_id', 'in', hosts)
    .where((is) => is.or([is('device_owner', 'like', 'compute:%'), is('device_owner', 'in', servicedOwners)]))
    .where((is) =>
      is('id', 'in', is.selectFrom('ip_allocations').select('port_id').where('subnet_id', 'in', subnetIds)),
    )
    .execute();
  return found.map(({ host }) => String(host)).sort();
}

/** A port came, went or changed: distributed routers on its network look at their hosts and neighbours again. */
export async function portConcernsRouters(
  work: Work,
  port: Pick<Port, 'network_id' | 'device_owner'>,
): Promise<void> {
  if (port.device_owner.startsWith('network:') && port.device_owner !== dhcpOwner) return;
  const { network_id } = port;
  const interfaces = await work.rows.all(ports, { network_id, device_owner: distributedOwner });
  for (const { device_id } of interfaces) work.routers.add(device_id);
}
