// Ports and subnets as agents see them.
import type { Port } from '../../model/port.ts';
import type { PortSpec, SubnetSpec } from '../../model/specs.ts';
import type { Subnet } from '../../model/subnet.ts';
import { ipAllocations } from '../../store/networking-tables.ts';
import type { Rows } from '../../store/rows.ts';

/** Specs of ports, in the same order. */
export async function portSpecs(rows: Rows, list: readonly Port[]): Promise<PortSpec[]> {
  const held = Map.groupBy(
    await rows.all(
      ipAllocations,
      { port_id: list.map(({ id }) => id) },
      { orderBy: [{ column: 'position' }] },
    ),
    ({ port_id }) => port_id,
  );
  return list.map((port) => ({
    id: port.id,
    name: port.name,
    network_id: port.network_id,
    mac_address: port.mac_address,
    admin_state_up: port.admin_state_up,
    device_id: port.device_id,
    device_owner: port.device_owner,
    fixed_ips: (held.get(port.id) ?? []).map(({ subnet_id, ip_address }) => ({ subnet_id, ip_address })),
    extra_dhcp_opts: port.extra_dhcp_opts
      .filter(({ opt_value }) => opt_value !== null && opt_value !== undefined)
      .map(({ opt_name, opt_value, ip_version }) => ({
        opt_name,
        opt_value: opt_value!,
        ...(ip_version !== undefined && { ip_version }),
      })),
  }));
}

export const subnetSpec = (subnet: Subnet): SubnetSpec => ({
  id: subnet.id,
  network_id: subnet.network_id,
  name: subnet.name,
  ip_version: subnet.ip_version,
  cidr: subnet.cidr!,
  gateway_ip: subnet.gateway_ip,
  enable_dhcp: subnet.enable_dhcp,
  dns_nameservers: subnet.dns_nameservers,
  host_routes: subnet.host_routes,
  ipv6_ra_mode: subnet.ipv6_ra_mode,
  ipv6_address_mode: subnet.ipv6_address_mode,
});
