// Linux bridges (qbr, brq). Open vSwitch bridges are in ovs-vsctl.ts.
import { changeIp, ipBatch, isGone } from './ip.ts';
import { readLinks } from './link.ts';
import { run } from './run.ts';

/** Bridges of a namespace by name, each with the names of its members. */
export async function readBridges(ns?: string): Promise<Map<string, string[]>> {
  const links = await readLinks(ns);
  const bridges = new Map(
    links.filter((link) => link.kind === 'bridge').map((link) => [link.name, [] as string[]]),
  );
  for (const link of links) if (link.master !== undefined) bridges.get(link.master)?.push(link.name);
  return bridges;
}

/** How a bridge behaves; `qbr` bridges forward at once, learn nothing and snoop nothing. */
export interface BridgeSettings {
  forwardDelaySeconds?: number;
  ageingSeconds?: number;
  hasStp?: boolean;
  snoopsMulticast?: boolean;
  mtu?: number;
}

/** Creates a bridge where it is missing, sets it as told and brings it up. */
export async function ensureBridge(name: string, settings: BridgeSettings = {}, ns?: string): Promise<void> {
  await changeIp(['link', 'add', 'name', name, 'type', 'bridge'], ns, /File exists/);
  const { forwardDelaySeconds = 0, hasStp = false, ageingSeconds, snoopsMulticast, mtu } = settings;
  await ipBatch(
    [
      [
        ...['link', 'set', 'dev', name, 'type', 'bridge', 'stp_state', hasStp ? '1' : '0'],
        ...['forward_delay', String(forwardDelaySeconds * 100)],
        ...(ageingSeconds === undefined ? [] : ['ageing_time', String(ageingSeconds * 100)]),
        ...(snoopsMulticast === undefined ? [] : ['mcast_snooping', snoopsMulticast ? '1' : '0']),
      ],
      ['link', 'set', 'dev', name, ...(mtu === undefined ? [] : ['mtu', String(mtu)]), 'up'],
    ],
    ns,
  );
}

/** Removes a bridge; its members stay. Nothing to do where it is gone. */
export const removeBridge = (name: string, ns?: string): Promise<void> =>
  changeIp(['link', 'delete', 'dev', name, 'type', 'bridge'], ns, isGone);

/** One entry of a bridge's forwarding table. */
export interface FdbEntry {
  mac: string;
  ifname: string;
  master?: string;
  state?: string;
}

/** Forwarding entries behind one bridge. */
export async function readFdb(bridge: string, ns?: string): Promise<FdbEntry[]> {
  const inside = ns === undefined ? [] : ['-n', ns];
  const { stdout } = await run(['bridge', ...inside, '-j', 'fdb', 'show', 'br', bridge]);
  return stdout.trim() === '' ? [] : (JSON.parse(stdout) as FdbEntry[]);
}
