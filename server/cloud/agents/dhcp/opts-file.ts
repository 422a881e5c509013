// dnsmasq's options file: what instances of each subnet are told besides their address. Pure.
import { metadataAddress } from '../metadata-proxy-file.ts';
import type { NetworkSpec, SubnetSpec } from '../../model/specs.ts';
import { servedEntries } from './host-file.ts';
import { addressIn, dhcpSubnetsOf, metadataHop, type MetadataSettings } from './subnets.ts';

const anywhere = '0.0.0.0/0';

/** The whole file: options of subnets, then of single ports. */
export function renderOptsFile(network: NetworkSpec, settings: MetadataSettings): string {
  const lines = [
    ...dhcpSubnetsOf(network).flatMap((subnet) => subnetLines(network, subnet, settings)),
    ...portLines(network),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

function subnetLines(network: NetworkSpec, subnet: SubnetSpec, settings: MetadataSettings): string[] {
  const tag = `tag:subnet-${subnet.id}`;
  const names = nameServers(network, subnet);
  const gateway = gatewayOf(subnet);
  const routes = staticRoutes(network, subnet, settings);
  const withDefault = gateway === undefined ? routes : [...routes, `${anywhere},${gateway}`];
  return [
    ...(names.length === 0 ? [] : [`${tag},option:dns-server,${names.join(',')}`]),
    // Clients that know option 121 or Microsoft's 249 ignore `router`, hence the default route in the list.
    ...(routes.length === 0
      ? []
      : [
          `${tag},option:classless-static-route,${withDefault.join(',')}`,
          `${tag},249,${withDefault.join(',')}`,
        ]),
    // Without a value the option is not sent at all; without the line dnsmasq would name itself.
    gateway === undefined ? `${tag},option:router` : `${tag},option:router,${gateway}`,
  ];
}

/** The subnet's own; else every DHCP server where there are several. A single dnsmasq names itself without being told. */
function nameServers(network: NetworkSpec, subnet: SubnetSpec): string[] {
  if (subnet.dns_nameservers.length > 0) return subnet.dns_nameservers;
  const servers = network.ports
    .filter((port) => port.device_owner === 'network:dhcp')
    .flatMap((port) => addressIn(port, subnet) ?? []);
  return servers.length > 1 ? servers.toSorted() : [];
}

/** A host route to everywhere stands in for a missing gateway. */
const gatewayOf = (subnet: SubnetSpec): string | undefined =>
  subnet.gateway_ip ?? subnet.host_routes.find((route) => route.destination === anywhere)?.nexthop;

function staticRoutes(network: NetworkSpec, subnet: SubnetSpec, settings: MetadataSettings): string[] {
  const hop = metadataHop(network, subnet, settings);
  const neighbours = network.subnets.filter((other) => other.ip_version === 4 && other.id !== subnet.id);
  return [
    ...neighbours.toReversed().map((other) => `${other.cidr},0.0.0.0`),
    ...subnet.host_routes
      .filter((route) => route.destination !== anywhere)
      .map((route) => `${route.destination},${route.nexthop}`),
    ...(hop === undefined ? [] : [`${metadataAddress}/32,${hop}`]),
  ];
}

/** `extra_dhcp_opts` of ports, tagged with the port's id as the host file tags its host. */
function portLines(network: NetworkSpec): string[] {
  const ports = new Set(servedEntries(network).map((entry) => entry.port));
  return [...ports].flatMap((port) =>
    port.extra_dhcp_opts
      .filter((option) => option.ip_version !== 6)
      .map(({ opt_name, opt_value }) => {
        const name = /^\d+$/.test(opt_name) ? opt_name : `option:${opt_name}`;
        return `tag:${port.id},${name},${opt_value}`;
      }),
  );
}
