// What the host should have for one router, worked out of what the server says. Pure.
import type { FloatingIpSpec, RouterSpec } from '../../model/specs.ts';
import { proxyDaemon } from '../metadata-proxy.ts';
import { scopeMarks } from './address-scopes.ts';
import { withHa } from './ha/keepalived.ts';
import { deviceOf, extraRoutes, gatewayDevice, gatewayRoutes } from './devices.ts';
import { routerTables, routerTables6 } from './nat.ts';
import { radvdDaemon } from './radvd.ts';
import { inRootNamespace } from './root-namespace.ts';
import { placesOf, type L3Config, type NamespaceTarget, type RouterTarget } from './target.ts';

/** Whether the agent is set up to serve this router at all. */
export function isServed(router: RouterSpec, config: L3Config): boolean {
  // two hosts of a highly available router could not tell its addresses from their own
  if (!config.use_namespaces && (router.id !== config.router_id || router.ha !== null)) return false;
  if (config.agent_mode === (router.dvr === null ? 'dvr' : 'legacy')) return false;
  if (router.external_network_id === null) return config.handle_internal_only_routers;
  const only = config.gateway_external_network_id;
  return only === '' || router.external_network_id === only;
}

/** Undefined: the router is not to be served here. One that is down keeps its interfaces and forwards nothing. */
export function targetOf(router: RouterSpec | undefined, config: L3Config): RouterTarget | undefined {
  if (router === undefined || !isServed(router, config)) return undefined;
  const floating = floatingIpsInForce(router);
  const gateway = router.gw_port;
  const namespace = routerNamespace(router, floating, config);
  return {
    namespaces: [router.ha === null ? namespace : withHa(namespace, router.ha, router.id, config)],
    newStatuses: Object.fromEntries(
      router.floatingips
        .map((item) => ({ ...item, now: floating.includes(item) ? ('ACTIVE' as const) : ('DOWN' as const) }))
        .filter(({ status, now }) => status !== now)
        .map(({ id, now }) => [id, now]),
    ),
    ownPorts:
      gateway !== null && gatewayDevice(gateway, config).bridge !== config.ovs_integration_bridge
        ? [gateway.id]
        : [],
    counts: {
      interfaces: router.interfaces.length,
      gateways: gateway === null ? 0 : 1,
      floatingIps: router.floatingips.length,
    },
  };
}

/** Those that lead somewhere, sorted by address. */
function floatingIpsInForce(router: RouterSpec): FloatingIpSpec[] {
  if (!router.admin_state_up || !router.gw_port?.admin_state_up) return [];
  return router.floatingips
    .filter(({ fixed_ip_address }) => Boolean(fixed_ip_address))
    .toSorted((a, b) => (a.floating_ip_address < b.floating_ip_address ? -1 : 1));
}

/** `qrouter-`: the router itself. */
function routerNamespace(router: RouterSpec, floating: FloatingIpSpec[], config: L3Config): NamespaceTarget {
  const ports = router.interfaces.filter((port) => port.admin_state_up);
  const internal = ports.map((port) => deviceOf('qr-', port, config.ovs_integration_bridge));
  const gateway = router.gw_port === null ? undefined : gatewayDevice(router.gw_port, config);
  const floatingIps = floating.map((item) => item.floating_ip_address);
  gateway?.addresses.push(...floatingIps.map((address) => `${address}/32`));
  const hasMetadata = config.enable_metadata_proxy && router.admin_state_up;
  const address = router.gw_port?.fixed_ips.find(({ ip_address }) => !ip_address.includes(':'))?.ip_address;
  const devices = [...internal, ...(gateway === undefined ? [] : [gateway])];
  const nat = {
    internalDevices: internal.map(({ name }) => name),
    ...(gateway === undefined
      ? {}
      : { gateway: { device: gateway.name, address, isSnatEnabled: router.enable_snat } }),
    floatingIps: floating.map((item) => ({
      floating: item.floating_ip_address,
      fixed: item.fixed_ip_address,
    })),
    scopes: scopeMarks([
      ...ports.map((port, index) => ({ device: internal[index]!.name, port })),
      ...(router.gw_port === null || gateway === undefined
        ? []
        : [{ device: gateway.name, port: router.gw_port }]),
    ]),
    keepsPorts: router.ha !== null,
    ...(hasMetadata ? { metadataPort: config.metadata_port } : {}),
  };
  const proxy = hasMetadata
    ? proxyDaemon(config, { id: router.id, kind: 'router', bind: `0.0.0.0:${config.metadata_port}` })
    : undefined;
  const wanted = {
    devices,
    routes: [...gatewayRoutes(router.gw_port, gateway), ...extraRoutes(router, devices)],
    sysctls: routerSysctls(router, gateway?.name),
    tables: routerTables(nat),
    tables6: routerTables6(nat),
  };
  return {
    own: placesOf(config, router.id)[0]!.own,
    wanted: config.use_namespaces ? wanted : inRootNamespace(wanted),
    daemons: [proxy, radvdDaemon(router, config)].filter((daemon) => daemon !== undefined),
    announced: devices.flatMap((device) =>
      device.addresses
        .filter((cidr) => !cidr.includes(':'))
        .map((cidr) => ({ device: device.name, address: cidr.split('/')[0]! })),
    ),
    floatingIps,
  };
}

/** `gateway`: the device that leads outside, if it is in this namespace. */
export function routerSysctls(router: RouterSpec, gateway: string | undefined): Record<string, number> {
  const forwards = router.admin_state_up ? 1 : 0;
  const ports = [...router.interfaces, ...(router.gw_port === null ? [] : [router.gw_port])];
  const isIpv6 = ({ ip_version }: { ip_version: number }) => ip_version === 6;
  const hasIpv6 = ports.some(({ subnets }) => subnets.some(isIpv6));
  const knowsGateway = router.gw_port?.subnets.some((subnet) => isIpv6(subnet) && subnet.gateway_ip !== null);
  return {
    'net/ipv4/ip_forward': forwards,
    'net/ipv4/conf/all/arp_ignore': 1,
    'net/ipv4/conf/all/arp_announce': 2,
    'net/ipv6/conf/all/forwarding': forwards,
    // the way out is told by the external network's own router: 2 is "although we forward"
    ...(gateway === undefined || !hasIpv6
      ? {}
      : { [`net/ipv6/conf/${gateway}/accept_ra`]: knowsGateway ? 0 : 2 }),
  };
}
