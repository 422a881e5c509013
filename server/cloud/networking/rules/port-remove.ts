// Taking a port away with everything that hangs on it.
import type { Port } from '../../model/port.ts';
import { floatingips, ports } from '../../store/networking-tables.ts';
import { portConcernsRouters } from '../dvr/hosts.ts';
import { portReleases } from '../lowest-address.ts';
import { groupsChanged, portDeleted, tellDhcpAgents, translationChanged } from '../notices.ts';
import type { Work } from '../work.ts';
import { groupsOf } from './port-security.ts';

/** Deletes a port: floating IPs on it are released, its addresses become free, agents hear of it. */
export async function removePort(work: Work, port: Port): Promise<void> {
  await releaseFloatingIps(work, port.id);
  await forgetPort(work, port);
  await work.rows.remove(ports, { id: port.id });
}

/** Tells everybody who wired or served the port that it goes, and that its addresses are free. */
export async function forgetPort(work: Work, port: Port): Promise<void> {
  await portReleases(work, port.id);
  await work.env.plugin.population?.changing(work, [port]);
  groupsChanged(work, 'member', await groupsOf(work, port.id));
  portDeleted(work, port.id);
  await tellDhcpAgents(work, 'port_delete_end', { network_id: port.network_id, port_id: port.id });
  await portConcernsRouters(work, port);
}

/** Floating IPs of the port (or of one of its addresses) point nowhere afterwards. */
export async function releaseFloatingIps(
  work: Work,
  port_id: string,
  fixed_ip_address?: string,
): Promise<void> {
  const where = fixed_ip_address === undefined ? { port_id } : { port_id, fixed_ip_address };
  for (const floatingip of await work.rows.all(floatingips, where)) {
    await work.rows.update(
      floatingips,
      { id: floatingip.id },
      {
        port_id: null,
        fixed_ip_address: null,
        router_id: null,
        revision_number: floatingip.revision_number + 1,
        updated_at: work.now,
      },
    );
    if (floatingip.router_id !== null) await translationChanged(work, floatingip.router_id);
  }
}
