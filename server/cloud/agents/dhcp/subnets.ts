// Which subnets of a network the agent serves, how, and where their metadata requests go. Pure.
import { cidrOf, contains } from '../../../lib/cidr.ts';
import { interfaceOwners } from '../../model/device-owners.ts';
import type { NetworkSpec, PortSpec, SubnetSpec } from '../../model/specs.ts';

/** The subnets with DHCP, in the server's order. */
export const dhcpSubnetsOf = (network: NetworkSpec): SubnetSpec[] =>
  network.subnets.filter((subnet) => subnet.enable_dhcp);

/**
 * What dnsmasq gives the ports of a subnet: addresses; options only (guests make their address themselves and ask for the
 * rest); or nothing (routers tell all).
 */
export function serviceOf(subnet: SubnetSpec): 'addresses' | 'options' | 'nothing' {
  if (!subnet.enable_dhcp) return 'nothing';
  if (subnet.ip_version === 4) return 'addresses';
  // dnsmasq serves no shorter prefixes
  if (cidrOf(subnet.cidr).prefix < 64) return 'nothing';
  const { ipv6_address_mode, ipv6_ra_mode } = subnet;
  if (ipv6_address_mode === 'dhcpv6-stateless') return 'options';
  return ipv6_address_mode === 'dhcpv6-stateful' || (ipv6_address_mode === null && ipv6_ra_mode === null)
    ? 'addresses'
    : 'nothing';
}

/** Address of a DHCP port in a subnet. */
export const addressIn = (port: PortSpec | null, subnet: SubnetSpec): string | undefined =>
  port?.fixed_ips.find((fixed) => fixed.subnet_id === subnet.id)?.ip_address;

export interface MetadataSettings {
  enable_isolated_metadata: boolean;
  force_metadata: boolean;
  enable_metadata_network: boolean;
}

const metadataSubnets = cidrOf('169.254.0.0/16');

/** Whose requests the proxy in the DHCP namespace answers; undefined: none. */
export function metadataScope(
  network: NetworkSpec,
  settings: MetadataSettings,
): { kind: 'network' | 'router'; id: string } | undefined {
  const served = dhcpSubnetsOf(network).filter((subnet) => subnet.ip_version === 4);
  if (served.length === 0) return undefined;
  const scope = { kind: 'network', id: network.id } as const;
  if (settings.force_metadata) return scope;
  if (!settings.enable_isolated_metadata) return undefined;
  // A router on a network of link-local addresses brings the requests of all its networks here.
  const router = network.ports.find((port) => interfaceOwners.includes(port.device_owner));
  const isMetadataNetwork = network.subnets.some(({ cidr }) =>
    contains(metadataSubnets, cidr.split('/')[0]!),
  );
  if (settings.enable_metadata_network && isMetadataNetwork)
    return router === undefined ? scope : { kind: 'router', id: router.device_id };
  const isolated = new Set(network.isolated_subnet_ids);
  return served.some((subnet) => isolated.has(subnet.id)) ? scope : undefined;
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
