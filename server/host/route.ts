// Routes of a namespace. Changes are repeatable; lines (`...Args`) fit into one `ip -batch`.
import { changeIp, readIp, type IpArgs } from './ip.ts';

export interface Route {
  /** 'default' or a prefix; a host route has no prefix length, as the kernel prints it. */
  destination: string;
  nexthop?: string;
  dev?: string;
  /** Who made it: 'kernel', 'boot', 'static', ... */
  protocol?: string;
  scope?: string;
  metric?: number;
  /** Name or number of its table; undefined: main. */
  table?: string;
}

interface IpRoute {
  dst: string;
  gateway?: string;
  dev?: string;
  protocol?: string;
  scope?: string;
  metric?: number;
  table?: string;
}

export interface RouteQuery {
  ns?: string;
  family?: 4 | 6;
  /** Table name or number; `main` without it. */
  table?: string;
}

/** Routes of one table; empty where the table does not exist. */
export async function readRoutes({ ns, family = 4, table = 'main' }: RouteQuery = {}): Promise<Route[]> {
  return parseRoutes(await readIp([`-${family}`, 'route', 'show', 'table', table], ns));
}

/** What `ip -j route show` says, in our words. */
export function parseRoutes(routes: unknown[]): Route[] {
  return (routes as IpRoute[])
    .filter((route) => route.dst !== undefined)
    .map((route) => ({
      destination: route.dst,
      ...(route.gateway === undefined ? {} : { nexthop: route.gateway }),
      ...(route.dev === undefined ? {} : { dev: route.dev }),
      ...(route.protocol === undefined ? {} : { protocol: route.protocol }),
      ...(route.scope === undefined ? {} : { scope: route.scope }),
      ...(route.metric === undefined ? {} : { metric: route.metric }),
      ...(route.table === undefined || route.table === 'main' ? {} : { table: route.table }),
    }));
}

/** A route to set or to take away. */
export interface RouteChange {
  destination: string;
  nexthop?: string;
  dev?: string;
  scope?: string;
  table?: string;
  /** The next hop need not lie in a connected subnet. */
  onlink?: boolean;
}

const words = (route: RouteChange): string[] => [
  route.destination,
  ...(route.nexthop === undefined ? [] : ['via', route.nexthop]),
  ...(route.dev === undefined ? [] : ['dev', route.dev]),
  ...(route.scope === undefined ? [] : ['scope', route.scope]),
  ...(route.onlink ? ['onlink'] : []),
  ...(route.table === undefined ? [] : ['table', route.table]),
];

const familyOf = (route: RouteChange) =>
  `${route.destination}${route.nexthop ?? ''}`.includes(':') ? ['-6'] : [];

/** Line that sets a route in place of any other to the same destination (IPv4: a batch of `ip -batch`). */
export const replaceRouteArgs = (route: RouteChange): IpArgs => ['route', 'replace', ...words(route)];

export const replaceRoute = (route: RouteChange, ns?: string): Promise<void> =>
  changeIp([...familyOf(route), ...replaceRouteArgs(route)], ns);
