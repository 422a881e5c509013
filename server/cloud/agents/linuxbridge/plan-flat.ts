// A NIC that becomes a member of a bridge hands its addresses and routes to the bridge, and gets them back at the end. Pure.
import { addAddressArgs, removeAddressArgs, type Address } from '../../../host/address.ts';
import type { Route } from '../../../host/route.ts';
import type { Actual } from './actual.ts';
import { ip, type Step } from './steps.ts';

/** Addresses and routes of a device. */
export interface Holdings {
  addresses: readonly string[];
  routes: readonly Route[];
}

/** What a device has besides what the kernel gives it by itself. */
export const holdingsOf = (
  device: string,
  { addresses, routes }: Pick<Actual, 'addresses' | 'routes'>,
): Holdings => ({
  addresses: addresses
    .filter(({ dev, scope }: Address) => dev === device && scope !== 'link')
    .map(({ cidr }) => cidr),
  routes: routes.filter(({ dev, protocol }) => dev === device && protocol !== 'kernel'),
});

/** Steps that give `to` what `from` holds. `between` is what makes the one a member of the other, or ends it. */
export function planHandover(from: string, to: string, held: Holdings, between: Step[], why: string): Step[] {
  return [
    ...held.addresses.map((cidr) =>
      ip(addAddressArgs(to, cidr), `${cidr} of ${from} belongs on ${to}: ${why}`),
    ),
    ...between,
    ...held.addresses.map((cidr) => ip(removeAddressArgs(from, cidr), `${cidr} is on ${to} now`)),
    // They went with the addresses, or lead to a device that takes nothing in any more.
    ...held.routes.map((route) =>
      ip(
        ['route', 'replace', ...routeWords(route, to)],
        `the route to ${route.destination} leads through ${to} now`,
      ),
    ),
  ];
}

/** Steps that give a device what was lost with another. */
export const planRestore = (to: string, { addresses, routes }: Holdings, why: string): Step[] => [
  ...addresses.map((cidr) => ip(addAddressArgs(to, cidr), `${cidr} was lost: ${why}`)),
  ...routes.map((route) =>
    ip(['route', 'replace', ...routeWords(route, to)], `the route to ${route.destination} was lost: ${why}`),
  ),
];

const routeWords = ({ destination, nexthop, protocol, scope, metric }: Route, dev: string): string[] => [
  destination,
  ...(nexthop === undefined ? [] : ['via', nexthop]),
  ...['dev', dev],
  ...(protocol === undefined || protocol === 'boot' ? [] : ['proto', protocol]),
  ...(scope === undefined || scope === 'global' ? [] : ['scope', scope]),
  ...(metric === undefined ? [] : ['metric', String(metric)]),
];
