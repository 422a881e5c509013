// One look at a node, as `node-observe` prints it, in the console's words; without the cloud's names. Pure.
import type { BridgeState, DeviceState, LinkState, NamespaceState, NodePlumbing } from '../http/types.ts';
import { readSwitch, type SwitchPort, type SwitchTables } from './read-switch.ts';

/** A device in `ip -d -j address show`. */
interface IpDevice {
  ifindex: number;
  ifname: string;
  address?: string;
  flags: string[];
  master?: string;
  /** Name of the other end of a veth, or of a VLAN's parent, in the same namespace. */
  link?: string;
  /** The same where it is in another one. */
  link_index?: number;
  link_netnsid?: number;
  linkinfo?: { info_kind?: string; info_data?: Record<string, unknown> };
  addr_info?: { local: string; prefixlen: number; scope: string }[];
}

interface Look {
  devices: IpDevice[];
  namespaces: Record<string, IpDevice[]>;
  /** By uuid of the instance. */
  guests: Record<string, IpDevice[]>;
  /** Instances whose first process lives. */
  running: string[];
  switch: SwitchTables | null;
}

/** Where a device is; neither: in the node itself. */
type Inside = Pick<DeviceState, 'namespace' | 'guest'>;
interface Found {
  inside: Inside;
  device: IpDevice;
}

/**
 * @param nics names of the node's physical NICs
 * @param line JSON of one line; throws SyntaxError where it was cut off
 */
export function readLook(node: string, nics: readonly string[], line: string): NodePlumbing {
  const look = JSON.parse(line) as Look;
  const { bridges: switches, ports } = readSwitch(look.switch);
  const found: Found[] = [
    ...look.devices.map((device) => ({ inside: {}, device })),
    ...Object.entries(look.namespaces).flatMap(([namespace, devices]) =>
      devices.map((device) => ({ inside: { namespace }, device })),
    ),
    ...Object.entries(look.guests).flatMap(([guest, devices]) =>
      devices.map((device) => ({ inside: { guest }, device })),
    ),
  ].filter(({ device }) => device.ifname !== 'lo' && device.ifname !== 'ovs-netdev');
  const isBridge = ({ inside, device }: Found) =>
    isAtHome(inside) && (switches.includes(device.ifname) || device.linkinfo?.info_kind === 'bridge');

  const devices = found
    .filter((one) => !isBridge(one))
    .map((one) => deviceOf(one, { nics, found, ports: ports.filter((port) => isPortOf(port, one)) }));
  const shown = new Set(devices.filter(({ guest }) => guest === undefined).map(({ name }) => name));
  const withoutDevice = ports.filter(({ name }) => !shown.has(name) && !switches.includes(name));
  return {
    node,
    bridges: bridgesOf(found.filter(isBridge), switches),
    namespaces: Object.keys(look.namespaces)
      .sort()
      .map((name) => ({ name, kind: kindOfNamespace(name), title: name })),
    guests: [...new Set([...Object.keys(look.guests), ...look.running])]
      .sort()
      .map((id) => ({ id, title: id, isRunning: look.running.includes(id) })),
    devices: [...devices, ...withoutDevice.map(switchOnly)].sort((a, b) => (a.id < b.id ? -1 : 1)),
  };
}

const isAtHome = ({ namespace, guest }: Inside) => namespace === undefined && guest === undefined;
const idOf = ({ namespace, guest }: Inside, name: string) =>
  [namespace ?? guest, name].filter((part) => part !== undefined).join('/');

/** Only an internal port can be taken into a namespace and stay a port. */
const isPortOf = (port: SwitchPort, { inside, device }: Found) =>
  port.name === device.ifname &&
  inside.guest === undefined &&
  (isAtHome(inside) || port.type === 'internal') &&
  port.type !== 'patch';

function bridgesOf(found: Found[], switches: string[]): BridgeState[] {
  const byName = new Map(found.map(({ device }) => [device.ifname, device]));
  return [...new Set([...switches, ...byName.keys()])].sort().map((name) => {
    const device = byName.get(name);
    const isSwitch = switches.includes(name);
    return {
      name,
      kind: isSwitch ? 'openvswitch' : 'linux',
      // A bridge of Open vSwitch works whether its own device is up or not.
      state: device === undefined ? 'missing' : isSwitch ? 'up' : stateOf(device),
      mac: device?.address ?? '',
      addresses: device === undefined ? [] : addressesOf(device),
    };
  });
}

function deviceOf(
  one: Found,
  { nics, found, ports }: { nics: readonly string[]; found: Found[]; ports: SwitchPort[] },
): DeviceState {
  const { inside, device } = one;
  const [port] = ports;
  const bridge = port?.bridge ?? device.master;
  // With the kernel's datapath every port's master is `ovs-system`.
  const isHeldTwice = port !== undefined && device.master !== undefined && device.master !== 'ovs-system';
  const kind = isAtHome(inside) && nics.includes(device.ifname) ? 'nic' : kindOf(device, port);
  const data = device.linkinfo?.info_data ?? {};
  const peer = kind === 'veth' ? peerOf(one, found) : undefined;
  return {
    id: idOf(inside, device.ifname),
    name: device.ifname,
    ...inside,
    kind,
    state: stateOf(device),
    mac: device.address ?? '',
    addresses: addressesOf(device),
    ...(bridge === undefined ? {} : { bridge }),
    ...(isHeldTwice ? { linuxBridge: device.master! } : {}),
    ...(port?.tag === undefined ? {} : { tag: port.tag }),
    ...(peer === undefined ? {} : { peer }),
    ...(kind === 'vlan' && device.link !== undefined ? { parent: device.link } : {}),
    ...(kind === 'vlan' || kind === 'tunnel' ? { segment: String(data.id ?? data.ikey ?? '') } : {}),
    ...(kind === 'tunnel' ? { remote: String(data.remote ?? data.group ?? '') } : {}),
    ...(port?.problem === undefined ? {} : { problem: port.problem }),
  };
}

function kindOf(device: IpDevice, port: SwitchPort | undefined): DeviceState['kind'] {
  if (port?.type === 'internal') return 'internal';
  return kindsOfDevices[device.linkinfo?.info_kind ?? ''] ?? 'other';
}

const kindsOfDevices: Record<string, DeviceState['kind']> = {
  veth: 'veth',
  tun: 'tap',
  vlan: 'vlan',
  vxlan: 'tunnel',
  gre: 'tunnel',
  gretap: 'tunnel',
};

/** The other end of a veth: by name in its own namespace, else the device elsewhere whose other end is this one. */
function peerOf({ inside, device }: Found, found: Found[]): string | undefined {
  if (device.link !== undefined) return idOf(inside, device.link);
  const other = found.find(
    (candidate) =>
      candidate.device.link_netnsid !== undefined &&
      device.link_netnsid !== undefined &&
      candidate.inside !== inside &&
      idOf(candidate.inside, '') !== idOf(inside, '') &&
      candidate.device.ifindex === device.link_index &&
      candidate.device.link_index === device.ifindex,
  );
  return other && idOf(other.inside, other.device.ifname);
}

/** A port that the kernel has no device for: right for a patch or a tunnel, else something is broken. */
function switchOnly({ name, bridge, type, tag, peer, remote, segment, problem }: SwitchPort): DeviceState {
  const kind = type === 'patch' ? 'patch' : remote === undefined ? 'other' : 'tunnel';
  return {
    id: name,
    name,
    kind,
    state: kind === 'other' ? 'missing' : problem === undefined ? 'up' : 'down',
    addresses: [],
    bridge,
    ...(tag === undefined ? {} : { tag }),
    ...(peer === undefined ? {} : { peer }),
    ...(remote === undefined ? {} : { remote, segment: segment ?? '' }),
    ...(problem === undefined ? {} : { problem }),
  };
}

function stateOf({ flags }: IpDevice): LinkState {
  if (!flags.includes('UP')) return 'down';
  return flags.includes('LOWER_UP') ? 'up' : 'no-carrier';
}

/** Addresses that only the link itself uses are left out. */
const addressesOf = ({ addr_info }: IpDevice) =>
  (addr_info ?? [])
    .filter(({ scope }) => scope !== 'link')
    .map(({ local, prefixlen }) => `${local}/${prefixlen}`);

const kindsOfNamespaces: Record<string, NamespaceState['kind']> = {
  qrouter: 'router',
  qdhcp: 'dhcp',
  snat: 'snat',
  fip: 'floating',
  qlbaas: 'load-balancer',
};

const kindOfNamespace = (name: string) => kindsOfNamespaces[/^([a-z]+)-/.exec(name)?.[1] ?? ''] ?? 'other';
