// The namespace of an external network on a host (`fip-`): one port outside for the floating IPs of all its distributed
// routers. It answers for them by proxy ARP and keeps no connections. Pure.
import { toNumber } from '../../../../lib/cidr.ts';
import { iptablesFrame } from '../../iptables-frame.ts';
import {
  planNamespace,
  planRemoval,
  withoutDeadDevices,
  type FoundNamespace,
  type NamespaceStep,
  type Ownership,
  type WantedNamespace,
} from '../../namespace-plan.ts';
import { deviceOf, gatewayRoutes } from '../devices.ts';
import { chainPrefix } from '../nat.ts';
import type { RouterOwnStep } from '../plan.ts';
import type { L3Config } from '../target.ts';
import { floatingEnd, floatingNamespace, floatingVeth, routerVeth, type FloatingShare } from './share.ts';

export interface FloatingTarget {
  wanted: WantedNamespace;
  /** Addresses that answer at the port outside, and the device that they lead to. */
  announced: { device: string; address: string; to: string }[];
  /** The port outside, where this agent brings it up itself. */
  ownPorts: string[];
}

/** The veth ends are the routers': a pair goes with its router. */
export const floatingOwnership = (networkId: string): Ownership => ({
  ...{ ns: floatingNamespace(networkId), devicePrefixes: ['fg-'], chainPrefix },
});

export const floatingDevice = (port: FloatingShare['port'], config: L3Config) =>
  deviceOf('fg-', port, config.external_network_bridge || config.ovs_integration_bridge);

export function floatingTarget(
  shares: readonly FloatingShare[],
  config: L3Config,
): FloatingTarget | undefined {
  const port = shares[0]?.port;
  if (port === undefined) return undefined;
  const device = floatingDevice(port, config);
  const outside = gatewayRoutes(port, device);
  const tables = iptablesFrame(chainPrefix, { nat: false });
  tables.raw![`${chainPrefix}-PREROUTING`]!.push('-j CT --notrack');
  return {
    wanted: {
      devices: [device],
      veths: shares.map(floatingVeth),
      routes: [
        ...outside.filter(({ destination }) => destination !== 'default'),
        ...shares.flatMap((share) => [
          ...share.floatingIps.map((destination) => ({
            ...{ destination, nexthop: share.pair[0], dev: floatingEnd(share.routerId) },
          })),
          ...outside
            .filter(({ destination }) => destination === 'default')
            .map((route) => ({ ...route, table: tableOf(share) })),
        ]),
      ],
      rules: shares.map((share) => ({
        priority: Number(tableOf(share)),
        ...{ iif: floatingEnd(share.routerId), table: tableOf(share) },
      })),
      neighbours: shares.map((share) => ({
        ...{ dev: floatingEnd(share.routerId), address: share.pair[0], mac: routerVeth(share).mac },
      })),
      sysctls: {
        'net/ipv4/ip_forward': 1,
        // Announcements bear addresses that are on no device.
        'net/ipv4/ip_nonlocal_bind': 1,
        [`net/ipv4/conf/${device.name}/proxy_arp`]: 1,
        // The kernel waits up to a second before it answers for others.
        [`net/ipv4/neigh/${device.name}/proxy_delay`]: 0,
      },
      tables,
    },
    announced: [
      ...device.addresses.map((cidr) => ({ address: cidr.split('/')[0]!, to: device.name })),
      ...shares.flatMap(({ routerId, floatingIps }) =>
        floatingIps.map((address) => ({ address, to: floatingEnd(routerId) })),
      ),
    ].map((item) => ({ device: device.name, ...item })),
    ownPorts: device.bridge === config.ovs_integration_bridge ? [] : [port.id],
  };
}

/** Rule and table of what comes from a router are numbered with the address at this end. */
const tableOf = ({ pair }: FloatingShare) => String(toNumber(pair[1]));

export function planFloating(
  target: FloatingTarget | undefined,
  actual: FoundNamespace,
  own: Ownership,
): (NamespaceStep | RouterOwnStep)[] {
  if (target === undefined) return planRemoval(actual, own);
  const { links, addresses, routes } = withoutDeadDevices(actual, target.wanted);
  const isThere = (device: string) => links.some(({ name }) => name === device);
  const isNew = ({ device, address }: { device: string; address: string }) =>
    !isThere(device) ||
    (!addresses.some(({ dev, cidr }) => dev === device && cidr.split('/')[0] === address) &&
      !routes.some(({ destination }) => destination === address));
  return [
    ...planNamespace(target.wanted, actual, own),
    ...target.announced
      .filter((item) => isNew(item) && (item.to === item.device || isThere(item.to)))
      .map(({ device, address }) => ({
        kind: 'announce' as const,
        ...{ device, address, reason: `${address} is new on ${device}` },
      })),
  ];
}
