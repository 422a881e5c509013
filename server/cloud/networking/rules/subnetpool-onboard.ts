// Subnets that a network had before become a pool's, as if they had been taken from it.
import { cidrOf, overlaps } from '../../../lib/cidr.ts';
import { CloudError } from '../../../lib/errors.ts';
import { validated } from '../../../lib/validate.ts';
import { invalidInput, neutronError } from '../../model/errors.ts';
import type { Subnetpool } from '../../model/subnetpool.ts';
import { subnets } from '../../store/networking-tables.ts';
import { restamped } from '../operations.ts';
import type { Item, Work } from '../work.ts';
import { forgetNetwork, getNetwork, subnetsOf } from './load.ts';
import { putToPool, tellRoutersOf } from './subnetpool-prefixes.ts';

/** PUT onboard_network_subnets: `{network_id}`, a network of the caller's; all its subnets of the pool's family. */
export async function onboardSubnets(work: Work, row: Subnetpool, body: Item): Promise<Item[]> {
  if (body.network_id === undefined) throw invalidInput('network_id must be specified.');
  const net_id = validated('network_id', { type: 'uuid' }, body.network_id) as string;
  const network = await getNetwork(work, net_id);
  // by one shared with the caller he would take addresses that are not his
  if (!work.context.is_admin && network.tenant_id !== work.context.project_id)
    throw neutronError('NetworkNotFound', { net_id });
  const onboard = (await subnetsOf(work, net_id)).filter(({ ip_version }) => ip_version === row.ip_version);
  const taken = (await work.rows.all(subnets, { subnetpool_id: row.id })).map(({ cidr }) => cidrOf(cidr!));
  for (const { id, cidr } of onboard)
    if (taken.some((other) => overlaps(other, cidrOf(cidr!))))
      throw new CloudError(
        400,
        'IllegalSubnetPoolUpdate',
        `Illegal subnetpool update : Onboarding subnet ${id}: ${cidr} conflicts with allocated prefixes in subnet pool ${row.id}.`,
      );
  if (onboard.length === 0) return [];
  await putToPool(
    work,
    row,
    onboard.map(({ cidr }) => cidr!),
  );
  for (const subnet of onboard)
    await work.rows.update(
      subnets,
      { id: subnet.id },
      { subnetpool_id: row.id, ...restamped(work, subnet as unknown as Item) },
    );
  forgetNetwork(work, net_id);
  if (row.address_scope_id !== null) await tellRoutersOf(work, row.id);
  return onboard.map(({ id, cidr }) => ({ id, cidr }));
}
