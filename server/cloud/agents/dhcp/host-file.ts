// dnsmasq's files of hosts: who gets which address (host), and the names of addresses (addn_hosts). Pure.
import type { NetworkSpec, PortSpec } from '../../model/specs.ts';
import { dhcpSubnetsOf } from './subnets.ts';

/** An address of a port on the network. */
export interface HostEntry {
  port: PortSpec;
  mac: string;
  address: string;
  subnetId: string;
}

const isDhcpPort = (port: PortSpec) => port.device_owner === 'network:dhcp';

/** Every IPv4 address of every port but the DHCP ports', in the order of the ports. */
export function hostEntries(network: NetworkSpec): HostEntry[] {
  return network.ports
    .filter((port) => !isDhcpPort(port))
    .flatMap((port) =>
      port.fixed_ips
        .filter(({ ip_address }) => !ip_address.includes(':'))
        .map(({ ip_address, subnet_id }) => ({
          port,
          mac: port.mac_address,
          address: ip_address,
          subnetId: subnet_id,
        })),
    );
}

/** The entries that dnsmasq hands out: those of subnets with DHCP. */
export function servedEntries(network: NetworkSpec): HostEntry[] {
  const served = new Set(dhcpSubnetsOf(network).map((subnet) => subnet.id));
  return hostEntries(network).filter((entry) => served.has(entry.subnetId));
}

const shortName = (address: string) => `host-${address.replaceAll(/[.:]/g, '-')}`;
const fullName = (address: string, domain: string) =>
  domain === '' ? shortName(address) : `${shortName(address)}.${domain}`;

/** `MAC,name,address` for each entry, and the port's tag where it has options of its own. */
export function renderHostFile(network: NetworkSpec, domain: string): string {
  return servedEntries(network)
    .map(({ port, mac, address }) => {
      const tag = port.extra_dhcp_opts.length > 0 ? `,set:${port.id}` : '';
      return `${mac},${fullName(address, domain)},${address}${tag}\n`;
    })
    .join('');
}

/** `address<TAB>full name short name` for each entry: the full name first, so that it answers reverse queries. */
export function renderAddnHostsFile(network: NetworkSpec, domain: string): string {
  return hostEntries(network)
    .map(({ address }) => `${address}\t${fullName(address, domain)} ${shortName(address)}\n`)
    .join('');
}
