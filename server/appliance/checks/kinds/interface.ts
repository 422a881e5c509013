// A network device of a node, an instance or a namespace: is it there, up, plugged where it should be?
import { z } from 'zod';
import { commandAt, placeName } from '../command-line.ts';
import type { CheckKind, Exec } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  device: z.string(),
  /** An address it carries, with or without prefix length. */
  address: z.string().optional(),
  mac: z.string().optional(),
  /** The Linux bridge it is a port of. */
  master: z.string().optional(),
  /** The Open vSwitch bridge it is a port of (the node's, also for a device inside a namespace). */
  bridge: z.string().optional(),
  /** The VLAN tag of its Open vSwitch port. */
  tag: z.coerce.string().optional(),
  /** The device at the other end of its veth pair. */
  peer: z.string().optional(),
  /** Up unless told otherwise; false accepts either. */
  up: z.boolean().optional(),
});
type Args = z.infer<typeof schema>;

/** What `ip -j address show dev` tells of one device. */
export interface Device {
  name: string;
  isUp: boolean;
  mac: string;
  master: string | undefined;
  peer: string | undefined;
  addresses: string[];
}

export const interfaceKind: CheckKind<Args> = {
  name: 'interface',
  schema,
  places: ({ on }) => [on],
  run: async ({ exec }, args) => {
    const argv = ['ip', '-j', 'address', 'show', 'dev', args.device];
    const { code, stdout } = await exec(args.on, argv);
    const device = code === 0 ? parseDevice(stdout) : undefined;
    const base = {
      expected: expectation(args),
      where: placeName(args.on),
      command: commandAt(args.on, ['ip', 'address', 'show', 'dev', args.device]),
    };
    if (device === undefined) {
      const observed = `no device ${args.device}`;
      return { verdict: 'failed', observed, ...base, ...(hasMore(args) ? { unasked: observed } : {}) };
    }
    const node = args.on.startsWith('netns:') ? args.on.split(':')[1]! : args.on;
    const wrong = faultOf(device, args) ?? (await switchFaultOf(exec, node, args));
    if (wrong === undefined) return { verdict: 'passed', observed: `${args.device} is as expected`, ...base };
    const isSwitch = wrong.includes('Open vSwitch') || wrong.includes('tag');
    const command = isSwitch ? { place: node, text: 'ovs-vsctl show' } : base.command;
    const observed = `${args.device} ${wrong}`;
    // a device that is only down is not gone
    const unasked = hasMore(args) || args.up !== undefined ? {} : { unasked: `${observed}, but it is there` };
    return { verdict: 'failed', observed, ...base, command, ...unasked };
  },
};

/** Reads `ip -j`; undefined when it lists no device. */
export function parseDevice(stdout: string): Device | undefined {
  const [first] = JSON.parse(stdout || '[]') as Record<string, unknown>[];
  if (first?.['ifname'] === undefined) return undefined;
  const addresses = (first['addr_info'] ?? []) as { local: string; prefixlen: number }[];
  return {
    name: String(first['ifname']),
    isUp: ((first['flags'] ?? []) as string[]).includes('UP'),
    mac: String(first['address'] ?? ''),
    master: first['master'] as string | undefined,
    peer: first['link'] as string | undefined,
    addresses: addresses.map(({ local, prefixlen }) => `${local}/${prefixlen}`),
  };
}

function faultOf(device: Device, args: Args): string | undefined {
  if (args.up !== false && !device.isUp) return 'is down';
  if (args.mac !== undefined && device.mac !== args.mac.toLowerCase())
    return `has the MAC address ${device.mac}`;
  if (args.address !== undefined && !hasAddress(device, args.address))
    return device.addresses.length === 0
      ? 'has no address'
      : `has the addresses ${device.addresses.join(', ')}`;
  if (args.master !== undefined && device.master !== args.master)
    return device.master === undefined ? 'is in no bridge' : `is in bridge ${device.master}`;
  if (args.peer !== undefined && device.peer !== args.peer)
    return `is ${device.peer === undefined ? 'no veth end' : `paired with ${device.peer}`}`;
  return undefined;
}

/** Asked for more than that the device is there. */
function hasMore({ address, mac, master, bridge, tag, peer, up }: Args): boolean {
  return [address, mac, master, bridge, tag, peer, up].some((one) => one !== undefined);
}

function hasAddress(device: Device, address: string): boolean {
  return device.addresses.some((own) => own === address || own.split('/')[0] === address);
}

async function switchFaultOf(exec: Exec, node: string, args: Args): Promise<string | undefined> {
  if (args.bridge !== undefined) {
    const { code, stdout } = await exec(node, ['ovs-vsctl', '--timeout=5', 'port-to-br', args.device]);
    if (code !== 0) return 'is a port of no Open vSwitch bridge';
    if (stdout.trim() !== args.bridge) return `is a port of Open vSwitch bridge ${stdout.trim()}`;
  }
  if (args.tag !== undefined) {
    const { stdout } = await exec(node, ['ovs-vsctl', '--timeout=5', 'get', 'Port', args.device, 'tag']);
    if (stdout.trim() !== args.tag) return `has the tag ${stdout.trim()}`;
  }
  return undefined;
}

function expectation({ device, address, mac, master, bridge, tag, peer }: Args): string {
  const parts = [
    address === undefined ? '' : `with address ${address}`,
    mac === undefined ? '' : `with MAC address ${mac}`,
    master === undefined ? '' : `in Linux bridge ${master}`,
    bridge === undefined ? '' : `in Open vSwitch bridge ${bridge}`,
    tag === undefined ? '' : `with tag ${tag}`,
    peer === undefined ? '' : `paired with ${peer}`,
  ].filter(Boolean);
  return [`a device ${device}`, ...parts].join(' ');
}
