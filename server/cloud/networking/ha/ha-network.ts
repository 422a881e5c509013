// The network over which the hosts of a tenant's highly available routers agree who is active.
import { parseCreate } from '../../../lib/parse-body.ts';
import { network as networkResource } from '../../model/network.ts';
import { subnet as subnetResource } from '../../model/subnet.ts';
import { haNetworks, haVrIds, networks, subnets } from '../../store/networking-tables.ts';
import { createRow, deleteRow } from '../operations.ts';
import { asAdmin } from '../rules/as-admin.ts';
import type { Item, Work } from '../work.ts';

/** Id of the tenant's network; made with its subnet when there is none. It belongs to nobody and counts against no quota. */
export async function haNetworkOf(work: Work, tenant_id: string): Promise<string> {
  const known = await work.rows.find(haNetworks, { tenant_id });
  if (known !== undefined) return known.network_id;
  const { l3_ha_network_type, l3_ha_network_physical_name, l3_ha_net_cidr } = work.env.settings;
  const network = await createRow(asAdmin(work), networkResource, networks, {
    ...(parseCreate(networkResource, {}) as Item),
    name: `HA network tenant ${tenant_id}`,
    tenant_id: '',
    ...(l3_ha_network_type !== '' && { 'provider:network_type': l3_ha_network_type }),
    ...(l3_ha_network_physical_name !== '' && { 'provider:physical_network': l3_ha_network_physical_name }),
  });
  const network_id = network.id as string;
  await work.rows.insert(haNetworks, { tenant_id, network_id });
  await createRow(asAdmin(work), subnetResource, subnets, {
    ...(parseCreate(subnetResource, { network_id, ip_version: 4, cidr: l3_ha_net_cidr }) as Item),
    name: `HA subnet tenant ${tenant_id}`,
    tenant_id: '',
    enable_dhcp: false,
    gateway_ip: null,
  });
  return network_id;
}

/** Deletes the tenant's network once no highly available router is left. */
export async function releaseHaNetwork(work: Work, tenant_id: string): Promise<void> {
  const known = await work.rows.find(haNetworks, { tenant_id });
  if (known === undefined) return;
  if ((await work.rows.count(haVrIds, { network_id: known.network_id })) > 0) return;
  await work.rows.remove(haNetworks, { tenant_id });
  const network = await work.rows.find(networks, { id: known.network_id });
  if (network !== undefined) await deleteRow(asAdmin(work), networkResource, networks, network as Item);
}
