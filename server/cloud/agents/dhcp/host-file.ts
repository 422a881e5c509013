// dnsmasq's files of hosts: who gets which address (host), and the names of addresses (addn_hosts). Pure.
import type { NetworkSpec, PortSpec, SubnetSpec } from '../../model/specs.ts';
import { serviceOf } from './subnets.ts';

/** An address of a port on the network. */
export interface HostEntry {
  port: PortSpec;
  mac: string;
  address: string;
  subnet: SubnetSpec;
}

const isDhcpPort = (port: PortSpec) => port.device_owner === 'network:dhcp';

/** Every address of every port but the DHCP ports', in the order of the ports. */
export function hostEntries(network: NetworkSpec): HostEntry[] {
  const subnets = new Map(network.subnets.map((subnet) => [subnet.id, subnet]));
  return network.ports
    .filter((port) => !isDhcpPort(port))
    .flatMap((port) =>
      port.fixed_ips.flatMap(({ ip_address: address, subnet_id }) => {
        const subnet = subnets.get(subnet_id);
        return subnet === undefined ? [] : [{ port, mac: port.mac_address, address, subnet }];
      }),
    );
}

/** The addresses that dnsmasq hands out. */
export const leasedEntries = (network: NetworkSpec): HostEntry[] =>
  hostEntries(network).filter(({ subnet }) => serviceOf(subnet) === 'addresses');

const shortName = (address: string) => `host-${address.replaceAll(/[.:]/g, '-')}`;
const fullName = (address: string, domain: string) =>
  domain === '' ? shortName(address) : `${shortName(address)}.${domain}`;

/** What ties a port's own options to its hosts. */
export const portTag = (port: PortSpec) => `port-${port.id}`;

/** Options by which a server knows a client; they are part of the host, not told to it. */
const clientIdNames = ['client-id', '61'];
export const isClientId = ({ opt_name }: { opt_name: string }) => clientIdNames.includes(opt_name);

/**
 * `MAC,name,address` for each lease, with the client id and the tag of a port that has options. A port's IPv6 addresses in one
 * subnet share a line: dnsmasq looks no further than the first that fits.
 */
export function renderHostFile(network: NetworkSpec, domain: string): string {
  const groups = Map.groupBy(hostEntries(network), ({ port, address, subnet }) =>
    subnet.ip_version === 6 ? `${port.id} ${subnet.id}` : `${port.id} ${address}`,
  );
  return [...groups.values()]
    .flatMap((entries) => hostLine(entries, domain) ?? [])
    .map((line) => `${line}\n`)
    .join('');
}

function hostLine(entries: readonly HostEntry[], domain: string): string | undefined {
  const { port, mac, address, subnet } = entries[0]!;
  const service = serviceOf(subnet);
  const tags = port.extra_dhcp_opts.some((option) => !isClientId(option)) ? [`set:${portTag(port)}`] : [];
  // A line without an address fits DHCP of both families unless told otherwise.
  if (service === 'options' && tags.length > 0) return [mac, 'tag:dhcpv6', ...tags].join(',');
  if (service !== 'addresses') return undefined;
  const clientId = port.extra_dhcp_opts.find(isClientId)?.opt_value.replaceAll(/[\r\n,]/g, '');
  const addresses = subnet.ip_version === 6 ? entries.map((entry) => `[${entry.address}]`) : [address];
  const who = clientId === undefined ? [mac] : [mac, `id:${clientId}`];
  return [...who, fullName(address, domain), ...addresses, ...tags].join(',');
}

/** `address<TAB>full name short name` for each entry: the full name first, so that it answers reverse queries. */
export function renderAddnHostsFile(network: NetworkSpec, domain: string): string {
  return hostEntries(network)
    .map(({ address }) => `${address}\t${fullName(address, domain)} ${shortName(address)}\n`)
    .join('');
}
