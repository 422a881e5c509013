// What the L3 agent would do for one router, without doing it.
import { expect, it } from 'vitest';
import type { NamespaceActual } from '../../../../server/cloud/agents/l3/actual.ts';
import { targetOf } from '../../../../server/cloud/agents/l3/desired.ts';
import { placesOf } from '../../../../server/cloud/agents/l3/target.ts';
import { planRouter, type RouterStep } from '../../../../server/cloud/agents/l3/plan.ts';
import { l3Options } from '../../../../server/cloud/model/options/l3.ts';
import type { RouterSpec } from '../../../../server/cloud/model/specs.ts';
import { loadConfig } from '../../../../server/lib/config.ts';
import { portSpec, routerPortSpec, routerSpec, subnetSpec, uuid } from '../../../support/network-specs.ts';

const { DEFAULT: config } = loadConfig({ DEFAULT: l3Options }, []);
const inside = subnetSpec({ id: uuid('9055c60a'), cidr: '192.168.101.0/24' });
const outside = subnetSpec({ id: uuid('5c1bf0a3'), cidr: '10.64.201.0/24', gateway_ip: '10.64.201.254' });
const port = (id: string, subnet: typeof inside, address: string) =>
  routerPortSpec(portSpec({ id: uuid(id), mac: `fa:16:3e:00:00:${id.slice(0, 2)}`, subnet, address }), [
    subnet,
  ]);
const internal = port('a5ad5119-1c', inside, '192.168.101.1');
const gateway = port('49a845ca-5a', outside, '10.64.201.91');
const floating = {
  ...{
    id: 'f',
    floating_ip_address: '10.64.201.72',
    fixed_ip_address: '192.168.101.102',
    port_id: 'p',
    host: null,
  },
  status: 'ACTIVE' as const,
};
const router = routerSpec({
  ...{ id: uuid('fa96af8c'), external_network_id: 'public01', gw_port: gateway, interfaces: [internal] },
  floatingips: [floating],
});

/** A host on which the router is as `spec` wants it. */
function asWanted(spec: RouterSpec): NamespaceActual[] {
  const target = targetOf(spec, config)!;
  const { own, wanted, daemons } = target.namespaces[0]!;
  const { devices, routes, sysctls, tables } = wanted;
  const found = {
    exists: true,
    links: devices.map(({ name, mac, mtu }, index) => ({
      ...{ name, mac, mtu, ifindex: index, isUp: true, hasCarrier: true, kind: 'tun' },
    })),
    addresses: devices.flatMap(({ name, addresses }) =>
      addresses.map((cidr) => ({ dev: name, cidr, family: 4 as const, scope: 'global', isReady: true })),
    ),
    rules: [],
    neighbours: [],
    routes: routes.map(({ isOnLink: _, ...route }) => ({ ...route, protocol: 'static' })),
    sysctls: Object.fromEntries(Object.entries(sysctls).map(([key, value]) => [key, String(value)])),
    tables: structuredClone(tables),
    tables6: structuredClone(wanted.tables6!),
    ports: new Map(
      devices.map(({ name, bridge, portId, mac }) => [
        name,
        { name, bridge, type: 'internal', externalIds: { 'iface-id': portId, 'attached-mac': mac } },
      ]),
    ),
  };
  const running = placesOf(config, spec.id)[0]!.daemons.map((place) => {
    const daemon = daemons.find(({ configFile }) => configFile === place.configFile);
    const processes = daemon === undefined ? [] : [{ pid: 5, argv: daemon.argv, netns: 7 }];
    return { place, config: daemon?.config, processes, netns: 7 };
  });
  return [{ own, found, daemons: running, notedState: undefined }];
}

const plan = (spec: RouterSpec | undefined, before: RouterSpec) =>
  planRouter(spec && targetOf(spec, config), asWanted(before));
const words = (steps: RouterStep[]) =>
  steps.map((step) => (step.kind === 'ip' ? step.args.join(' ') : step.kind));

it('there is nothing to do when all is as wanted', () => {
  expect(plan(router, router)).toEqual([]);
});

it('a new floating IP is translated before the router has its address, then announced', () => {
  expect(words(plan(router, { ...router, floatingips: [] }))).toEqual([
    'load-rules',
    'address replace 10.64.201.72/32 brd 10.64.201.72 dev qg-49a845ca-5a',
    'announce',
  ]);
});

it('a floating IP that is taken away is forgotten, connections included', () => {
  expect(words(plan({ ...router, floatingips: [] }, router))).toEqual([
    'load-rules',
    'address delete 10.64.201.72/32 dev qg-49a845ca-5a',
    'forget-connections',
  ]);
});

it('connections are forgotten too when a floating IP goes to another instance', () => {
  const moved = { ...router, floatingips: [{ ...floating, fixed_ip_address: '192.168.101.7' }] };
  expect(words(plan(moved, router))).toEqual(['load-rules', 'forget-connections']);
});

it('routes of the router, of the gateway and to other subnets of the external network are static', () => {
  const more = subnetSpec({ id: 'm', cidr: '10.65.0.0/24', gateway_ip: null });
  const wanted = {
    ...router,
    gw_port: { ...gateway, extra_subnets: [more] },
    routes: [
      { destination: '172.16.0.0/24', nexthop: '192.168.101.250' },
      { destination: '172.17.0.1/32', nexthop: '10.9.9.9' },
    ],
  };
  expect(words(plan(wanted, router))).toEqual([
    'route replace 10.65.0.0/24 dev qg-49a845ca-5a proto static scope link',
    'route replace 172.16.0.0/24 via 192.168.101.250 dev qr-a5ad5119-1c proto static',
  ]);
  expect(plan(wanted, wanted)).toEqual([]);
});

it('a gateway beyond its subnet is reached on the link', () => {
  const far = { ...outside, gateway_ip: '10.99.0.1' };
  expect(
    targetOf({ ...router, gw_port: { ...gateway, subnets: [far] } }, config)?.namespaces[0]!.wanted.routes,
  ).toEqual([
    { destination: '10.99.0.1', dev: 'qg-49a845ca-5a', isOnLink: true },
    { destination: 'default', nexthop: '10.99.0.1', dev: 'qg-49a845ca-5a' },
  ]);
});

it('routes and devices that the agent did not make stay', () => {
  const actual = asWanted(router);
  actual[0]!.found.routes.push({ destination: '10.1.0.0/24', dev: 'qg-49a845ca-5a', protocol: 'boot' });
  actual[0]!.found.links.push({ ...actual[0]!.found.links[0]!, name: 'mine0' });
  expect(planRouter(targetOf(router, config), actual)).toEqual([]);
});

it('a router that is down keeps its interfaces, and forwards and translates nothing', () => {
  const target = targetOf({ ...router, admin_state_up: false }, config)!;
  expect(target.namespaces[0]!.wanted.devices.map(({ name }) => name)).toEqual([
    'qr-a5ad5119-1c',
    'qg-49a845ca-5a',
  ]);
  expect(target.namespaces[0]!.wanted.sysctls['net/ipv4/ip_forward']).toBe(0);
  expect(target.newStatuses).toEqual({ f: 'DOWN' });
  expect(target.namespaces[0]!.daemons).toEqual([]);
});

it('a router that is gone is taken apart from the proxy to the namespace', () => {
  expect(words(plan(undefined, router))).toEqual(['stop-daemon', 'unplug', 'unplug', 'remove-namespace']);
});

it('an interface that is taken away is unplugged last', () => {
  const steps = plan({ ...router, interfaces: [] }, router);
  expect(steps.at(-1)).toMatchObject({ kind: 'unplug', name: 'qr-a5ad5119-1c', bridge: 'br-int' });
});

it('only routers of the agent’s own external network are served', () => {
  const bound = { ...config, gateway_external_network_id: 'public02', handle_internal_only_routers: false };
  expect(targetOf(router, bound)).toBeUndefined();
  expect(targetOf({ ...router, external_network_id: null, gw_port: null }, bound)).toBeUndefined();
  expect(targetOf({ ...router, external_network_id: 'public02' }, bound)).toBeDefined();
});

it('without a bridge of its own the gateway goes into the integration bridge', () => {
  const target = targetOf(router, { ...config, external_network_bridge: '' })!;
  expect(target.namespaces[0]!.wanted.devices.map(({ bridge }) => bridge)).toEqual(['br-int', 'br-int']);
  expect(target.ownPorts).toEqual([]);
});
