// What a network namespace of an agent (qrouter-, qdhcp-) should hold, what it holds, and the steps between. Pure.
// The namespace itself, devices with the agent's prefixes, static routes through them and chains of the agent's prefix are ours.
import type { IpArgs } from '../../host/ip.ts';
import type { Address } from '../../host/address.ts';
import { planIptables, type Tables } from '../../host/iptables.ts';
import type { Link } from '../../host/link.ts';
import type { Neighbour } from '../../host/neighbour.ts';
import type { OvsPort } from '../../host/ovs-ports.ts';
import type { Route } from '../../host/route.ts';
import type { Rule } from '../../host/rule.ts';
import { planNeighbours, planPolicyRules } from './namespace-policy.ts';
import { outerNameOf, planVethPlug, type OuterEnd, type VethPlugStep } from './namespace-veth.ts';

/** A port's device in the namespace: an internal port of an OVS bridge, or (`outer`) one end of a veth pair. */
export interface WantedDevice {
  name: string;
  portId: string;
  /** With `outer` empty where the layer 2 agent of the host finds the bridge. */
  bridge: string;
  /** Name of the veth pair's other end, in the root namespace. */
  outer?: string;
  mac: string;
  mtu: number;
  /** Addresses with prefix lengths, the main one first. */
  addresses: string[];
  /** Its IPv6 link-local addresses are `addresses` and none of the kernel's. */
  ownsLinkLocal?: boolean;
}

/** One end of a veth pair between two namespaces. */
export interface WantedVeth {
  name: string;
  mac: string;
  mtu: number;
  addresses: string[];
  /** The other end, by whose namespace the pair is made; undefined: the other end's namespace makes it. */
  peer?: { name: string; mac: string; ns: string };
}

export interface WantedRoute {
  /** 'default' or a prefix as the kernel prints it (no /32). */
  destination: string;
  nexthop?: string;
  dev: string;
  /** Directly reachable through the device, without a next hop. */
  isOnLink?: boolean;
  /** Number of its table; undefined: main. */
  table?: string;
}

export interface WantedNamespace {
  devices: WantedDevice[];
  routes: WantedRoute[];
  /** Those of a wanted device (`net/ipv4/conf/DEVICE/...`) are set once it is there. */
  sysctls: Record<string, number>;
  tables: Tables;
  /** Of ip6tables; undefined: none of the agent's. */
  tables6?: Tables;
  veths?: WantedVeth[];
  /** Routing policy, after which all rules of the kind are ours (`namespace-policy.ts`). */
  rules?: Rule[];
  /** Permanent neighbours; ours are marked as static. */
  neighbours?: Neighbour[];
}

export interface FoundNamespace {
  exists: boolean;
  links: Link[];
  addresses: Address[];
  routes: Route[];
  rules: Rule[];
  /** The permanent ones. */
  neighbours: Neighbour[];
  sysctls: Record<string, string | undefined>;
  tables: Tables;
  /** Undefined: not read. */
  tables6?: Tables;
  /** Every port of every bridge, by name. */
  ports: ReadonlyMap<string, OvsPort>;
  /** Devices of the root namespace that may be outer ends of veth pairs, by name; undefined: none was looked for. */
  outerEnds?: ReadonlyMap<string, OuterEnd>;
}

/** What in a namespace belongs to an agent. */
export interface Ownership {
  /** Undefined: the root namespace (use_namespaces = False). */
  ns: string | undefined;
  devicePrefixes: readonly string[];
  /** In the root namespace: all marked ports with these prefixes belong to this one router or network. */
  isAlone?: boolean;
  chainPrefix: string;
}

export type Presence = 'alive' | 'dead' | 'missing';

export type NamespaceStep =
  | { kind: 'add-namespace'; reason: string }
  | { kind: 'remove-namespace'; reason: string }
  | { kind: 'set-sysctls'; values: Record<string, number>; reason: string }
  /** `from` is the bridge that the port is in now; `presence` tells of the device in the namespace. */
  | { kind: 'plug'; device: WantedDevice; from?: string; presence: Presence; reason: string }
  | { kind: 'unplug'; name: string; bridge: string; reason: string }
  | VethPlugStep
  | { kind: 'add-veth'; veth: WantedVeth; reason: string }
  | { kind: 'ip'; args: IpArgs; reason: string }
  | { kind: 'load-rules'; input: string; family: 4 | 6; reason: string };

/** Steps that make the namespace as wanted: make before use, remove last. */
export function planNamespace(
  target: WantedNamespace,
  everything: FoundNamespace,
  own: Ownership,
): NamespaceStep[] {
  const found = withoutDeadDevices(everything, target);
  const wanted = withoutAbsentEnds(target, found);
  return [
    ...(found.exists ? [] : [step('add-namespace', `${own.ns} does not exist`)]),
    ...planSysctls(wanted, found, (key) => !isOfDevice(key, wanted)),
    // before the addresses: a router answered for a floating IP itself until it translated
    ...planRules(wanted, found, own),
    ...wanted.devices.flatMap((device) => planPlug(device, found, everything)),
    ...(wanted.veths ?? []).flatMap((veth) => planVeth(veth, found)),
    // before the addresses: IPv6 may be switched off on a new device
    ...planSysctls(wanted, found, (key) => isOfDevice(key, wanted)),
    ...[...wanted.devices, ...(wanted.veths ?? [])].flatMap((device) => planLink(device, found)),
    ...(own.ns === undefined ? [] : planNeighbours(wanted.neighbours ?? [], found.neighbours)),
    ...planRoutes(wanted, found, own),
    ...(own.ns === undefined && !own.isAlone ? [] : planPolicyRules(wanted.rules ?? [], found.rules)),
    ...planLeftDevices(wanted, found, own),
  ];
}

/**
 * A device that lost its switch (ovs-vswitchd was restarted, the userspace datapath made a new one) stays without a carrier
 * and is replaced: what is on it counts for nothing.
 */
export function withoutDeadDevices(found: FoundNamespace, wanted: WantedNamespace): FoundNamespace {
  const names = new Set(
    wanted.devices.filter(({ outer }) => outer === undefined).map((device) => device.name),
  );
  const dead = new Set(
    found.links.filter((link) => names.has(link.name) && !link.hasCarrier).map((link) => link.name),
  );
  if (dead.size === 0) return found;
  return {
    ...found,
    links: found.links.filter((link) => !dead.has(link.name)),
    addresses: found.addresses.filter((address) => !dead.has(address.dev)),
    routes: found.routes.filter((route) => !dead.has(route.dev ?? '')),
    neighbours: found.neighbours.filter(({ dev }) => !dead.has(dev)),
    sysctls: Object.fromEntries(
      Object.entries(found.sysctls).filter(([key]) => !dead.has(deviceOfSysctl(key) ?? '')),
    ),
  };
}

/** What goes through the end of a veth pair that its maker has yet to make has to wait for it. */
function withoutAbsentEnds(wanted: WantedNamespace, found: FoundNamespace): WantedNamespace {
  const absent = (wanted.veths ?? [])
    .filter(({ name, peer }) => peer === undefined && !found.links.some((link) => link.name === name))
    .map(({ name }) => name);
  if (absent.length === 0) return wanted;
  const isThere = ({ dev }: { dev: string }) => !absent.includes(dev);
  return {
    ...wanted,
    veths: wanted.veths!.filter(({ name }) => !absent.includes(name)),
    routes: wanted.routes.filter(isThere),
    neighbours: (wanted.neighbours ?? []).filter(isThere),
  };
}

/** Steps that leave nothing of ours behind; `devices` are names known from elsewhere (a file) to be ours. */
export function planRemoval(
  found: FoundNamespace,
  own: Ownership,
  devices: readonly string[] = [],
): NamespaceStep[] {
  const nothing: WantedNamespace = { devices: [], routes: [], sysctls: {}, tables: {} };
  const isLeft = (name: string) => own.ns !== undefined && found.links.some((link) => link.name === name);
  const known = devices.filter((name) => !isLeft(name));
  return [
    ...(found.exists ? planLeftDevices(nothing, found, own) : []),
    ...known.flatMap((name) => planUnplug(name, found, 'belongs to nothing any more')),
    ...(found.exists && own.ns === undefined
      ? [...planRules(nothing, found, own), ...planPolicyRules([], own.isAlone ? found.rules : [])]
      : []),
    ...(found.exists && own.ns !== undefined
      ? [step('remove-namespace', `${own.ns} is not wanted here`)]
      : []),
  ];
}

const step = <K extends 'add-namespace' | 'remove-namespace'>(kind: K, reason: string) => ({ kind, reason });
const ip = (args: IpArgs, reason: string): NamespaceStep => ({ kind: 'ip', args, reason });
const isOurs = (name: string, own: Ownership) => own.devicePrefixes.some((prefix) => name.startsWith(prefix));

const namesOf = ({ devices, veths = [] }: WantedNamespace) => [...devices, ...veths].map(({ name }) => name);
const deviceOfSysctl = (key: string) => /^net\/ipv[46]\/(?:conf|neigh)\/([^/]+)\//.exec(key)?.[1];
const isOfDevice = (key: string, wanted: WantedNamespace) =>
  namesOf(wanted).some((name) => name === deviceOfSysctl(key));

function planSysctls(
  wanted: WantedNamespace,
  found: FoundNamespace,
  isMeant: (key: string) => boolean,
): NamespaceStep[] {
  const different = Object.entries(wanted.sysctls).filter(
    ([key, value]) => isMeant(key) && found.sysctls[key] !== String(value),
  );
  if (different.length === 0) return [];
  const names = different.map(([key, value]) => `${key} is not ${value}`).join(', ');
  return [{ kind: 'set-sysctls', values: Object.fromEntries(different), reason: names }];
}

function planPlug(device: WantedDevice, found: FoundNamespace, everything: FoundNamespace): NamespaceStep[] {
  const { name, mac } = device;
  if (device.outer !== undefined) return planVethPlug({ ...device, outer: device.outer }, found);
  const link = found.links.find((candidate) => candidate.name === name);
  const port = found.ports.get(name);
  const plugReason =
    port === undefined || port.bridge !== device.bridge
      ? `${name} is no port of ${device.bridge}`
      : port.externalIds['iface-id'] !== device.portId || port.externalIds['attached-mac'] !== mac
        ? `${name} does not carry the port's id and MAC address`
        : link === undefined
          ? `${name} is not in the namespace, or cut off from the switch`
          : undefined;
  const isThere = everything.links.some((candidate) => candidate.name === name);
  const presence = link !== undefined ? 'alive' : isThere ? 'dead' : 'missing';
  return plugReason === undefined ? [] : [plugStep(device, port?.bridge, presence, plugReason)];
}

const planVeth = (veth: WantedVeth, found: FoundNamespace): NamespaceStep[] =>
  found.links.some(({ name }) => name === veth.name)
    ? []
    : [{ kind: 'add-veth', veth, reason: `${veth.name} does not exist` }];

/** What a device that is there lacks of its state and addresses. */
function planLink(
  device: Pick<WantedDevice, 'name' | 'mac' | 'mtu' | 'addresses' | 'ownsLinkLocal'>,
  found: FoundNamespace,
): NamespaceStep[] {
  const { name, mac, mtu } = device;
  const link = found.links.find((candidate) => candidate.name === name);
  const change = [
    ...(link?.mac === mac ? [] : ['address', mac]),
    ...(link?.mtu === mtu ? [] : ['mtu', String(mtu)]),
    ...(link?.isUp ? [] : ['up']),
  ];
  const present = found.addresses.filter(
    (address) =>
      address.dev === name &&
      (address.scope !== 'link' || device.ownsLinkLocal || device.addresses.includes(address.cidr)),
  );
  const missing = device.addresses.filter((cidr) => !present.some((address) => address.cidr === cidr));
  const surplus = present.filter((address) => !device.addresses.includes(address.cidr));
  return [
    // before it is up, or the kernel has given it one already
    ...(device.ownsLinkLocal && (!link?.isUp || surplus.some(({ scope }) => scope === 'link'))
      ? [ip(['link', 'set', 'dev', name, 'addrgenmode', 'none'], `${name} makes addresses of its own`)]
      : []),
    ...(change.length === 0
      ? []
      : [ip(['link', 'set', 'dev', name, ...change], `${name} lacks ${change.join(' ')}`)]),
    ...surplus.map(({ cidr }) =>
      ip(['address', 'delete', cidr, 'dev', name], `${cidr} does not belong to ${name} any more`),
    ),
    ...missing.map((cidr) => ip(addressArgs(name, cidr), `${name} has no ${cidr}`)),
  ];
}

const plugStep = (
  device: WantedDevice,
  from: string | undefined,
  presence: Presence,
  reason: string,
): NamespaceStep => ({ kind: 'plug', device, ...(from === undefined ? {} : { from }), presence, reason });

/** Broadcast address as Neutron sets it: the subnet's, or the address itself for a single one. */
function addressArgs(name: string, cidr: string): IpArgs {
  const [address, prefix] = cidr.split('/') as [string, string];
  const broadcast = cidr.includes(':') ? ['nodad'] : ['brd', prefix === '32' ? address : '+'];
  return ['address', 'replace', cidr, ...broadcast, 'dev', name];
}

function planRules(wanted: WantedNamespace, found: FoundNamespace, own: Ownership): NamespaceStep[] {
  const load = (family: 4 | 6, content: Tables, actual: Tables): NamespaceStep[] => {
    const { input, reasons } = planIptables(content, actual, own.chainPrefix);
    return input === '' ? [] : [{ kind: 'load-rules', input, family, reason: reasons.join('; ') }];
  };
  return [...load(4, wanted.tables, found.tables), ...load(6, wanted.tables6 ?? {}, found.tables6 ?? {})];
}

/** Taking a link down or an address away takes routes with it, which the next pass sees: the kernel tells about it. */
function planRoutes(wanted: WantedNamespace, found: FoundNamespace, own: Ownership): NamespaceStep[] {
  const devices = new Set(namesOf(wanted));
  const present = found.routes.filter(
    (route) =>
      ['static', 'keepalived'].includes(route.protocol ?? '') &&
      (devices.has(route.dev ?? '') || isOurs(route.dev ?? '', own)),
  );
  // `default` stands for two routes, one of each family, in every table.
  const keyOf = (route: WantedRoute | Route) =>
    `${routeWords(route).some((word) => word.includes(':')) ? 6 : 4} ${route.destination} ${route.table ?? 'main'}`;
  const same = (one: WantedRoute, other: Route) =>
    keyOf(one) === keyOf(other) && one.nexthop === other.nexthop && one.dev === other.dev;
  const onLinkFirst = wanted.routes.toSorted(
    (a, b) => Number(b.isOnLink ?? false) - Number(a.isOnLink ?? false),
  );
  const wantedKeys = new Set(wanted.routes.map(keyOf));
  return [
    ...present
      .filter((route) => !wantedKeys.has(keyOf(route)))
      .map((route) =>
        ip(['route', 'delete', ...routeWords(route)], `route to ${route.destination} is not wanted`),
      ),
    ...onLinkFirst
      .filter((route) => !present.some((other) => same(route, other)))
      .map((route) => ip(['route', 'replace', ...routeWords(route)], `no route to ${route.destination}`)),
  ];
}

const routeWords = (
  route: Pick<Route, 'destination' | 'nexthop' | 'dev' | 'table' | 'protocol'>,
): string[] => [
  route.destination,
  ...(route.nexthop === undefined ? [] : ['via', route.nexthop]),
  ...(route.dev === undefined ? [] : ['dev', route.dev]),
  ...['proto', route.protocol ?? 'static'],
  ...(route.nexthop === undefined ? ['scope', 'link'] : []),
  ...(route.table === undefined ? [] : ['table', route.table]),
];

/** Devices in the namespace with a prefix of ours that are not wanted. */
function planLeftDevices(wanted: WantedNamespace, found: FoundNamespace, own: Ownership): NamespaceStep[] {
  if (own.ns === undefined && !own.isAlone) return [];
  const names = new Set(namesOf(wanted));
  return found.links
    .filter((link) => isOurs(link.name, own) && !names.has(link.name) && isMarked(link.name, found, own))
    .flatMap((link) => planUnplug(link.name, found, 'belongs to no port any more'));
}

/** What else stands in a namespace of ours under such a name is ours; in the root namespace it may be anybody's. */
const isMarked = (name: string, found: FoundNamespace, own: Ownership) =>
  own.ns !== undefined || found.ports.get(name)?.externalIds['iface-status'] === 'active';

function planUnplug(name: string, found: FoundNamespace, why: string): NamespaceStep[] {
  const port = found.ports.get(name);
  if (port !== undefined) return [{ kind: 'unplug', name, bridge: port.bridge, reason: `${name} ${why}` }];
  const outer = found.ports.get(outerNameOf(name));
  if (outer !== undefined && outer.type === '')
    return [
      { kind: 'unplug', name: outer.name, bridge: outer.bridge, reason: `${name} ${why}` },
      ip(['link', 'delete', 'dev', name], `${name} ${why}`),
    ];
  return found.links.some((link) => link.name === name)
    ? [ip(['link', 'delete', 'dev', name], `${name} ${why}`)]
    : [];
}
