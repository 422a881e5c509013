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
import { dnsmasqArguments } from './dnsmasq-arguments.ts';
import { renderAddnHostsFile, renderHostFile, servedEntries } from './host-file.ts';
import { renderOptsFile } from './opts-file.ts';
import { dhcpSubnetsOf, servesMetadata } from './subnets.ts';

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
  /** `MAC address` of everyone who may have a lease. */
  entitled: Set<string>;
  /** The metadata proxy, where this namespace answers metadata requests. */
  proxy: WantedDaemon | undefined;
  /** Ports whose addresses dnsmasq hands out. */
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
  const entries = servedEntries(network);
  return {
    namespace: {
      devices: [device],
      routes: defaultRoute(network, device.name),
      sysctls: {},
      tables: checksumTables(),
    },
    device: device.name,
    dnsmasq: dnsmasqArguments(network, { ...config, folder: folderOf(config, network.id) }),
    files: {
      host: renderHostFile(network, config.dhcp_domain),
      addn_hosts: renderAddnHostsFile(network, config.dhcp_domain),
      opts: renderOptsFile(network, config),
      interface: device.name,
    },
    entitled: new Set(entries.map(({ mac, address }) => `${mac} ${address}`)),
    proxy: servesMetadata(network, config)
      ? proxyDaemon(config, { id: network.id, kind: 'network', bind: `${metadataAddress}:80` })
      : undefined,
    servedPorts: [...new Set(entries.map(({ port }) => port.id))],
    counts: { subnets: network.subnets.length, ports: network.ports.length },
  };
}

function wantedDevice(network: NetworkSpec, port: PortSpec, config: DhcpConfig): WantedDevice {
  const addresses = port.fixed_ips.flatMap(({ ip_address, subnet_id }) => {
    const subnet = network.subnets.find(({ id }) => id === subnet_id);
    return subnet?.ip_version === 4 ? [`${ip_address}/${cidrOf(subnet.cidr).prefix}`] : [];
  });
  const withMetadata = config.enable_isolated_metadata || config.force_metadata;
  return {
    name: `tap${port.id.slice(0, 11)}`,
    portId: port.id,
    bridge: config.ovs_integration_bridge,
    mac: port.mac_address,
    mtu: network.mtu,
    addresses: [...addresses, ...(withMetadata ? [`${metadataAddress}/32`] : [])],
  };
}

/** Through the gateway of the first subnet that has one, so that dnsmasq reaches name servers. */
function defaultRoute(network: NetworkSpec, dev: string): WantedRoute[] {
  const subnet = dhcpSubnetsOf(network).find(({ gateway_ip }) => gateway_ip !== null);
  if (subnet === undefined) return [];
  const nexthop = subnet.gateway_ip!;
  return [
    ...(contains(cidrOf(subnet.cidr), nexthop) ? [] : [{ destination: nexthop, dev, isOnLink: true }]),
    { destination: 'default', nexthop, dev },
  ];
}

/** Answers to clients on this very host carry no checksum, which some clients refuse: fill it in. */
function checksumTables(): Tables {
  const tables = iptablesFrame(chainPrefix, { nat: false });
  tables.mangle![`${chainPrefix}-POSTROUTING`]!.push('-p udp -m udp --dport 68 -j CHECKSUM --checksum-fill');
  return tables;
}
