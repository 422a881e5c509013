// Metering labels and their rules; the metering agents look again when either changes.
import { cidrOf, overlaps } from '../../../lib/cidr.ts';
import { CloudError } from '../../../lib/errors.ts';
import type { CreateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import type { MeteringLabel } from '../../model/metering-label.ts';
import type { meteringLabelRule, MeteringLabelRule } from '../../model/metering-label-rule.ts';
import { meteringLabelRules, meteringLabels } from '../../store/networking-tables.ts';
import type { Item, Rules, Work } from '../work.ts';

type CreateRule = CreateOf<typeof meteringLabelRule>;

/** A label may concern every router of every host. */
function tellAgents(work: Work, method: string, args: Item): void {
  work.casts.push({ topic: 'metering_agent', method, args, fanout: true });
}

export const meteringLabelBehaviour: Rules<MeteringLabel, Item, Item> = {
  notFound: (label_id) => neutronError('MeteringLabelNotFound', { label_id }),
  afterCreate: async (work, { id }) => tellAgents(work, 'add_metering_label', { label_id: id }),
  afterDelete: async (work, { id }) => tellAgents(work, 'remove_metering_label', { label_id: id }),
};

export const meteringLabelRuleBehaviour: Rules<MeteringLabelRule, CreateRule, Item> = {
  notFound: (rule_id) => neutronError('MeteringLabelRuleNotFound', { rule_id }),

  async beforeCreate(work, body) {
    checkPrefixes(body);
    const label_id = body.metering_label_id;
    if ((await work.rows.count(meteringLabels, { id: label_id })) === 0)
      throw neutronError('MeteringLabelNotFound', { label_id });
    await refuseOverlap(work, body);
    return {};
  },

  afterCreate: async (work, row) =>
    tellAgents(work, 'add_metering_label_rule', { label_id: row.metering_label_id }),
  afterDelete: async (work, row) =>
    tellAgents(work, 'remove_metering_label_rule', { label_id: row.metering_label_id }),
};

const invalid = (message: string) => new CloudError(400, 'Invalid', message);

function checkPrefixes({ remote_ip_prefix, source_ip_prefix, destination_ip_prefix }: CreateRule): void {
  const own = [source_ip_prefix, destination_ip_prefix].filter((prefix) => prefix !== null);
  if (remote_ip_prefix !== null && own.length > 0)
    throw invalid(
      "Cannot use 'remote-ip-prefix' in conjunction with 'source-ip-prefix' or 'destination-ip-prefix'.",
    );
  if (remote_ip_prefix === null && own.length === 0)
    throw invalid(
      "You must define at least one of the following parameters 'remote_ip_prefix', or 'source_ip_prefix' or 'destination_ip_prefix'.",
    );
  const [source, destination] = own.map(cidrOf);
  if (source !== undefined && destination !== undefined && source.family !== destination.family)
    throw invalid('source_ip_prefix and destination_ip_prefix must be of one IP version.');
}

/** What would be counted twice: rules of one label, one direction and one sense. */
async function refuseOverlap(work: Work, body: CreateRule): Promise<void> {
  const { metering_label_id, direction, excluded, remote_ip_prefix } = body;
  if (remote_ip_prefix === null) return;
  const others = await work.rows.all(meteringLabelRules, { metering_label_id, direction, excluded });
  const isTaken = others.some(
    (other) =>
      other.remote_ip_prefix !== null && overlaps(cidrOf(other.remote_ip_prefix), cidrOf(remote_ip_prefix)),
  );
  if (isTaken) throw neutronError('MeteringLabelRuleOverlaps', { remote_ip_prefix });
}
