// Ports that routers plug, with the subnets they meet there.
import { agentGatewayOwner, gatewayOwner } from '../../model/device-owners.ts';
import type { Port } from '../../model/port.ts';
import type { Subnet } from '../../model/subnet.ts';
import type { RouterPortSpec } from '../../model/specs.ts';
import { networks, subnetpools, subnets } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { portSpecs, subnetSpec } from './port-specs.ts';

/** Specs of the ports, in the same order, with a fixed number of queries. */
export async function routerPortSpecs(rows: Rows, list: readonly Port[]): Promise<RouterPortSpec[]> {
  const network_id = [...new Set(list.map((port) => port.network_id))];
  const mtuBy = new Map((await rows.all(networks, { id: network_id })).map(({ id, mtu }) => [id, mtu]));
  const oldestFirst = { orderBy: [{ column: 'created_at' }, { column: 'id' }] };
  const subnetsBy = Map.groupBy(
    await rows.all(subnets, { network_id }, oldestFirst),
    (subnet) => subnet.network_id,
  );
  const scopes = await addressScopesBy(rows, [...subnetsBy.values()].flat());
  return (await portSpecs(rows, list)).map((port) => {
    const there = subnetsBy.get(port.network_id) ?? [];
    const held = new Set(port.fixed_ips.map(({ subnet_id }) => subnet_id));
    const isOutside = port.device_owner === gatewayOwner || port.device_owner === agentGatewayOwner;
    const scopesHere = there
      .filter(({ id }) => held.has(id))
      .flatMap(({ ip_version, subnetpool_id }) => {
        const scope = scopes.get(subnetpool_id ?? '');
        return scope === undefined ? [] : [[ip_version, scope]];
      });
    return {
      ...port,
      mtu: mtuBy.get(port.network_id)!,
      subnets: there.filter(({ id }) => held.has(id)).map(subnetSpec),
      extra_subnets: isOutside ? there.filter(({ id }) => !held.has(id)).map(subnetSpec) : [],
      ...(scopesHere.length > 0 && { address_scopes: Object.fromEntries(scopesHere) }),
    };
  });
}

/** Address scopes by id of the pools that subnets come from. */
export async function addressScopesBy(
  rows: Rows,
  list: readonly Pick<Subnet, 'subnetpool_id'>[],
): Promise<Map<string, string>> {
  const ids = [...new Set(list.flatMap(({ subnetpool_id }) => subnetpool_id ?? []))];
  const pools = ids.length === 0 ? [] : await rows.all(subnetpools, { id: ids });
  return new Map(
    pools.flatMap(({ id, address_scope_id }) => (address_scope_id === null ? [] : [[id, address_scope_id]])),
  );
}
