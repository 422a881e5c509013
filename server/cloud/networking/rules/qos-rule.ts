// Rules of QoS policies: one limit for each direction, one mark; the ports concerned are told.
import { CloudError } from '../../../lib/errors.ts';
import type { BandwidthLimitRule, DscpMarkingRule } from '../../model/qos.ts';
import {
  bandwidthLimitRules,
  dscpMarkingRules,
  networks,
  ports,
  qosPolicies,
} from '../../store/networking-tables.ts';
import type { Table } from '../../store/table.ts';
import { networkChanged, portUpdated } from '../notices.ts';
import { restamped } from '../operations.ts';
import type { Item, Rules, Work } from '../work.ts';

interface Row {
  id: string;
  qos_policy_id: string;
}

/** The rules' rules; `telling` are the columns of which a policy has each value once. */
function rulesOf<R extends Row>(
  table: Table<R>,
  type: string,
  telling: readonly (keyof R & string)[],
): Rules<R, Partial<R>, Partial<R>> {
  async function refuseTwice(work: Work, wanted: Partial<R>, id?: string): Promise<void> {
    const { qos_policy_id } = wanted;
    const others = await work.rows.all(table, { qos_policy_id } as Item as Partial<R>);
    const same = others.find(
      (other) => other.id !== id && telling.every((name) => other[name] === wanted[name]),
    );
    if (same !== undefined)
      throw new CloudError(
        409,
        'QoSRulesConflict',
        `Rule ${type} conflicts with rule ${same.id} which already exists in QoS Policy ${qos_policy_id}.`,
      );
  }
  return {
    notFound: (rule_id, policy_id) =>
      new CloudError(
        404,
        'QosRuleNotFound',
        `QoS rule ${rule_id} for policy ${policy_id ?? 'None'} could not be found.`,
      ),
    filters: { qos_policy_id: (query, values) => query.where('qos_policy_id', 'in', [...values]) },
    async beforeCreate(work, body) {
      await refuseTwice(work, body);
      return {};
    },
    afterCreate: (work, row) => policyChanged(work, row.qos_policy_id),
    async beforeUpdate(work, row, changes) {
      await refuseTwice(work, { ...row, ...changes }, row.id);
      return {};
    },
    afterUpdate: (work, row) => policyChanged(work, row.qos_policy_id),
    afterDelete: (work, row) => policyChanged(work, row.qos_policy_id),
  };
}

export const bandwidthLimitRuleRules = rulesOf<BandwidthLimitRule>(bandwidthLimitRules, 'bandwidth_limit', [
  'direction',
]);
export const dscpMarkingRuleRules = rulesOf<DscpMarkingRule>(dscpMarkingRules, 'dscp_marking', []);

/** A policy shows its rules, so it changes with them, and so do the ports that have it. */
async function policyChanged(work: Work, qos_policy_id: string): Promise<void> {
  const policy = await work.rows.find(qosPolicies, { id: qos_policy_id });
  if (policy !== undefined)
    await work.rows.update(qosPolicies, { id: qos_policy_id }, restamped(work, policy));
  for (const { id } of await work.rows.all(networks, { qos_policy_id }))
    networkChanged(work, 'network_update', id);
  for (const port of await work.rows.all(ports, { qos_policy_id })) portUpdated(work, port);
}
