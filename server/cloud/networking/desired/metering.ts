// What the metering agent of a host should count: the labels of the routers that its L3 agent serves.
import type { MeteringRouterSpec } from '../../model/specs.ts';
import { meteringLabelRules, meteringLabels, routers } from '../../store/networking-tables.ts';
import { routersServedOn } from '../served.ts';
import type { Work } from '../work.ts';

/** Routers with at least one label: of their project, or shared. */
export async function meteredRouters(
  { rows, env }: Pick<Work, 'rows' | 'env'>,
  host: string,
): Promise<MeteringRouterSpec[]> {
  const labels = await rows.all(meteringLabels, {}, { orderBy: [{ column: 'id' }] });
  if (labels.length === 0) return [];
  const ids = await routersServedOn({ rows, env }, host);
  const served = await rows.all(routers, { id: ids, admin_state_up: true }, { orderBy: [{ column: 'id' }] });
  const rules = Map.groupBy(
    await rows.all(meteringLabelRules, {}, { orderBy: [{ column: 'id' }] }),
    ({ metering_label_id }) => metering_label_id,
  );
  const specs = labels.map(({ id, name, shared, tenant_id }) => ({
    tenant_id,
    spec: { id, name, shared, rules: (rules.get(id) ?? []).map(({ tenant_id: _, ...rule }) => rule) },
  }));
  return served
    .map(({ id, name, tenant_id, admin_state_up, status, gw_port_id, distributed }) => ({
      ...{ id, name, tenant_id, admin_state_up, status, gw_port_id, distributed },
      _metering_labels: specs
        .filter((label) => label.spec.shared || label.tenant_id === tenant_id)
        .map(({ spec }) => spec),
    }))
    .filter((router) => router._metering_labels.length > 0);
}
