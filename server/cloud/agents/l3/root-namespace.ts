// A router without a namespace of its own (`use_namespaces = False`): its routes lie in a table of their own, where traffic
// from its networks is looked up, so that the node's own routes stay as they are. Pure.
import { cidrOf, formatCidr } from '../../../lib/cidr.ts';
import type { WantedNamespace, WantedRoute } from '../namespace-plan.ts';
import { rootTable } from '../namespace-policy.ts';

/** Before the node's main table. */
const priority = 32_000;

export function inRootNamespace(wanted: WantedNamespace): WantedNamespace {
  const { devices, routes, sysctls } = wanted;
  const hasIpv6 = devices.some(({ addresses }) => addresses.some((cidr) => cidr.includes(':')));
  const connected = devices.flatMap(({ name, addresses }) =>
    addresses
      .filter((cidr) => !cidr.includes(':') && !cidr.endsWith('/32'))
      .map((cidr): WantedRoute => ({ destination: formatCidr(cidrOf(cidr)), dev: name, isOnLink: true })),
  );
  const isIpv6 = ({ destination, nexthop = '' }: WantedRoute) => `${destination}${nexthop}`.includes(':');
  return {
    ...wanted,
    routes: [...connected, ...routes].map((route) =>
      isIpv6(route) ? route : { ...route, table: rootTable },
    ),
    rules: devices
      .filter(({ name }) => name.startsWith('qr-'))
      .map(({ name }) => ({ priority, iif: name, table: rootTable })),
    // a node that forwards IPv6 no longer hears routers
    sysctls: Object.fromEntries(
      Object.entries(sysctls).filter(([key]) => hasIpv6 || !key.startsWith('net/ipv6/')),
    ),
  };
}
