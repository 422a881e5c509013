// Bridges of networks and the devices that lead from them to other hosts: making, joining, and taking away again. Pure.
import type { Link } from '../../../host/link.ts';
import type { Actual } from './actual.ts';
import { isNetworkBridge, mark } from './names.ts';
import type { BridgedNetwork } from './networks.ts';
import { holdingsOf, planHandover, planRestore, type Holdings } from './plan-flat.ts';
import { planVxlanDevice } from './plan-vxlan.ts';
import type { Settings } from './settings.ts';
import { ip, problem, type Step } from './steps.ts';

/** What NICs held before their bridges took it, by NIC: survives somebody deleting the bridge. */
export type Memory = ReadonlyMap<string, Holdings>;

/** Makes bridge and segment device of a network and joins them. */
export function planBridgedNetwork(
  network: BridgedNetwork,
  settings: Settings,
  actual: Actual,
  memory: Memory,
): Step[] {
  const { segment, bridge } = network;
  const steps = planBridge(network, actual.links.get(bridge));
  if (segment.kind === 'none') return steps;
  const { device } = segment;
  const link = actual.links.get(device);
  if (segment.kind === 'nic') return [...steps, ...planNic(device, bridge, actual, memory)];
  if (segment.kind === 'vxlan') {
    const made = planVxlanDevice(segment, network.mtu, settings, actual);
    steps.push(...made);
    if (made.some(({ kind }) => kind === 'report-problem')) return steps;
  }
  if (segment.kind === 'vlan' && link === undefined)
    steps.push(
      ip(
        [
          ...['link', 'add', 'link', segment.nic, 'name', device, 'mtu', String(network.mtu)],
          ...['type', 'vlan', 'id', String(segment.vlan)],
        ],
        `no device takes VLAN ${segment.vlan} of ${segment.nic}`,
      ),
      ip(['link', 'set', 'dev', device, 'alias', mark], `${device} is this agent's`),
    );
  return [...steps, ...join(device, link, network)];
}

function planBridge({ id, bridge, isOwn, mtu }: BridgedNetwork, link: Link | undefined): Step[] {
  if (!isOwn) return [];
  if (link === undefined)
    return [
      ip(
        [
          ...['link', 'add', 'name', bridge, 'mtu', String(mtu)],
          ...['type', 'bridge', 'forward_delay', '0', 'stp_state', '0'],
        ],
        `network ${id} has no bridge on this host`,
      ),
      ip(['link', 'set', 'dev', bridge, 'up'], `${bridge} is new`),
    ];
  // The spanning tree first: while it is on, the kernel takes no delay of 0.
  return [
    ...(['stp_state', 'forward_delay'] as const)
      .filter((name) => link.info?.[name] !== 0)
      .map((name) =>
        ip(['link', 'set', 'dev', bridge, 'type', 'bridge', name, '0'], `${name} of ${bridge} is not 0`),
      ),
    ...change(bridge, link, { mtu }),
  ];
}

/** Puts a device into the bridge and up, with the network's MTU. */
function join(device: string, link: Link | undefined, { bridge, mtu }: BridgedNetwork): Step[] {
  return change(device, link, { mtu, master: bridge });
}

/** Steps that make an existing (or new: undefined) device as told, and up unless told otherwise. */
export function change(
  device: string,
  link: Link | undefined,
  { mtu, master, isUp = true }: { mtu?: number; master?: string; isUp?: boolean },
): Step[] {
  const words = [
    ...(mtu === undefined || link?.mtu === mtu ? [] : ['mtu', String(mtu)]),
    ...(master === undefined || link?.master === master ? [] : ['master', master]),
    ...(link?.isUp === isUp ? [] : [isUp ? 'up' : 'down']),
  ];
  return words.length === 0
    ? []
    : [ip(['link', 'set', 'dev', device, ...words], `${device} lacks ${words.join(' ')}`)];
}

function planNic(nic: string, bridge: string, actual: Actual, memory: Memory): Step[] {
  const link = actual.links.get(nic)!;
  if (link.master !== undefined && link.master !== bridge && !isNetworkBridge(link.master))
    return [problem(`Interface ${nic} is a member of ${link.master}, which is not the agent's`)];
  const held = holdingsOf(nic, actual);
  const lost = memory.get(nic);
  const isLost = lost !== undefined && !actual.links.has(bridge) && held.addresses.length === 0;
  return [
    ...planHandover(nic, bridge, held, change(nic, link, { master: bridge }), `${nic} is a member`),
    ...(isLost ? planRestore(bridge, lost, `${bridge} was deleted`) : []),
  ];
}

/** Takes away bridges of networks that are not here any more, and devices of this agent that no network needs. */
export function planLeftovers(
  networks: readonly BridgedNetwork[],
  settings: Settings,
  actual: Actual,
): Step[] {
  const links = [...actual.links.values()];
  const bridges = new Set(networks.map(({ bridge }) => bridge));
  const devices = new Set(networks.map(({ segment }) => (segment.kind === 'none' ? '' : segment.device)));
  const left = links.filter(
    ({ name, kind }) => kind === 'bridge' && isNetworkBridge(name) && !bridges.has(name),
  );
  const nics = new Set(Object.values(settings.interfaces));
  return [
    ...left.flatMap(({ name }) => {
      const members = links.filter(({ master }) => master === name).map((link) => link.name);
      const nic = members.find((member) => nics.has(member));
      const why = `no port here is on the network of ${name}`;
      const leave = nic === undefined ? [] : [ip(['link', 'set', 'dev', nic, 'nomaster'], why)];
      return [
        ...(nic === undefined ? [] : planHandover(name, nic, holdingsOf(name, actual), leave, why)),
        ip(['link', 'delete', 'dev', name], why),
      ];
    }),
    ...links
      .filter(({ name, alias }) => alias === mark && !devices.has(name))
      .map(({ name }) => ip(['link', 'delete', 'dev', name], `no network needs ${name} any more`)),
  ];
}

/** What the bridges around NICs hold now, for the day that somebody deletes one. */
export function rememberHoldings(known: Map<string, Holdings>, settings: Settings, actual: Actual): void {
  for (const nic of Object.values(settings.interfaces)) {
    const master = actual.links.get(nic)?.master;
    if (master !== undefined && isNetworkBridge(master)) known.set(nic, holdingsOf(master, actual));
    else if (holdingsOf(nic, actual).addresses.length > 0) known.delete(nic);
  }
}
