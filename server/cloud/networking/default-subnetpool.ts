// The one pool of each IP version that subnets come from when nobody names another.
import type { Subnetpool } from '../model/subnetpool.ts';
import { invalidInput, neutronError } from '../model/errors.ts';
import { subnetpools } from '../store/networking-tables.ts';
import type { Work } from './work.ts';

/** Undefined: there is none. */
export const defaultPool = (work: Work, ip_version: number): Promise<Subnetpool | undefined> =>
  work.rows.find(subnetpools, { is_default: true, ip_version });

/** Throws 400 when another pool is the default already. */
export async function refuseSecondDefault(work: Work, ip_version: number): Promise<void> {
  if ((await defaultPool(work, ip_version)) !== undefined)
    throw invalidInput(
      'A default subnetpool for this IP family has already been set. Only one default may exist per IP family',
    );
}

/** The pool that a new subnet takes its prefix from; null: none. Throws 400 when the default is asked for and missing. */
export async function poolFor(
  work: Work,
  asked: { subnetpool_id: string | null; use_default_subnetpool: boolean; ip_version: number },
): Promise<string | null> {
  const { subnetpool_id, use_default_subnetpool, ip_version } = asked;
  const bad = (msg: string) => neutronError('BadRequest', { resource: 'subnets', msg });
  if (!use_default_subnetpool) return subnetpool_id;
  if (subnetpool_id !== null) throw bad('subnetpool_id and use_default_subnetpool cannot both be specified');
  const pool = await defaultPool(work, ip_version);
  if (pool === undefined) throw bad(`No default subnetpool found for IPv${ip_version}`);
  return pool.id;
}
