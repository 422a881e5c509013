// The lowest free address of a subnet, found without looking at all that are taken each time: below a distance known from
// before everything is taken. The tables decide; what is known only says where to begin.
import { sql } from 'kysely';
import { ipAllocations } from '../store/networking-tables.ts';
import { runStatement } from '../store/statements.ts';
import { remembered } from './rules/load.ts';
import type { Work } from './work.ts';

interface Known {
  /** By where a pool begins: from there up to this distance everything is taken. */
  upTo: Map<number, number>;
  /** Counts releases, so that a search that began before one is not believed. */
  releases: number;
}

/** By database and subnet. */
const known = new WeakMap<object, Map<string, Known>>();

function knownOf({ env }: Work, subnet_id: string): Known {
  let all = known.get(env.store);
  if (all === undefined) known.set(env.store, (all = new Map()));
  let own = all.get(subnet_id);
  if (own === undefined) all.set(subnet_id, (own = { upTo: new Map(), releases: 0 }));
  return own;
}

/** Where the searches of one unit of work ended. */
const memoOf = (subnet_id: string) => `lowest free of ${subnet_id}`;

/** The smallest distance of a pool that no allocation has; undefined when all are taken. */
export async function lowestFree(
  work: Work,
  subnet_id: string,
  { first, last }: { first: number; last: bigint },
): Promise<number | undefined> {
  const own = knownOf(work, subnet_id);
  const { releases } = own;
  const within = await remembered(work, memoOf(subnet_id), () => Promise.resolve(new Map<number, number>()));
  const begin = within.get(first) ?? own.upTo.get(first) ?? first;
  let free = await freeFrom(work, subnet_id, begin);
  // another server on the same database may have released some that this one knows as taken
  if (BigInt(free) > last && begin > first) free = await freeFrom(work, subnet_id, first);
  const reached = free;
  within.set(first, reached);
  work.afterCommit.push(() => {
    if (own.releases === releases) own.upTo.set(first, reached);
  });
  return BigInt(free) <= last ? free : undefined;
}

async function freeFrom(work: Work, subnet_id: string, begin: number): Promise<number> {
  const { sql: handle } = work.rows;
  const values = [subnet_id, begin, subnet_id, begin, subnet_id, begin];
  const found = await runStatement(handle, 'lowest free address', values, () => ({
    compile: () =>
      sql`
        select case when exists (select 1 from ip_allocations where subnet_id = ${subnet_id} and distance = ${begin})
        then (
          select a.distance + 1 from ip_allocations a
          where a.subnet_id = ${subnet_id} and a.distance >= ${begin} and not exists (
            select 1 from ip_allocations b where b.subnet_id = ${subnet_id} and b.distance = a.distance + 1)
          order by a.distance limit 1)
        else ${begin} end as free`.compile(handle),
  }));
  return Number(found.rows[0]!.free);
}

/** To be called before a port goes: its addresses are free again. */
export async function portReleases(work: Work, port_id: string): Promise<void> {
  for (const { subnet_id, distance } of await work.rows.all(ipAllocations, { port_id }))
    released(work, subnet_id, distance);
}

/** An address is free again, once this unit of work is committed and already within it. */
export function released(work: Work, subnet_id: string, distance: number | null): void {
  if (distance === null) return;
  const own = knownOf(work, subnet_id);
  const lower = () => {
    own.releases++;
    for (const [first, upTo] of own.upTo)
      if (first <= distance && distance < upTo) own.upTo.set(first, distance);
  };
  lower();
  work.memo.delete(memoOf(subnet_id));
  work.afterCommit.push(lower);
}
