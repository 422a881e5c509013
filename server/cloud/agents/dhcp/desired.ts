// What the host should have for one network: fetched from the server by id, worked out without I/O.
import { cidrOf, contains } from '../../../lib/cidr.ts';
import type { Tables } from '../../../host/iptables.ts';
import type { Config } from '../../../lib/config.ts';
import type { dhcpOptions } from '../../model/options/dhcp.ts';
import type { NetworkSpec, PortSpec } from '../../model/specs.ts';
import { iptablesFrame } from '../iptables-frame.ts';
import { metadataAddress } from '../metadata-proxy-file.ts';
import { proxyDaemon } from '../metadata-proxy.ts';
import type { WantedDaemon } from '../namespace-daemon.ts';
import type { WantedDevice, WantedNamespace, WantedRoute } from '../namespace-plan.ts';
import { asPlugged, usesVeths } from '../namespace-veth.ts';
import { dnsmasqArguments } from './dnsmasq-arguments.ts';
import { leasedEntries, renderAddnHostsFile, renderHostFile } from './host-file.ts';
import { renderOptsFile } from './opts-file.ts';
import { dhcpSubnetsOf, metadataScope, serviceOf, type MetadataSettings } from './subnets.ts';

export type DhcpConfig = Config<{ DEFAULT: typeof dhcpOptions }>['DEFAULT'];

/** The files that dnsmasq reads, and the name of its device. */
export const fileNames = ['host', 'addn_hosts', 'opts', 'interface'] as const;
export type FileName = (typeof fileNames)[number];

export interface DhcpTarget {
  namespace: WantedNamespace;
  device: string;
  /** Command line of dnsmasq. */
  dnsmasq: string[];
  files: Record<FileName, string>;
  /** dnsmasq has a file of leases: not where routers give all addresses. */
  keepsLeases: boolean;
  /** Who may have a lease: MAC address by IP address. */
  entitled: Map<string, string>;
  /** The metadata proxy, where this namespace answers metadata requests. */
  proxy: WantedDaemon | undefined;
  /** Some subnet is of IPv6, so that advertisements of routers matter. */
  hasIpv6: boolean;
  /** Ports with an address on a subnet with DHCP. */
  servedPorts: string[];
  counts: { subnets: number; ports: number };
}

export const chainPrefix = 'neutron-dhcp-age';
export const namespacePrefix = 'qdhcp-';

/** Undefined under `use_namespaces = False`: everything is in the root namespace. */
export const namespaceOf = (config: DhcpConfig, networkId: string): string | undefined =>
  config.use_namespaces ? `${namespacePrefix}${networkId}` : undefined;

export const folderOf = (config: DhcpConfig, networkId: string) => `${config.dhcp_confs}/${networkId}`;

/** Undefined: the network is not to be served here (gone, down, without DHCP or without a port for it). */
export function targetOf(
  network: NetworkSpec | null | undefined,
  config: DhcpConfig,
): DhcpTarget | undefined {
  if (!network?.admin_state_up || network.dhcp_port === null) return undefined;
  const subnets = dhcpSubnetsOf(network);
  if (subnets.length === 0) return undefined;
  const device = wantedDevice(network, network.dhcp_port, config);
  const domain = domainOf(config);
  const leased = leasedEntries(network);
  const hasIpv6 = network.subnets.some(({ ip_version }) => ip_version === 6);
  const metadata = metadataSettings(config);
  const scope = metadataScope(network, metadata);
  const served = new Set(subnets.map(({ id }) => id));
  return {
    namespace: {
      devices: [device],
      // The node's own routes stay as they are.
      routes: config.use_namespaces
        ? ([4, 6] as const).flatMap((family) => defaultRoute(network, device.name, family))
        : [],
      sysctls: config.use_namespaces ? namespaceSysctls : sysctlsOf(device.name, hasIpv6),
      tables: checksumTables(),
    },
    device: device.name,
    keepsLeases: subnets.some((one) => serviceOf(one) !== 'nothing'),
    dnsmasq: dnsmasqArguments(network, {
      ...config,
      dhcp_domain: domain,
      folder: folderOf(config, network.id),
      ...(config.use_namespaces ? {} : { device: device.name }),
    }),
    files: {
      host: renderHostFile(network, domain),
      addn_hosts: renderAddnHostsFile(network, domain),
      opts: renderOptsFile(network, { ...metadata, dhcp_domain: domain }),
      interface: device.name,
    },
    entitled: new Map(leased.map(({ mac, address }) => [address, mac])),
    proxy: scope && proxyDaemon(config, { ...scope, fileId: network.id, bind: `${metadataAddress}:80` }),
    servedPorts: network.ports
      .filter((port) => port.device_owner !== 'network:dhcp')
      .filter((port) => port.fixed_ips.some(({ subnet_id }) => served.has(subnet_id)))
      .map(({ id }) => id),
    hasIpv6,
    counts: { subnets: network.subnets.length, ports: network.ports.length },
  };
}

/** Advertisements of the network's routers are for the instances: the agent's own routes come from the server. */
const namespaceSysctls = { 'net/ipv6/conf/default/accept_ra': 0 };
const sysctlsOf = (device: string, hasIpv6: boolean) => ({
  [`net/ipv6/conf/${device}/accept_ra`]: 0,
  // whatever the node's default is
  ...(hasIpv6 ? { [`net/ipv6/conf/${device}/disable_ipv6`]: 0 } : {}),
});

/** Without namespaces there is one 169.254.169.254 for all networks, so that none can have it. */
const metadataSettings = (config: DhcpConfig): MetadataSettings =>
  config.use_namespaces
    ? config
    : { enable_isolated_metadata: false, force_metadata: false, enable_metadata_network: false };

const domainOf = (config: DhcpConfig) => config.dns_domain || config.dhcp_domain;

function wantedDevice(network: NetworkSpec, port: PortSpec, config: DhcpConfig): WantedDevice {
  const addresses = port.fixed_ips.flatMap(({ ip_address, subnet_id }) => {
    const subnet = network.subnets.find(({ id }) => id === subnet_id);
    return subnet === undefined ? [] : [`${ip_address}/${cidrOf(subnet.cidr).prefix}`];
  });
  const metadata = metadataSettings(config);
  const withMetadata = metadata.enable_isolated_metadata || metadata.force_metadata;
  const device = {
    name: `${usesVeths(config) ? 'ns-' : 'tap'}${port.id.slice(0, 11)}`,
    portId: port.id,
    bridge: config.ovs_integration_bridge,
    mac: port.mac_address,
    mtu: network.mtu,
    addresses: [...addresses, ...(withMetadata ? [`${metadataAddress}/32`] : [])],
  };
  return asPlugged(device, config);
}

/** Through the gateway of the first subnet of the family that has one, so that dnsmasq reaches name servers. */
function defaultRoute(network: NetworkSpec, dev: string, family: 4 | 6): WantedRoute[] {
  const subnet = dhcpSubnetsOf(network).find(
    ({ ip_version, gateway_ip }) => ip_version === family && gateway_ip !== null,
  );
  if (subnet === undefined) return [];
  const nexthop = subnet.gateway_ip!;
  const isReachable = contains(cidrOf(subnet.cidr), nexthop) || contains(linkLocal, nexthop);
  return [
    ...(isReachable ? [] : [{ destination: nexthop, dev, isOnLink: true }]),
    { destination: 'default', nexthop, dev },
  ];
}

const linkLocal = cidrOf('fe80::/10');

/** Answers to clients on this very host carry no checksum, which some clients refuse: fill it in. */
function checksumTables(): Tables {
  const tables = iptablesFrame(chainPrefix, { nat: false });
  tables.mangle![`${chainPrefix}-POSTROUTING`]!.push('-p udp -m udp --dport 68 -j CHECKSUM --checksum-fill');
  return tables;
}
