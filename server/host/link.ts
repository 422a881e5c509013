// Network devices: reading them and the changes an agent makes. Lines (`...Args`) fit into one `ip -batch`.
import { readFile } from 'node:fs/promises';
import { changeIp, type IpArgs, ipBatch, isGone, readIp } from './ip.ts';

export interface Link {
  ifindex: number;
  name: string;
  mac: string;
  mtu: number;
  /** Administratively up. */
  isUp: boolean;
  /** Has a carrier; false for a pulled cable. */
  hasCarrier: boolean;
  /** 'veth', 'bridge', 'tun', 'vxlan', ...; '' for a physical device. */
  kind: string;
  /** The bridge it is enslaved to; `ovs-system` under the OVS kernel datapath. */
  master?: string;
  /** Name of the other end of a veth in the same namespace, or the parent device. */
  peer?: string;
  alias?: string;
  /** What only this kind has (`info_data` of `ip -d -j link`): a bridge's timers, a tunnel's addresses. */
  info?: Readonly<Record<string, unknown>>;
}

interface IpLink {
  ifindex: number;
  ifname: string;
  address?: string;
  mtu: number;
  flags: string[];
  master?: string;
  link?: string;
  ifalias?: string;
  linkinfo?: { info_kind?: string; info_data?: Record<string, unknown> };
}

/** Devices of a namespace, in the kernel's order. */
export const readLinks = async (ns?: string): Promise<Link[]> =>
  parseLinks(await readIp(['-d', 'link', 'show'], ns));

/** One device, or undefined where it does not exist. */
export async function findLink(name: string, ns?: string): Promise<Link | undefined> {
  return (await readLinks(ns)).find((link) => link.name === name);
}

/** What `ip -j -d link show` says, in our words. */
export function parseLinks(links: unknown[]): Link[] {
  return (links as IpLink[])
    .filter((link) => link.ifname !== undefined)
    .map((link) => ({
      ifindex: link.ifindex,
      name: link.ifname,
      mac: link.address ?? '',
      mtu: link.mtu,
      isUp: link.flags.includes('UP'),
      // LOWER_UP changes at once, NO-CARRIER up to a second later.
      hasCarrier: !link.flags.includes('UP') || link.flags.includes('LOWER_UP'),
      kind: link.linkinfo?.info_kind ?? '',
      ...(link.master === undefined ? {} : { master: link.master }),
      ...(link.link === undefined ? {} : { peer: link.link }),
      ...(link.ifalias === undefined ? {} : { alias: link.ifalias }),
      ...(link.linkinfo?.info_data === undefined ? {} : { info: link.linkinfo.info_data }),
    }));
}

export interface LinkChange {
  name: string;
  up?: boolean;
  mtu?: number;
  mac?: string;
  /** Bridge to join, or null to leave the one it is in. */
  master?: string | null;
  /** Namespace to move to; must be the only change of its line. */
  netns?: string;
}

/** The batch line for a change of one device (repeatable, except for moving it). */
export const setLinkArgs = (change: LinkChange): IpArgs => [
  ...['link', 'set', 'dev', change.name],
  ...(change.netns === undefined ? [] : ['netns', change.netns]),
  ...(change.mac === undefined ? [] : ['address', change.mac]),
  ...(change.mtu === undefined ? [] : ['mtu', String(change.mtu)]),
  ...(change.master === undefined ? [] : change.master === null ? ['nomaster'] : ['master', change.master]),
  ...(change.up === undefined ? [] : [change.up ? 'up' : 'down']),
];

/** Changes devices of one namespace in one process. */
export const setLinks = (changes: readonly LinkChange[], ns?: string): Promise<void> =>
  ipBatch(changes.map(setLinkArgs), ns);

/** Creates a veth pair where it is missing; both ends in the same namespace, down. */
export const ensureVeth = (name: string, peer: string, ns?: string): Promise<void> =>
  changeIp(['link', 'add', 'name', name, 'type', 'veth', 'peer', 'name', peer], ns, /File exists/);

/** Line that creates a veth pair with its other end in another namespace; both ends down. */
export const addVethArgs = (
  { name, mac }: { name: string; mac: string },
  peer: { name: string; mac: string; ns: string },
): IpArgs => [
  ...['link', 'add', 'name', name, 'address', mac, 'type', 'veth'],
  ...['peer', 'name', peer.name, 'address', peer.mac, 'netns', peer.ns],
];

/** Removes a device (with a veth its other end too); nothing to do where it is gone. */
export const removeLink = (name: string, ns?: string): Promise<void> =>
  changeIp(['link', 'delete', 'dev', name], ns, isGone);

/** Moves a device to another namespace; nothing to do where it is already there. */
export async function moveLink(name: string, to: string, from?: string): Promise<void> {
  if ((await findLink(name, to)) === undefined) await ipBatch([setLinkArgs({ name, netns: to })], from);
}

/** What /sys/class/net says of a device of the root namespace. */
export interface DeviceState {
  mtu: number;
  isUp: boolean;
}

/** The named devices that exist, without starting a process. */
export async function readDevices(names: readonly string[]): Promise<Map<string, DeviceState>> {
  const states = await Promise.all(names.map(async (name) => [name, await readDevice(name)] as const));
  return new Map(states.flatMap(([name, state]) => (state === undefined ? [] : [[name, state] as const])));
}

async function readDevice(name: string): Promise<DeviceState | undefined> {
  try {
    const [mtu, flags] = await Promise.all(
      ['mtu', 'flags'].map((file) => readFile(`/sys/class/net/${name}/${file}`, 'utf8')),
    );
    return { mtu: Number(mtu), isUp: (Number(flags) & 1) === 1 };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
