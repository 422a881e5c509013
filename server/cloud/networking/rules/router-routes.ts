// Extra routes of a router: next hops on its subnets, no doubles.
import { cidrOf, contains } from '../../../lib/cidr.ts';
import { validated } from '../../../lib/validate.ts';
import { neutronError } from '../../model/errors.ts';
import { router as resource, type Router } from '../../model/router.ts';
import { ipAllocations, subnets } from '../../store/networking-tables.ts';
import { routerPorts } from '../router-ports.ts';
import type { Item, Work } from '../work.ts';

export type Route = { destination: string; nexthop: string };

const text = (routes: readonly Route[]) => JSON.stringify(routes).replaceAll('"', "'").replaceAll(':', ': ');

/** Throws 400 unless every next hop is a neighbour of the router and not the router itself. */
export async function checkRoutes(work: Work, router: Router, routes: readonly Route[]): Promise<void> {
  const quota = work.env.settings.max_routes;
  if (routes.length > quota) throw neutronError('RoutesExhausted', { router_id: router.id, quota });
  const seen = new Set(routes.map(({ destination, nexthop }) => `${destination} ${nexthop}`));
  if (seen.size < routes.length)
    throw neutronError('InvalidRoutes', { routes: text(routes), reason: 'Duplicate route' });
  if (routes.length === 0) return;
  const ports = await routerPorts(work, router.id);
  const held = await work.rows.all(ipAllocations, { port_id: ports.map(({ id }) => id) });
  const networkIds = [...new Set(ports.map(({ network_id }) => network_id))];
  const near = (await work.rows.all(subnets, { network_id: networkIds })).filter(
    (subnet) =>
      held.some(({ subnet_id }) => subnet_id === subnet.id) ||
      ports.some(
        (port) => port.network_id === subnet.network_id && port.device_owner === 'network:router_gateway',
      ),
  );
  for (const { nexthop } of routes) {
    if (!near.some(({ cidr }) => contains(cidrOf(cidr!), nexthop)))
      throw neutronError('InvalidRoutes', {
        routes: text(routes),
        reason: 'the nexthop is not connected with router',
      });
    if (held.some(({ ip_address }) => ip_address === nexthop))
      throw neutronError('InvalidRoutes', { routes: text(routes), reason: 'the nexthop is used by router' });
  }
}

/** The routes of an add_extraroutes or remove_extraroutes body. */
export function routesOf(body: Item): Route[] {
  const inner = body.router as Item | undefined;
  return (validated('routes', resource.fields.routes, inner?.routes ?? []) ?? []) as Route[];
}
