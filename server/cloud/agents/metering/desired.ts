// From what the server says of metered routers to what each namespace of this host should hold. Pure.
import type { Tables } from '../../../host/iptables.ts';
import type { MeteringRouterSpec } from '../../model/specs.ts';
import { labelChain, meteringTables, type Metered } from './tables.ts';

/** Names of the namespaces that routers have; without namespaces there is the root one, under an empty name. */
export const namespacePrefixes = ['qrouter-', 'snat-'] as const;
export const root = '';

export interface LabelOwner {
  label_id: string;
  tenant_id: string;
}

export interface PlaceTarget {
  /** Of iptables and of ip6tables. */
  tables: Record<4 | 6, Tables>;
  /** Whose traffic the chains count. */
  labels: Map<string, LabelOwner>;
}

/** What the namespaces should hold, by name; a namespace may be wanted that is not on this host. */
export function placesOf(
  routers: readonly MeteringRouterSpec[],
  { use_namespaces }: { use_namespaces: boolean },
): Map<string, PlaceTarget> {
  const metered = new Map<string, (Metered & { tenant_id: string })[]>();
  for (const router of routers) {
    const { tenant_id, _metering_labels: labels } = router;
    for (const { ns, device } of devicesOf(router)) {
      const place = use_namespaces ? ns : root;
      metered.set(place, [...(metered.get(place) ?? []), { device, labels, tenant_id }]);
    }
  }
  return new Map([...metered].map(([place, list]) => [place, targetOf(list)]));
}

/** Where a router's traffic to its external network goes by. A distributed one has two ways out. */
function devicesOf({ id, gw_port_id, distributed }: MeteringRouterSpec) {
  const gateway = gw_port_id === null ? undefined : `qg-${gw_port_id.slice(0, 11)}`;
  if (!distributed) return [{ ns: `qrouter-${id}`, device: gateway }];
  return [
    { ns: `snat-${id}`, device: gateway },
    { ns: `qrouter-${id}`, device: gateway && `rfp-${id.slice(0, 10)}` },
  ];
}

const targetOf = (list: readonly (Metered & { tenant_id: string })[]): PlaceTarget => ({
  tables: { 4: meteringTables(list, 4), 6: meteringTables(list, 6) },
  labels: new Map(
    list.flatMap(({ labels, tenant_id }) =>
      labels.map(({ id }): [string, LabelOwner] => [labelChain(id), { label_id: id, tenant_id }]),
    ),
  ),
});
