// Ports that have a place on a host: bound there, or, of routers on several hosts, bound to every host of the router.
import type { Port } from '../../model/port.ts';
import { distributedPortBindings, ports } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';

/** Those of the ports that the host may wire. */
export async function portsOnHost(rows: Rows, host: string, ids: readonly string[]): Promise<Port[]> {
  const own = await rows.all(ports, { id: ids, 'binding:host_id': host });
  if (own.length === ids.length) return own;
  const known = new Set(own.map(({ id }) => id));
  const port_id = ids.filter((id) => !known.has(id));
  const shared = await rows.all(distributedPortBindings, { port_id, host });
  return [...own, ...(await rows.all(ports, { id: shared.map((row) => row.port_id) }))];
}
