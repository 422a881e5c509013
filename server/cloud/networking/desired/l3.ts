// What the L3 agent of a host should route: routers with gateway, interfaces, floating IPs and routes.
import type { Network } from '../../model/network.ts';
import type { Router } from '../../model/router.ts';
import type { FloatingIpSpec, PortSpec, RouterPortSpec, RouterSpec } from '../../model/specs.ts';
import type { Subnet } from '../../model/subnet.ts';
import { floatingips, networks, ports, routers, subnets } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';
import { routerPortOwners } from '../router-ports.ts';
import { portSpecs, subnetSpec } from './port-specs.ts';

/** Specs of routers, with a fixed number of queries. */
export async function routersFor(rows: Rows, ids: readonly string[]): Promise<RouterSpec[]> {
  const list = await rows.all(routers, { id: ids }, { orderBy: [{ column: 'id' }] });
  const rowsOfPorts = await rows.all(
    ports,
    { device_id: list.map(({ id }) => id), device_owner: routerPortOwners },
    { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
  );
  const specs = await portSpecs(rows, rowsOfPorts);
  const networkIds = [...new Set(specs.map(({ network_id }) => network_id))];
  const networkBy = new Map(
    (await rows.all(networks, { id: networkIds })).map((network) => [network.id, network]),
  );
  const subnetsBy = Map.groupBy(
    await rows.all(
      subnets,
      { network_id: networkIds },
      { orderBy: [{ column: 'created_at' }, { column: 'id' }] },
    ),
    ({ network_id }) => network_id,
  );
  const translated = Map.groupBy(
    await rows.all(floatingips, { router_id: list.map(({ id }) => id) }, { orderBy: [{ column: 'id' }] }),
    ({ router_id }) => router_id,
  );
  return list.map((router) => {
    const own = specs
      .filter(({ device_id }) => device_id === router.id)
      .map((port) => routerPort(port, networkBy.get(port.network_id)!, subnetsBy.get(port.network_id) ?? []));
    return routerSpec(router, own, (translated.get(router.id) ?? []).map(floatingSpec));
  });
}

function routerSpec(router: Router, own: RouterPortSpec[], floating: FloatingIpSpec[]): RouterSpec {
  const gw_port = own.find(({ device_owner }) => device_owner === 'network:router_gateway') ?? null;
  return {
    id: router.id,
    name: router.name,
    tenant_id: router.tenant_id,
    admin_state_up: router.admin_state_up,
    enable_snat: router.enable_snat,
    external_network_id: gw_port?.network_id ?? null,
    gw_port,
    interfaces: own.filter(({ device_owner }) => device_owner === 'network:router_interface'),
    floatingips: floating,
    ha: null,
    dvr: null,
    routes: router.routes ?? [],
  };
}

function routerPort(port: PortSpec, network: Network, there: readonly Subnet[]): RouterPortSpec {
  const held = new Set(port.fixed_ips.map(({ subnet_id }) => subnet_id));
  const isGateway = port.device_owner === 'network:router_gateway';
  return {
    ...port,
    mtu: network.mtu,
    subnets: there.filter(({ id }) => held.has(id)).map(subnetSpec),
    extra_subnets: isGateway ? there.filter(({ id }) => !held.has(id)).map(subnetSpec) : [],
  };
}

function floatingSpec(row: {
  id: string;
  floating_ip_address: string;
  fixed_ip_address: string | null;
  port_id: string | null;
  status: string;
}): FloatingIpSpec {
  return {
    id: row.id,
    floating_ip_address: row.floating_ip_address,
    fixed_ip_address: row.fixed_ip_address!,
    port_id: row.port_id!,
    status: row.status as FloatingIpSpec['status'],
    host: null,
  };
}
