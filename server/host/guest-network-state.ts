// What an instance set in its network namespace (devices, addresses, routes), read and set again elsewhere as it moves.
// Devices that it made itself, rules and neighbours do not come along.
import { inGuestNetns } from './guest-netns.ts';
import type { IpArgs } from './ip.ts';
import { run } from './run.ts';

/** As `ip -j -d address` and `ip -j -d route` tell it. */
export interface NetworkState {
  devices: Device[];
  /** IPv4 and IPv6, of all tables. */
  routes: [Route[], Route[]];
}

interface Device {
  ifname: string;
  mtu: number;
  address?: string;
  flags: string[];
  addr_info: {
    family: string;
    local: string;
    prefixlen: number;
    broadcast?: string;
    scope: string;
    valid_life_time: number;
    preferred_life_time: number;
  }[];
}

interface Route {
  type?: string;
  dst: string;
  gateway?: string;
  dev?: string;
  protocol?: string;
  scope?: string;
  prefsrc?: string;
  metric?: number;
  table?: string;
  flags?: string[];
  expires?: number;
}

/** Reads it from the namespace of a file. */
export async function readNetworkState(netns: string): Promise<NetworkState> {
  const read = async <T>(...args: string[]) => {
    const { stdout } = await run(inGuestNetns(netns, ['ip', '-j', '-d', ...args]));
    return JSON.parse(stdout.trim() || '[]') as T[];
  };
  const [devices, four, six] = await Promise.all([
    read<Device>('address', 'show'),
    read<Route>('-4', 'route', 'show', 'table', 'all'),
    read<Route>('-6', 'route', 'show', 'table', 'all'),
  ]);
  return { devices, routes: [four, six] };
}

/** Sets it in a namespace that has the devices. What the kernel does not take (a route that ended meanwhile) is left out. */
export async function writeNetworkState(netns: string, state: NetworkState): Promise<void> {
  const stdin = stateLines(state)
    .map((words) => `${words.join(' ')}\n`)
    .join('');
  await run(inGuestNetns(netns, ['ip', '-force', '-batch', '-']), { stdin, okCodes: [0, 1] });
}

/** The words after `ip` that bring the state about. Addresses come before the devices are up: nobody else has them. */
export function stateLines({ devices, routes }: NetworkState): IpArgs[] {
  return [
    ...devices.flatMap((device) => [
      ...(device.ifname === 'lo' ? [] : [deviceLine(device)]),
      ...device.addr_info.map((one) => addressLine(device.ifname, one)),
    ]),
    ...devices.map(({ ifname, flags }): IpArgs => [
      ...['link', 'set', 'dev', ifname, flags.includes('UP') ? 'up' : 'down'],
    ]),
    ...routes.flatMap((list, index) =>
      list.filter(isSet).map((route) => routeLine(index === 0 ? '0.0.0.0/0' : '::/0', route)),
    ),
  ];
}

const deviceLine = ({ ifname, mtu, address }: Device): IpArgs => [
  ...['link', 'set', 'dev', ifname, 'mtu', String(mtu)],
  ...(address === undefined ? [] : ['address', address]),
];

const forever = 2 ** 32 - 1;

function addressLine(dev: string, address: Device['addr_info'][number]): IpArgs {
  const { family, local, prefixlen, broadcast, scope, valid_life_time, preferred_life_time } = address;
  const life =
    valid_life_time >= forever
      ? []
      : ['valid_lft', String(valid_life_time), 'preferred_lft', String(preferred_life_time)];
  return [
    ...['address', 'replace', `${local}/${prefixlen}`, 'dev', dev, 'scope', scope],
    ...(broadcast === undefined ? [] : ['broadcast', broadcast]),
    ...(family === 'inet6' ? ['nodad'] : []),
    ...life,
  ];
}

/** Not those that the kernel makes of addresses. */
const isSet = ({ protocol, type = 'unicast' }: Route): boolean =>
  protocol !== 'kernel' && !/^(local|broadcast|anycast|multicast)$/.test(type);

function routeLine(anywhere: string, route: Route): IpArgs {
  const {
    type = 'unicast',
    dst,
    gateway,
    dev,
    protocol,
    scope,
    prefsrc,
    metric,
    table,
    flags,
    expires,
  } = route;
  const pairs: [string, string | number | undefined][] = [
    ['via', gateway],
    ['dev', dev],
    ['proto', protocol],
    ['scope', scope],
    ['src', prefsrc],
    ['metric', metric],
    ['table', table],
    ['expires', expires],
  ];
  return [
    // in a batch only the address tells the family, and `default` has none
    ...['route', 'replace', type, dst === 'default' ? anywhere : dst],
    ...pairs.flatMap(([word, value]) => (value === undefined ? [] : [word, String(value)])),
    ...(flags?.includes('onlink') ? ['onlink'] : []),
  ];
}
