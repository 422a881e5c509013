// Virtual router ids: VRRP tells routers on one network apart by a byte.
import { neutronError } from '../../model/errors.ts';
import { haVrIds } from '../../store/networking-tables.ts';
import type { Work } from '../work.ts';

const largest = 254;

/** Gives the router an id that no other on the network has; at random, for hosts may be slow to forget a former router. */
export async function takeVrId(work: Work, network_id: string, router_id: string): Promise<void> {
  if ((await work.rows.count(haVrIds, { router_id })) > 0) return;
  const taken = new Set((await work.rows.all(haVrIds, { network_id })).map(({ vr_id }) => vr_id));
  const free = Array.from({ length: largest }, (_, index) => index + 1).filter((id) => !taken.has(id));
  const vr_id = free[Math.floor(Math.random() * free.length)];
  if (vr_id === undefined) throw neutronError('NoVRIDAvailable', { router_id });
  await work.rows.insert(haVrIds, { network_id, vr_id, router_id });
}
