// The command line of the dnsmasq of one network. Pure. It changes with subnets and MTU only: hosts and options are in files.
import { cidrOf, toAddress } from '../../../lib/cidr.ts';
import type { NetworkSpec } from '../../model/specs.ts';
import { serviceOf } from './subnets.ts';

export interface DnsmasqSettings {
  /** Folder of the network's files. */
  folder: string;
  /** The one device to serve, where others are in the same namespace. */
  device?: string;
  dhcp_domain: string;
  /** Seconds; -1: infinite. */
  dhcp_lease_duration: number;
  dnsmasq_config_file: string;
  dnsmasq_dns_servers: readonly string[];
  dnsmasq_local_resolv: boolean;
  /** Seconds; 0: as dnsmasq thinks fit. */
  dhcp_renewal_time: number;
  dhcp_rebinding_time: number;
  dhcp_broadcast_reply: boolean;
  dnsmasq_lease_max: number;
}

/** All words, the program's name first. */
export function dnsmasqArguments(network: NetworkSpec, settings: DnsmasqSettings): string[] {
  const { folder, device, dhcp_domain: domain } = settings;
  const ranges = network.subnets
    .filter((subnet) => serviceOf(subnet) !== 'nothing')
    .map((subnet) => ({ id: subnet.id, cidr: cidrOf(subnet.cidr) }));
  const lease = settings.dhcp_lease_duration === -1 ? 'infinite' : `${settings.dhcp_lease_duration}s`;
  const addresses = ranges.reduce((sum, { cidr }) => sum + Number(cidr.last - cidr.first + 1n), 0);
  const asksResolvConf = settings.dnsmasq_local_resolv && settings.dnsmasq_dns_servers.length === 0;
  const { dhcp_renewal_time: renewal, dhcp_rebinding_time: rebinding } = settings;
  return [
    ...['dnsmasq', '--no-hosts', ...(asksResolvConf ? [] : ['--no-resolv']), `--pid-file=${folder}/pid`],
    ...[`--dhcp-hostsfile=${folder}/host`, `--addn-hosts=${folder}/addn_hosts`],
    ...[`--dhcp-optsfile=${folder}/opts`, `--dhcp-leasefile=${folder}/leases`],
    ...['--dhcp-match=set:ipxe,175', '--dhcp-userclass=set:ipxe6,iPXE', '--local-service', '--bind-dynamic'],
    ...(device === undefined ? [] : [`--interface=${device}`, '--except-interface=lo']),
    ...ranges.map(({ id, cidr }) => {
      const size = cidr.family === 4 ? maskOf(cidr.prefix) : cidr.prefix;
      return `--dhcp-range=set:subnet-${id},${toAddress(cidr.first, cidr.family)},static,${size},${lease}`;
    }),
    ...(network.mtu > 0 ? [`--dhcp-option-force=option:mtu,${network.mtu}`] : []),
    `--dhcp-lease-max=${Math.min(addresses, settings.dnsmasq_lease_max)}`,
    ...(renewal > 0 ? [`--dhcp-option-force=option:T1,${renewal}s`] : []),
    ...(rebinding > 0 ? [`--dhcp-option-force=option:T2,${rebinding}s`] : []),
    `--conf-file=${settings.dnsmasq_config_file || '/dev/null'}`,
    ...settings.dnsmasq_dns_servers.map((server) => `--server=${server}`),
    ...(domain === '' ? [] : [`--domain=${domain}`]),
    ...(settings.dhcp_broadcast_reply ? ['--dhcp-broadcast'] : []),
  ];
}

const maskOf = (prefix: number): string => toAddress(((1n << BigInt(prefix)) - 1n) << BigInt(32 - prefix), 4);
