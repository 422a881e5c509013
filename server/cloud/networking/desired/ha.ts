// What a host must know of highly available routers beyond what all routers have.
import { haOwner } from '../../model/device-owners.ts';
import type { Router } from '../../model/router.ts';
import type { HaSpec } from '../../model/specs.ts';
import { haVrIds, ports } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { routerPortSpecs } from './router-port-specs.ts';

/** The same on every host: who is active first stays it. */
const priority = 50;

/** By router id, with a fixed number of queries. */
export async function haSpecs(
  rows: Rows,
  host: string,
  list: readonly Router[],
): Promise<Map<string, HaSpec>> {
  const ids = list.filter(({ ha }) => ha).map(({ id }) => id);
  if (ids.length === 0) return new Map();
  const found = await rows.all(ports, {
    device_id: ids,
    device_owner: haOwner,
    'binding:host_id': host,
  });
  const vrIds = new Map(
    (await rows.all(haVrIds, { router_id: ids })).map(({ router_id, vr_id }) => [router_id, vr_id]),
  );
  const specs = await routerPortSpecs(rows, found);
  return new Map(
    specs.map((port) => [port.device_id, { vr_id: vrIds.get(port.device_id)!, priority, port }]),
  );
}
