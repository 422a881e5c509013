// What a host should have for a distributed router: `qrouter-` on every host with instances behind it, `snat-` on the one
// that translates for those without a floating IP. Pure.
import { cidrOf, toNumber } from '../../../../lib/cidr.ts';
import type { Neighbour } from '../../../../host/neighbour.ts';
import type { Rule } from '../../../../host/rule.ts';
import type { DvrSpec, FloatingIpSpec, RouterPortSpec, RouterSpec } from '../../../model/specs.ts';
import { proxyDaemon } from '../../metadata-proxy.ts';
import type { WantedDevice, WantedRoute } from '../../namespace-plan.ts';
import { floatingTable } from '../../namespace-policy.ts';
import { isServed, routerSysctls } from '../desired.ts';
import { scopeMarks } from '../address-scopes.ts';
import { deviceOf, extraRoutes, gatewayDevice, gatewayRoutes } from '../devices.ts';
import { routerTables, routerTables6 } from '../nat.ts';
import { radvdDaemon } from '../radvd.ts';
import { placesOf, snatPlace, type L3Config, type NamespaceTarget, type RouterTarget } from '../target.ts';
import type { HostNumbers } from './numbers.ts';
import { floatingVeth, routerVeth, type FloatingShare } from './share.ts';

type Distributed = RouterSpec & { dvr: DvrSpec };

export const isDistributed = (router: RouterSpec): router is Distributed => router.dvr !== null;

export function distributedTarget(
  router: Distributed,
  config: L3Config,
  numbers: HostNumbers,
): RouterTarget | undefined {
  if (!isServed(router, config)) return undefined;
  const isSnatHost = config.agent_mode === 'dvr_snat' && router.dvr.gw_port_host === config.host;
  const gateway = isSnatHost ? router.gw_port : null;
  const isOpen = router.admin_state_up && router.gw_port?.admin_state_up === true;
  const led = router.floatingips.filter(({ fixed_ip_address }) => Boolean(fixed_ip_address));
  const local = led.filter(({ host }) => host === config.host);
  // A port that is bound nowhere (an address that instances share) is reached by way of the host that translates.
  const central = gateway === null ? [] : led.filter(({ host }) => host === null);
  const inForce = isOpen ? { local: sorted(local), central: sorted(central) } : { local: [], central: [] };
  const share = shareOf(router, inForce.local, numbers);
  return {
    namespaces: [
      routerNamespace(router, inForce.local, share, config, numbers),
      ...(gateway === null ? [] : [snatNamespace(router, gateway, inForce.central, config)]),
    ],
    newStatuses: Object.fromEntries(
      [...local, ...central].flatMap(({ id, status }) => {
        const now = isOpen ? ('ACTIVE' as const) : ('DOWN' as const);
        return now === status ? [] : [[id, now]];
      }),
    ),
    ownPorts:
      gateway !== null && gatewayDevice(gateway, config).bridge !== config.ovs_integration_bridge
        ? [gateway.id]
        : [],
    counts: {
      interfaces: router.interfaces.length,
      gateways: router.gw_port === null ? 0 : 1,
      floatingIps: router.floatingips.length,
    },
    ...(share === undefined ? {} : { share }),
  };
}

const sorted = (floating: FloatingIpSpec[]) =>
  floating.toSorted((a, b) => (a.floating_ip_address < b.floating_ip_address ? -1 : 1));

function shareOf(
  { id, dvr }: Distributed,
  floating: FloatingIpSpec[],
  numbers: HostNumbers,
): FloatingShare | undefined {
  if (dvr.agent_gateway === null) return undefined;
  return {
    ...{ routerId: id, port: dvr.agent_gateway, pair: numbers.pairOf(id) },
    floatingIps: floating.map(({ floating_ip_address }) => floating_ip_address),
  };
}

const translations = (floating: FloatingIpSpec[]) =>
  floating.map((item) => ({ floating: item.floating_ip_address, fixed: item.fixed_ip_address }));

const announcementsOf = (devices: WantedDevice[]) =>
  devices.flatMap(({ name, addresses }) =>
    addresses
      .filter((cidr) => !cidr.includes(':'))
      .map((cidr) => ({ device: name, address: cidr.split('/')[0]! })),
  );

/** Routes between the router's own networks; what leaves them goes to a floating IP of this host, or to `snat-`. */
function routerNamespace(
  router: Distributed,
  floating: FloatingIpSpec[],
  share: FloatingShare | undefined,
  config: L3Config,
  numbers: HostNumbers,
): NamespaceTarget {
  const ports = router.interfaces.filter((port) => port.admin_state_up);
  const devices = ports.map((port) => deviceOf('qr-', port, config.ovs_integration_bridge));
  const central = ports.flatMap((port, index) => centralRoute(port, devices[index]!, router.dvr));
  const veth = share === undefined ? undefined : routerVeth(share);
  const hasMetadata = config.enable_metadata_proxy && router.admin_state_up;
  const proxy = hasMetadata
    ? proxyDaemon(config, { id: router.id, kind: 'router', bind: `0.0.0.0:${config.metadata_port}` })
    : undefined;
  const nat = {
    internalDevices: [...devices, ...(veth === undefined ? [] : [veth])].map(({ name }) => name),
    scopes: scopeMarks([
      ...ports.map((port, index) => ({ device: devices[index]!.name, port })),
      ...(veth === undefined || router.gw_port === null ? [] : [{ device: veth.name, port: router.gw_port }]),
    ]),
    floatingIps: veth === undefined ? [] : translations(floating),
    ...(veth === undefined ? {} : { floatingDevice: veth.name }),
    ...(hasMetadata ? { metadataPort: config.metadata_port } : {}),
  };
  return {
    own: placesOf(config, router.id)[0]!.own,
    wanted: {
      devices,
      veths: veth === undefined ? [] : [veth],
      routes: [
        ...extraRoutes(router, devices),
        ...central.map(({ route }) => route),
        ...centralRoute6(ports, devices, router.dvr),
        ...(share === undefined || veth === undefined
          ? []
          : [{ destination: 'default', nexthop: share.pair[1], dev: veth.name, table: floatingTable }]),
      ],
      rules: [
        ...central.map(({ rule }) => rule),
        ...(share === undefined ? [] : floating).map((item) => ({
          priority: numbers.priorityOf(item.floating_ip_address),
          ...{ from: item.fixed_ip_address, table: floatingTable },
        })),
      ],
      neighbours: [
        ...neighboursOf(router, ports, devices),
        ...(share === undefined || veth === undefined
          ? []
          : [{ dev: veth.name, address: share.pair[1], mac: floatingVeth(share).mac }]),
      ],
      sysctls: {
        ...routerSysctls(router, undefined),
        // The next hop of what an instance sends outside is a neighbour of its own, which it must not be told.
        'net/ipv4/conf/all/send_redirects': 0,
        ...Object.fromEntries(devices.map(({ name }) => [`net/ipv4/conf/${name}/send_redirects`, 0])),
      },
      tables: routerTables(nat),
      tables6: routerTables6(nat),
    },
    daemons: [proxy, radvdDaemon(router, config)].filter((daemon) => daemon !== undefined),
    announced: announcementsOf(devices),
    floatingIps: [],
  };
}

/** What leaves a subnet goes to its port in `snat-`; rule and table are numbered with the gateway's address. */
function centralRoute(
  port: RouterPortSpec,
  device: WantedDevice,
  { snat_interfaces }: DvrSpec,
): { route: WantedRoute; rule: Rule }[] {
  return port.subnets.flatMap((subnet) => {
    const held = ({ fixed_ips }: RouterPortSpec) =>
      fixed_ips.find(({ subnet_id }) => subnet_id === subnet.id)?.ip_address;
    const nexthop = snat_interfaces.map(held).find((address) => address !== undefined);
    const own = held(port);
    if (subnet.ip_version !== 4 || nexthop === undefined || own === undefined) return [];
    const number = toNumber(own);
    return [
      {
        route: { destination: 'default', nexthop, dev: device.name, table: String(number) },
        rule: {
          priority: Number(number),
          ...{ from: `${own}/${cidrOf(subnet.cidr).prefix}`, table: String(number) },
        },
      },
    ];
  });
}

/** IPv6 is not translated, so that all of it may leave by any one of the ports there: that takes no rules. */
function centralRoute6(ports: RouterPortSpec[], devices: WantedDevice[], { snat_interfaces }: DvrSpec) {
  const [route] = ports.flatMap(({ subnets }, index) => {
    const subnet = subnets.find(({ ip_version }) => ip_version === 6);
    const nexthop = snat_interfaces
      .flatMap(({ fixed_ips }) => fixed_ips)
      .find(({ subnet_id }) => subnet_id === subnet?.id)?.ip_address;
    const dev = devices[index]!.name;
    return nexthop === undefined ? [] : [{ destination: 'default', nexthop, dev }];
  });
  return route === undefined ? [] : [route];
}

/** Instances and ports of the routed subnets. An address that several share has to be asked for. */
function neighboursOf(router: Distributed, ports: RouterPortSpec[], devices: WantedDevice[]): Neighbour[] {
  const deviceBySubnet = new Map(
    ports.flatMap(({ fixed_ips }, index) =>
      fixed_ips.map(({ subnet_id }) => [subnet_id, devices[index]!.name] as const),
    ),
  );
  const own = new Set(ports.flatMap(({ fixed_ips }) => fixed_ips.map(({ ip_address }) => ip_address)));
  const macsAt = new Map<string, { dev: string; address: string; macs: Set<string> }>();
  for (const { subnet_id, ip_address: address, mac_address } of router.dvr.neighbours) {
    const dev = deviceBySubnet.get(subnet_id);
    if (dev === undefined || own.has(address) || address.includes('/')) continue;
    const at = macsAt.get(`${dev} ${address}`) ?? { dev, address, macs: new Set() };
    macsAt.set(`${dev} ${address}`, at);
    at.macs.add(mac_address);
  }
  return [...macsAt.values()].flatMap(({ dev, address, macs }) =>
    macs.size === 1 ? [{ dev, address, mac: [...macs][0]! }] : [],
  );
}

/** The gateway, with a port in every internal subnet. */
function snatNamespace(
  router: Distributed,
  port: RouterPortSpec,
  floating: FloatingIpSpec[],
  config: L3Config,
): NamespaceTarget {
  const internal = router.dvr.snat_interfaces.map((item) =>
    deviceOf('sg-', item, config.ovs_integration_bridge),
  );
  const gateway = gatewayDevice(port, config);
  const address = port.fixed_ips.find(({ ip_address }) => !ip_address.includes(':'))?.ip_address;
  const floatingIps = floating.map(({ floating_ip_address }) => floating_ip_address);
  gateway.addresses.push(...floatingIps.map((item) => `${item}/32`));
  const devices = [...internal, gateway];
  const nat = {
    internalDevices: internal.map(({ name }) => name),
    gateway: { device: gateway.name, address, isSnatEnabled: router.enable_snat },
    scopes: scopeMarks([
      ...router.dvr.snat_interfaces.map((item, index) => ({ device: internal[index]!.name, port: item })),
      { device: gateway.name, port },
    ]),
    floatingIps: translations(floating),
  };
  return {
    own: snatPlace(router.id).own,
    wanted: {
      devices,
      routes: [...gatewayRoutes(port, gateway), ...extraRoutes(router, devices)],
      sysctls: { ...routerSysctls(router, gateway.name), 'net/ipv4/ip_nonlocal_bind': 0 },
      tables: routerTables(nat),
      tables6: routerTables6(nat),
    },
    daemons: [],
    announced: announcementsOf(devices),
    floatingIps,
  };
}
