// Taking a floating IP away with the port that holds its address.
import type { Floatingip } from '../../model/floatingip.ts';
import { floatingips, ports } from '../../store/networking-tables.ts';
import { portReleases } from '../lowest-address.ts';
import type { Work } from '../work.ts';

/** Deletes the row and its port; the address is free again. */
export async function removeFloatingIp(work: Work, row: Floatingip): Promise<void> {
  await work.rows.remove(floatingips, { id: row.id });
  await portReleases(work, row.floating_port_id);
  await work.rows.remove(ports, { id: row.floating_port_id });
}
