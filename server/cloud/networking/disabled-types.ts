// Networks whose type the server no longer loads: said at start, for they and their segments stay in the database.
import type { Env } from './work.ts';

/** Warns of each type in use that is not loaded, with how many networks have it. */
export async function warnOfDisabledTypes({ store, plugin, log }: Env): Promise<void> {
  const counted = await store.read.sql
    .selectFrom('networks')
    .select((row) => ['provider:network_type as type', row.fn.countAll().as('count')])
    .groupBy('provider:network_type')
    .orderBy('provider:network_type')
    .execute();
  for (const { type, count } of counted) {
    if (type === null || plugin.networkTypes.includes(String(type))) continue;
    const networks = Number(count) === 1 ? '1 network' : `${String(count)} networks`;
    log.warning(
      `type_drivers: '${String(type)}' is not loaded but in use by ${networks}. They keep their segments, which may be inconsistent with the ranges when the type is loaded again; load it, or delete them`,
    );
  }
}
