// Routers: gateway, interfaces, extra routes; what keeps one from being deleted.
import type { CreateOf, UpdateOf } from '../../../lib/resource.ts';
import { neutronError } from '../../model/errors.ts';
import { router, type GatewayInfo, type Router } from '../../model/router.ts';
import { ipAllocations, ports, routers } from '../../store/networking-tables.ts';
import { endHa } from '../ha/settle.ts';
import { l3Hosts, routerChanged } from '../notices.ts';
import { interfacesOf } from '../router-ports.ts';
import { scheduleRouter } from '../schedule-l3.ts';
import { viewsOf } from '../view.ts';
import type { Item, Rules, Work } from '../work.ts';
import { getRouter } from './load.ts';
import { clearGateway, setGateway } from './router-gateway.ts';
import { addInterface, removeInterface } from './router-interface.ts';
import { checkConversion, convert, kindOf } from './router-kind.ts';
import { checkRoutes, routesOf, type Route } from './router-routes.ts';

type Create = CreateOf<typeof router>;
type Update = UpdateOf<typeof router>;

export const routerRules: Rules<Router, Create, Update> = {
  notFound: (router_id) => neutronError('RouterNotFound', { router_id }),

  async decorate(rows, list) {
    const ids = list.flatMap(({ gw_port_id }) => (gw_port_id === null ? [] : [gw_port_id]));
    const gateways = new Map((await rows.all(ports, { id: ids })).map((port) => [port.id, port]));
    const held = await rows.all(ipAllocations, { port_id: ids }, { orderBy: [{ column: 'position' }] });
    const addresses = Map.groupBy(held, ({ port_id }) => port_id);
    return list.map(({ gw_port_id, enable_snat }) => {
      const gateway = gw_port_id === null ? undefined : gateways.get(gw_port_id);
      if (gateway === undefined) return { external_gateway_info: null };
      const external_fixed_ips = (addresses.get(gateway.id) ?? []).map(({ subnet_id, ip_address }) => ({
        subnet_id,
        ip_address,
      }));
      return { external_gateway_info: { network_id: gateway.network_id, enable_snat, external_fixed_ips } };
    });
  },

  async beforeCreate(work, body) {
    const kind = await kindOf(work, body);
    return { status: 'ACTIVE', routes: [], enable_snat: true, gw_port_id: null, ...kind };
  },

  async afterCreate(work, row, body) {
    const asked = body.external_gateway_info as GatewayInfo | null | undefined;
    if (asked) await setGateway(work, row, asked);
    await reschedule(work, row.id);
  },

  async beforeUpdate(work, row, changes) {
    await checkConversion(work, row, changes);
    if (changes.routes === undefined) return {};
    await checkRoutes(work, row, changes.routes ?? []);
    return { routes: changes.routes ?? [] };
  },

  async afterUpdate(work, row, before, changes) {
    await convert(work, before, row);
    if (changes.external_gateway_info !== undefined)
      await setGateway(work, row, changes.external_gateway_info as GatewayInfo | null);
    await reschedule(work, row.id);
  },

  async beforeDelete(work, row) {
    const own = await interfacesOf(work, row.id);
    if (own.length > 0) {
      const reason = `has ports still attached: ${own.map(({ id }) => id).join(', ')}`;
      throw neutronError('RouterInUse', { router_id: row.id, reason });
    }
    const gateway = row.gw_port_id && (await work.rows.find(ports, { id: row.gw_port_id }));
    if (gateway) await clearGateway(work, row, gateway.network_id);
    for (const server of await l3Hosts(work, row.id))
      work.casts.push({ topic: 'l3_agent', method: 'router_deleted', args: { router_id: row.id }, server });
    if (row.ha) await endHa(work, row);
  },

  actions: {
    add_router_interface: addInterface,
    remove_router_interface: removeInterface,
    add_extraroutes: (work, row, body) => changeRoutes(work, row, merged(row.routes ?? [], routesOf(body))),
    remove_extraroutes: (work, row, body) =>
      changeRoutes(work, row, without(row.routes ?? [], routesOf(body))),
  },
};

/** With the gateway it has now; agents, ports and bindings follow from it. */
async function reschedule(work: Work, router_id: string): Promise<void> {
  await scheduleRouter(work, await getRouter(work, router_id));
  work.routers.add(router_id);
}

const same = (one: Route, other: Route) =>
  one.destination === other.destination && one.nexthop === other.nexthop;
const merged = (routes: Route[], more: Route[]) => [
  ...routes,
  ...more.filter((route) => !routes.some((other) => same(route, other))),
];
const without = (routes: Route[], less: Route[]) =>
  routes.filter((route) => !less.some((other) => same(route, other)));

async function changeRoutes(work: Work, row: Router, routes: Route[]): Promise<Item> {
  await checkRoutes(work, row, routes);
  const changed = { ...row, routes, revision_number: row.revision_number + 1, updated_at: work.now };
  const { revision_number, updated_at } = changed;
  await work.rows.update(routers, { id: row.id }, { routes, revision_number, updated_at });
  await routerChanged(work, row.id);
  const [viewed] = await viewsOf(work.env, work.rows, router, [changed], work.context, { isOwnAnswer: true });
  return { router: viewed!.view };
}
