// Which subnets of a network the agent serves, and where their metadata requests go. Pure.
import type { NetworkSpec, PortSpec, SubnetSpec } from '../../model/specs.ts';

/** The IPv4 subnets with DHCP, in the server's order. */
export const dhcpSubnetsOf = (network: NetworkSpec): SubnetSpec[] =>
  network.subnets.filter((subnet) => subnet.enable_dhcp && subnet.ip_version === 4);

/** Address of a DHCP port in a subnet. */
export const addressIn = (port: PortSpec | null, subnet: SubnetSpec): string | undefined =>
  port?.fixed_ips.find((fixed) => fixed.subnet_id === subnet.id)?.ip_address;

export interface MetadataSettings {
  enable_isolated_metadata: boolean;
  force_metadata: boolean;
}

/** Whether the DHCP namespace answers metadata requests itself: on networks with a subnet that no router serves. */
export function servesMetadata(network: NetworkSpec, settings: MetadataSettings): boolean {
  if (settings.force_metadata) return true;
  const isolated = new Set(network.isolated_subnet_ids);
  return (
    settings.enable_isolated_metadata && dhcpSubnetsOf(network).some((subnet) => isolated.has(subnet.id))
  );
}

/** Next hop of the route to the metadata service that instances are told: the router if there is one, else the DHCP port. */
export function metadataHop(
  network: NetworkSpec,
  subnet: SubnetSpec,
  settings: MetadataSettings,
): string | undefined {
  const isIsolated = network.isolated_subnet_ids.includes(subnet.id);
  if (settings.force_metadata || (isIsolated && settings.enable_isolated_metadata))
    return addressIn(network.dhcp_port, subnet);
  return isIsolated ? undefined : network.router_ip_by_subnet[subnet.id];
}
