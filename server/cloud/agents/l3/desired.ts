// What the host should have for one router: fetched from the server by id, worked out without I/O.
import { cidrOf, contains } from '../../../lib/cidr.ts';
import type { Config } from '../../../lib/config.ts';
import type { l3Options } from '../../model/options/l3.ts';
import type { FloatingIpSpec, RouterPortSpec, RouterSpec } from '../../model/specs.ts';
import { proxyConfig } from '../metadata-proxy.ts';
import type { WantedDevice, WantedNamespace, WantedRoute } from '../namespace-plan.ts';
import { routerTables } from './nat.ts';

export type L3Config = Config<{ DEFAULT: typeof l3Options }>['DEFAULT'];

export interface RouterTarget {
  namespace: WantedNamespace;
  /** Configuration of the metadata proxy. */
  proxy: string | undefined;
  /** Addresses by gateway device whose neighbours must be told of them. */
  announced: { device: string; address: string }[];
  /** Floating addresses in force. */
  floatingIps: string[];
  /** Statuses of floating IPs that are other than the server has them. */
  newStatuses: Record<string, FloatingIpSpec['status']>;
  /** Ports that this agent brings up itself: those outside the integration bridge. */
  ownPorts: string[];
  counts: { interfaces: number; gateways: number; floatingIps: number };
}

export const namespacePrefix = 'qrouter-';

/** Undefined under `use_namespaces = False`: everything is in the root namespace. */
export const namespaceOf = (config: L3Config, routerId: string): string | undefined =>
  config.use_namespaces ? `${namespacePrefix}${routerId}` : undefined;

/** Whether the agent is set up to serve this router at all. */
export function isServed(router: RouterSpec, config: L3Config): boolean {
  if (!config.use_namespaces && router.id !== config.router_id) return false;
  if (router.external_network_id === null) return config.handle_internal_only_routers;
  const only = config.gateway_external_network_id;
  return only === '' || router.external_network_id === only;
}

/** Undefined: the router is not to be served here. One that is down keeps its interfaces and forwards nothing. */
export function targetOf(router: RouterSpec | undefined, config: L3Config): RouterTarget | undefined {
  if (router === undefined || !isServed(router, config)) return undefined;
  const interfaces = router.interfaces.filter((port) => port.admin_state_up);
  const internal = interfaces.map((port) => deviceOf('qr-', port, config.ovs_integration_bridge));
  const gateway = router.gw_port === null ? undefined : gatewayDevice(router.gw_port, config);
  const floating =
    router.admin_state_up && gateway !== undefined && router.gw_port!.admin_state_up
      ? router.floatingips.filter(({ fixed_ip_address }) => Boolean(fixed_ip_address))
      : [];
  const floatingIps = floating.map((item) => item.floating_ip_address).toSorted();
  gateway?.addresses.push(...floatingIps.map((address) => `${address}/32`));
  const hasMetadata = config.enable_metadata_proxy && router.admin_state_up;
  const address = router.gw_port?.fixed_ips.find(({ ip_address }) => !ip_address.includes(':'))?.ip_address;
  const devices = [...internal, ...(gateway === undefined ? [] : [gateway])];
  return {
    namespace: {
      devices,
      routes: [...gatewayRoutes(router.gw_port, gateway), ...extraRoutes(router, devices)],
      sysctls: {
        'net/ipv4/ip_forward': router.admin_state_up ? 1 : 0,
        'net/ipv4/conf/all/arp_ignore': 1,
        'net/ipv4/conf/all/arp_announce': 2,
      },
      tables: routerTables({
        internalDevices: internal.map(({ name }) => name),
        ...(gateway === undefined
          ? {}
          : { gateway: { device: gateway.name, address, isSnatEnabled: router.enable_snat } }),
        floatingIps: floating
          .map((item) => ({ floating: item.floating_ip_address, fixed: item.fixed_ip_address }))
          .toSorted((a, b) => (a.floating < b.floating ? -1 : 1)),
        ...(hasMetadata ? { metadataPort: config.metadata_port } : {}),
      }),
    },
    proxy: hasMetadata
      ? proxyConfig(config, { id: router.id, kind: 'router', bind: `0.0.0.0:${config.metadata_port}` })
      : undefined,
    announced: devices.flatMap((device) =>
      device.addresses.map((cidr) => ({ device: device.name, address: cidr.split('/')[0]! })),
    ),
    floatingIps,
    newStatuses: Object.fromEntries(
      router.floatingips
        .map((item) => ({ ...item, now: floating.includes(item) ? ('ACTIVE' as const) : ('DOWN' as const) }))
        .filter(({ status, now }) => status !== now)
        .map(({ id, now }) => [id, now]),
    ),
    ownPorts:
      gateway !== undefined && gateway.bridge !== config.ovs_integration_bridge ? [gateway.portId] : [],
    counts: {
      interfaces: router.interfaces.length,
      gateways: gateway === undefined ? 0 : 1,
      floatingIps: router.floatingips.length,
    },
  };
}

function deviceOf(prefix: 'qr-' | 'qg-', port: RouterPortSpec, bridge: string): WantedDevice {
  return {
    name: `${prefix}${port.id.slice(0, 11)}`,
    portId: port.id,
    bridge,
    mac: port.mac_address,
    mtu: port.mtu,
    addresses: port.fixed_ips.flatMap(({ ip_address, subnet_id }) => {
      const subnet = port.subnets.find(({ id }) => id === subnet_id);
      return subnet?.ip_version === 4 ? [`${ip_address}/${cidrOf(subnet.cidr).prefix}`] : [];
    }),
  };
}

const gatewayDevice = (port: RouterPortSpec, config: L3Config): WantedDevice =>
  deviceOf('qg-', port, config.external_network_bridge || config.ovs_integration_bridge);

/** The default route, and on-link routes to the external network's other subnets (floating IPs may come from them). */
function gatewayRoutes(port: RouterPortSpec | null, device: WantedDevice | undefined): WantedRoute[] {
  if (port === null || device === undefined) return [];
  const dev = device.name;
  const subnet = port.subnets.find(({ ip_version, gateway_ip }) => ip_version === 4 && gateway_ip !== null);
  const nexthop = subnet?.gateway_ip;
  return [
    ...port.extra_subnets
      .filter(({ ip_version }) => ip_version === 4)
      .map(({ cidr }) => ({ destination: kernelSpelling(cidr), dev, isOnLink: true })),
    ...(nexthop == null || contains(cidrOf(subnet!.cidr), nexthop)
      ? []
      : [{ destination: nexthop, dev, isOnLink: true }]),
    ...(nexthop == null ? [] : [{ destination: 'default', nexthop, dev }]),
  ];
}

/** A router's own routes go through the device whose subnet holds the next hop; others cannot be set. */
function extraRoutes(router: RouterSpec, devices: WantedDevice[]): WantedRoute[] {
  return router.routes.flatMap(({ destination, nexthop }) => {
    const device = devices.find(({ addresses }) =>
      addresses.some((cidr) => !cidr.endsWith('/32') && contains(cidrOf(cidr), nexthop)),
    );
    return device === undefined
      ? []
      : [{ destination: kernelSpelling(destination), nexthop, dev: device.name }];
  });
}

/** The kernel prints a host route without its prefix length, and everything as `default`. */
const kernelSpelling = (cidr: string) =>
  cidr === '0.0.0.0/0' ? 'default' : cidr.endsWith('/32') ? cidr.slice(0, -3) : cidr;
