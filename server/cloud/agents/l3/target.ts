// What the L3 agent keeps for one router: the words that its files share.
import type { Config } from '../../../lib/config.ts';
import type { l3Options } from '../../model/options/l3.ts';
import type { FloatingIpSpec } from '../../model/specs.ts';
import { proxyPlace } from '../metadata-proxy.ts';
import type { DaemonPlace, WantedDaemon } from '../namespace-daemon.ts';
import type { Ownership, WantedNamespace } from '../namespace-plan.ts';
import { withPluggedDevices } from '../namespace-veth.ts';
import { floatingDeviceName, type FloatingShare } from './distributed/share.ts';
import { keepalivedPlace } from './ha/keepalived.ts';
import { chainPrefix } from './nat.ts';
import { radvdPlace } from './radvd.ts';

export type L3Config = Config<{ DEFAULT: typeof l3Options }>['DEFAULT'];

/** One namespace of a router, with everything in it. */
export interface NamespaceTarget {
  own: Ownership;
  wanted: WantedNamespace;
  daemons: WantedDaemon[];
  /** Addresses whose neighbours must be told of them. */
  announced: { device: string; address: string }[];
  /** Floating addresses that are translated here. */
  floatingIps: string[];
  /** Undefined: not highly available. */
  ha?: HaTarget;
}

/** Where a namespace shows whether this host is the active one. */
export interface HaTarget {
  /** The `ha-` device. */
  device: string;
  /** Address that only the active host has on it, with prefix length. */
  vip: string;
}

export interface RouterTarget {
  /** In the order in which they are made. */
  namespaces: NamespaceTarget[];
  /** Statuses of floating IPs that are other than the server has them. */
  newStatuses: Record<string, FloatingIpSpec['status']>;
  /** Ports that this agent brings up itself: those outside the integration bridge. */
  ownPorts: string[];
  counts: { interfaces: number; gateways: number; floatingIps: number };
  /** What a distributed router needs of a namespace that it shares with others. */
  share?: FloatingShare;
}

/** The target with its devices as the interface driver plugs them. */
export const plugged = (target: RouterTarget | undefined, config: L3Config): RouterTarget | undefined =>
  target && {
    ...target,
    namespaces: target.namespaces.map((place) => ({
      ...place,
      wanted: withPluggedDevices(place.wanted, config),
    })),
  };

export const namespacePrefix = 'qrouter-';
export const snatPrefix = 'snat-';
export const routerPrefixes = [namespacePrefix, snatPrefix] as const;

/** Undefined under `use_namespaces = False`: everything is in the root namespace. */
export const namespaceOf = (config: L3Config, routerId: string): string | undefined =>
  config.use_namespaces ? `${namespacePrefix}${routerId}` : undefined;

/** A namespace that a router may have on this host, and the daemons that may run in it. */
export interface NamespacePlace {
  own: Ownership;
  daemons: DaemonPlace[];
}

/** Every place to look for what a router has, or has left, on this host. Without namespaces there is one router. */
export const placesOf = (config: L3Config, routerId: string): NamespacePlace[] =>
  config.use_namespaces
    ? [routerPlace(config, routerId), snatPlace(routerId)]
    : routerId === config.router_id
      ? [routerPlace(config, routerId)]
      : [];

const routerPlace = (config: L3Config, routerId: string): NamespacePlace => ({
  own: {
    ns: namespaceOf(config, routerId),
    devicePrefixes: ['qr-', 'qg-', 'ha-', 'rfp-'],
    chainPrefix,
    isAlone: true,
  },
  daemons: [keepalivedPlace(config, routerId), proxyPlace(config, routerId), radvdPlace(config, routerId)],
});

/** Where a distributed router has its gateway, on one host of all. */
export const snatPlace = (routerId: string): NamespacePlace => ({
  own: { ns: `${snatPrefix}${routerId}`, devicePrefixes: ['sg-', 'qg-'], chainPrefix },
  daemons: [],
});

/** Names of all devices that a router should have in the switch. */
export const deviceNames = (target: RouterTarget): string[] =>
  target.namespaces.flatMap(({ wanted }) => wanted.devices.map(({ name }) => name));

/** Names of all devices that the switch holds for a router, alone or with others. */
export const portNames = (target: RouterTarget): string[] => [
  ...deviceNames(target),
  ...(target.share === undefined ? [] : [floatingDeviceName(target.share.port)]),
];
