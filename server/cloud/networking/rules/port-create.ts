// Ports the server makes for itself: of routers, floating IPs and DHCP servers.
import { parseCreate } from '../../../lib/parse-body.ts';
import type { CreateOf } from '../../../lib/resource.ts';
import { port, type Port } from '../../model/port.ts';
import { ports } from '../../store/networking-tables.ts';
import { createRow } from '../operations.ts';
import type { Item, Work } from '../work.ts';
import { asAdmin } from './as-admin.ts';

type Create = CreateOf<typeof port>;

/** Makes a port with these attributes, defaults for the rest, whoever the caller is. Not counted against a quota. */
export async function createPort(
  work: Work,
  attributes: Partial<Create> &
    Pick<Create, 'network_id' | 'device_owner' | 'device_id'> & { tenant_id: string },
): Promise<Port> {
  const defaults = parseCreate(port, { network_id: attributes.network_id });
  const body: Item = { ...defaults, ...attributes };
  return (await createRow(asAdmin(work), port, ports, body)) as Port;
}
