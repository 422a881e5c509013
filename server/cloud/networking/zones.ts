// Availability zones: what networks and routers ask for, where they are, and the zones there are.
import type { Response, Router } from 'express';
import { invalidInput, neutronError } from '../model/errors.ts';
import type { Agent } from '../model/agent.ts';
import { agents } from '../store/networking-tables.ts';
import { contextOf } from './context.ts';
import { chosen } from './plain-list.ts';
import { refuse } from './policy.ts';
import type { Env, Work } from './work.ts';

type Zoned = Pick<Agent, 'id' | 'availability_zone'>;

/** Throws unless every zone has an agent of the type: 404, or 400 for too many of them. */
export async function checkHints(
  work: Work,
  agent_type: 'DHCP agent' | 'L3 agent',
  hints: readonly string[],
): Promise<void> {
  if (hints.length === 0) return;
  if (JSON.stringify(hints).length > 255) throw invalidInput('Too many availability_zone_hints specified');
  const there = new Set(
    (await work.rows.all(agents, { agent_type })).map(({ availability_zone }) => availability_zone),
  );
  const missing = hints.find((zone) => !there.has(zone));
  if (missing !== undefined) throw neutronError('AvailabilityZoneNotFound', { availability_zone: missing });
}

/** The agents of the zones asked for; of all where none is. */
export const inZones = <A extends Zoned>(list: readonly A[], hints: readonly string[]): A[] =>
  hints.length === 0 ? [...list] : list.filter(({ availability_zone: zone }) => hints.includes(zone ?? ''));

/** The first `count` agents of an order, from the zones that have fewest of those that serve already. */
export function spread<A extends Zoned>(
  order: readonly A[],
  { serving, hints, count }: { serving: readonly Zoned[]; hints: readonly string[]; count: number },
): A[] {
  const left = inZones(order, hints);
  const chosen: A[] = [];
  const load = (zone: string | null) =>
    [...serving, ...chosen].filter(({ availability_zone }) => availability_zone === zone).length;
  while (chosen.length < count && left.length > 0) {
    const loads = left.map(({ availability_zone }) => load(availability_zone));
    chosen.push(...left.splice(loads.indexOf(Math.min(...loads)), 1));
  }
  return chosen;
}

const servedBy: Record<string, string> = { 'DHCP agent': 'network', 'L3 agent': 'router' };
const attributes = ['name', 'resource', 'state'] as const;

/** GET /availability_zones: a zone is available when one of its agents is in service. */
export function zoneRoutes(router: Router, env: Env): void {
  const list = async (url: string, res: Response) => {
    const context = contextOf(env, res);
    if (!env.policy.allows('get_availability_zone', context, {})) refuse('get_availability_zone');
    const all = await env.store.read.all(agents, {}, { orderBy: [{ column: 'id' }] });
    const zones = new Map<string, Record<(typeof attributes)[number], string>>();
    for (const { agent_type, availability_zone: name, admin_state_up } of all) {
      const resource = servedBy[agent_type];
      if (resource === undefined || !name) continue;
      const key = JSON.stringify([name, resource]);
      const isAvailable = admin_state_up || zones.get(key)?.state === 'available';
      zones.set(key, { name, resource, state: isAvailable ? 'available' : 'unavailable' });
    }
    return chosen(url, [...zones.values()], attributes);
  };
  router.get('/availability_zones', async (req, res) => {
    res.json({ availability_zones: await list(req.originalUrl, res) });
  });
}
