// Where the host that translates for a distributed router meets the router's subnets: a port beside each interface.
import { snatOwner } from '../../model/device-owners.ts';
import type { Port } from '../../model/port.ts';
import type { Router } from '../../model/router.ts';
import { ipAllocations, ports } from '../../store/networking-tables.ts';
import { bindPortsTo } from '../router-ports.ts';
import { createPort } from '../rules/port-create.ts';
import { removePort } from '../rules/port-remove.ts';
import type { Work } from '../work.ts';

/** One port with an address on each subnet of an interface, on the host; none while there is no gateway. */
export async function settleSnatPorts(
  work: Work,
  router: Router,
  { interfaces, host }: { interfaces: readonly Port[]; host: string },
): Promise<void> {
  const present = await work.rows.all(ports, { device_id: router.id, device_owner: snatOwner });
  const wanted = router.gw_port_id === null ? [] : interfaces;
  const port_id = [...present, ...wanted].map(({ id }) => id);
  const subnetsBy = new Map<string, string[]>();
  for (const held of await work.rows.all(ipAllocations, { port_id }, { orderBy: [{ column: 'position' }] }))
    subnetsBy.set(held.port_id, [...(subnetsBy.get(held.port_id) ?? []), held.subnet_id]);
  const subnetsOf = ({ id }: Port) => subnetsBy.get(id) ?? [];
  const key = (port: Port) => subnetsOf(port).toSorted().join(' ');
  const keys = new Set(wanted.map(key));
  const kept = present.filter((port) => keys.has(key(port)));
  for (const port of present) if (!kept.includes(port)) await removePort(work, port);
  await bindPortsTo(work, kept, host);
  for (const port of wanted) {
    if (kept.some((other) => key(other) === key(port))) continue;
    await createPort(work, {
      network_id: port.network_id,
      tenant_id: '',
      device_id: router.id,
      device_owner: snatOwner,
      fixed_ips: subnetsOf(port).map((subnet_id) => ({ subnet_id })),
      'binding:host_id': host,
    });
  }
}
