// dnsmasq's options file: what instances of each subnet are told besides their address. Pure.
import { familyOf } from '../../../lib/cidr.ts';
import { metadataAddress } from '../metadata-proxy-file.ts';
import type { NetworkSpec, SubnetSpec } from '../../model/specs.ts';
import { isClientId, portTag } from './host-file.ts';
import { addressIn, dhcpSubnetsOf, metadataHop, serviceOf, type MetadataSettings } from './subnets.ts';

const anywhere = '0.0.0.0/0';
/** A name server that says: announce none. */
const nobody = ['0.0.0.0', '::'];

type Settings = MetadataSettings & { dhcp_domain: string };
type Family = 4 | 6;

/** The whole file: options of subnets, then of single ports. */
export function renderOptsFile(network: NetworkSpec, settings: Settings): string {
  const lines = [
    ...dhcpSubnetsOf(network)
      .filter((subnet) => subnet.ip_version === 4 || serviceOf(subnet) !== 'nothing')
      .flatMap((subnet) => subnetLines(network, subnet, settings)),
    ...portLines(network),
  ];
  return lines.map((line) => `${line}\n`).join('');
}

/** One line; an option without a value is not sent at all, where dnsmasq would send one by itself. */
function optionLine(family: Family, tag: string, name: string, values: readonly string[] = []): string {
  const [, extraTag, option] = /^(?:(tag:.*),)?(.*)$/.exec(name)!;
  const prefix = family === 6 ? 'option6:' : 'option:';
  const isPlainNumber = family === 4 && /^\d+$/.test(option!);
  return [
    `tag:${tag}`,
    ...(extraTag === undefined ? [] : [extraTag]),
    isPlainNumber ? option! : `${prefix}${option}`,
    ...values,
  ].join(',');
}

const bracketed = (addresses: readonly string[]) =>
  addresses.map((address) => (address.includes(':') ? `[${address}]` : address));

function subnetLines(network: NetworkSpec, subnet: SubnetSpec, settings: Settings): string[] {
  const line = (name: string, values?: readonly string[]) =>
    optionLine(subnet.ip_version, `subnet-${subnet.id}`, name, values);
  const names = nameServers(network, subnet);
  const dns = names.length === 0 ? [] : [line('dns-server', isNobody(names) ? [] : bracketed(names))];
  const { dhcp_domain: domain } = settings;
  if (subnet.ip_version === 6) return [...dns, ...(domain === '' ? [] : [line('domain-search', [domain])])];
  const gateway = gatewayOf(subnet);
  const routes = staticRoutes(network, subnet, settings);
  const withDefault = gateway === undefined ? routes : [...routes, `${anywhere},${gateway}`];
  return [
    ...dns,
    // Clients that know option 121 or Microsoft's 249 ignore `router`, hence the default route in the list.
    ...(routes.length === 0 ? [] : [line('classless-static-route', withDefault), line('249', withDefault)]),
    line('router', gateway === undefined ? [] : [gateway]),
  ];
}

const isNobody = (servers: readonly string[]) => servers.length === 1 && nobody.includes(servers[0]!);

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

/** `extra_dhcp_opts` of ports, for the families that the port has addresses of. */
function portLines(network: NetworkSpec): string[] {
  return network.ports.flatMap((port) => {
    const families = new Set(port.fixed_ips.map(({ ip_address }) => familyOf(ip_address)));
    return port.extra_dhcp_opts
      .filter((option) => !isClientId(option) && families.has(option.ip_version ?? 4))
      .filter(({ opt_name, opt_value }) => !/[\r\n]/.test(opt_name + opt_value)) // would be lines of their own
      .map(({ opt_name, opt_value, ip_version = 4 }) =>
        optionLine(ip_version, portTag(port), opt_name, [opt_value]),
      );
  });
}
