// What the L3 agent of a host should route: routers with gateway, interfaces, floating IPs and routes.
import { gatewayOwner, interfaceOwners } from '../../model/device-owners.ts';
import type { Floatingip } from '../../model/floatingip.ts';
import type { Router } from '../../model/router.ts';
import type { DvrSpec, FloatingIpSpec, HaSpec, RouterPortSpec, RouterSpec } from '../../model/specs.ts';
import { floatingips, ports, routers } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { isDistributing, l3Agents } from '../l3-candidates.ts';
import { routerPortOwners } from '../router-ports.ts';
import { dvrSpecs } from './dvr.ts';
import { haSpecs } from './ha.ts';
import { routerPortSpecs } from './router-port-specs.ts';

/** Specs of routers as the host sees them, with a fixed number of queries. */
export async function routersFor(rows: Rows, host: string, ids: readonly string[]): Promise<RouterSpec[]> {
  const list = await rows.all(routers, { id: ids }, { orderBy: [{ column: 'id' }] });
  const own = await rows.all(
    ports,
    { device_id: list.map(({ id }) => id), device_owner: routerPortOwners },
    { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
  );
  const portsBy = Map.groupBy(await routerPortSpecs(rows, own), ({ device_id }) => device_id);
  const dvr = await dvrSpecs(rows, host, list, own);
  const ha = await haSpecs(rows, host, list);
  const translated = await floatingSpecs(rows, list);
  return list.map((router) =>
    routerSpec(router, {
      own: portsBy.get(router.id) ?? [],
      floating: translated.get(router.id) ?? [],
      dvr: dvr.get(router.id) ?? null,
      ha: ha.get(router.id) ?? null,
    }),
  );
}

function routerSpec(
  router: Router,
  {
    own,
    floating,
    dvr,
    ha,
  }: { own: RouterPortSpec[]; floating: FloatingIpSpec[]; dvr: DvrSpec | null; ha: HaSpec | null },
): RouterSpec {
  const gw_port = own.find(({ device_owner }) => device_owner === gatewayOwner) ?? null;
  return {
    id: router.id,
    name: router.name,
    tenant_id: router.tenant_id,
    admin_state_up: router.admin_state_up,
    enable_snat: router.enable_snat,
    external_network_id: gw_port?.network_id ?? null,
    gw_port,
    interfaces: own.filter(({ device_owner }) => interfaceOwners.includes(device_owner)),
    floatingips: floating,
    ha,
    dvr,
    routes: router.routes ?? [],
  };
}

/** Floating IPs by router, with the hosts that their ports are on. */
async function floatingSpecs(rows: Rows, list: readonly Router[]): Promise<Map<string, FloatingIpSpec[]>> {
  const router_id = list.map(({ id }) => id);
  const found = await rows.all(floatingips, { router_id }, { orderBy: [{ column: 'id' }] });
  const targets = await rows.all(ports, { id: found.map(({ port_id }) => port_id!) });
  const hosts = new Map(targets.map((port) => [port.id, port['binding:host_id']]));
  const distributed = new Set(list.filter((router) => router.distributed).map(({ id }) => id));
  const distributing = new Set(
    distributed.size === 0 ? [] : (await l3Agents({ rows })).filter(isDistributing).map(({ host }) => host),
  );
  const specs = found.map((row) => {
    const host = hosts.get(row.port_id!) || null;
    const isThere = !distributed.has(row.router_id!) || (host !== null && distributing.has(host));
    return { router_id: row.router_id!, spec: floatingSpec(row, isThere ? host : null) };
  });
  const byRouter = Map.groupBy(specs, (item) => item.router_id);
  return new Map([...byRouter].map(([id, items]) => [id, items.map(({ spec }) => spec)]));
}

const floatingSpec = (row: Floatingip, host: string | null): FloatingIpSpec => ({
  id: row.id,
  floating_ip_address: row.floating_ip_address,
  fixed_ip_address: row.fixed_ip_address!,
  port_id: row.port_id!,
  status: row.status as FloatingIpSpec['status'],
  host,
});
