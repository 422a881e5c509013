// The command line of the dnsmasq of one network. Pure. It changes with subnets and MTU only: hosts and options are in files.
import { cidrOf, toAddress } from '../../../lib/cidr.ts';
import type { NetworkSpec } from '../../model/specs.ts';
import { dhcpSubnetsOf } from './subnets.ts';

export interface DnsmasqSettings {
  /** Folder of the network's files. */
  folder: string;
  dhcp_domain: string;
  /** Seconds; -1: infinite. */
  dhcp_lease_duration: number;
  dnsmasq_config_file: string;
  dnsmasq_dns_servers: readonly string[];
  dnsmasq_lease_max: number;
}

/** All words, the program's name first. */
export function dnsmasqArguments(network: NetworkSpec, settings: DnsmasqSettings): string[] {
  const { folder, dhcp_domain: domain } = settings;
  const subnets = dhcpSubnetsOf(network).map((subnet) => ({ id: subnet.id, cidr: cidrOf(subnet.cidr) }));
  const lease = settings.dhcp_lease_duration === -1 ? 'infinite' : `${settings.dhcp_lease_duration}s`;
  const addresses = subnets.reduce((sum, { cidr }) => sum + Number(cidr.last - cidr.first + 1n), 0);
  return [
    ...['dnsmasq', '--no-hosts', '--no-resolv', `--pid-file=${folder}/pid`],
    ...[`--dhcp-hostsfile=${folder}/host`, `--addn-hosts=${folder}/addn_hosts`],
    ...[`--dhcp-optsfile=${folder}/opts`, `--dhcp-leasefile=${folder}/leases`],
    ...['--dhcp-match=set:ipxe,175', '--dhcp-userclass=set:ipxe6,iPXE', '--local-service', '--bind-dynamic'],
    ...subnets.map(
      ({ id, cidr }) =>
        `--dhcp-range=set:subnet-${id},${toAddress(cidr.first, 4)},static,${maskOf(cidr.prefix)},${lease}`,
    ),
    ...(network.mtu > 0 ? [`--dhcp-option-force=option:mtu,${network.mtu}`] : []),
    `--dhcp-lease-max=${Math.min(addresses, settings.dnsmasq_lease_max)}`,
    `--conf-file=${settings.dnsmasq_config_file || '/dev/null'}`,
    ...settings.dnsmasq_dns_servers.map((server) => `--server=${server}`),
    ...(domain === '' ? [] : [`--domain=${domain}`]),
  ];
}

const maskOf = (prefix: number): string => toAddress(((1n << BigInt(prefix)) - 1n) << BigInt(32 - prefix), 4);
