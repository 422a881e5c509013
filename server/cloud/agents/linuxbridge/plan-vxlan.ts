// VXLAN devices, to whom they send what, and the neighbours that they answer for. Pure.
import { canonicalAddress } from '../../../lib/cidr.ts';
import type { Link } from '../../../host/link.ts';
import { removeNeighbourArgs, replaceNeighbourArgs, type Neighbour } from '../../../host/neighbour.ts';
import { addTunnelEntryArgs, removeTunnelEntryArgs, type TunnelEntry } from '../../../host/tunnel-fdb.ts';
import { floodingMac } from '../../model/specs.ts';
import { linkLocalOf } from '../firewall/link-local.ts';
import type { Overlay } from '../l2/overlay.ts';
import { ipv6Key, type Actual } from './actual.ts';
import { mark } from './names.ts';
import { sourceOf, type BridgedNetwork, type Segment } from './networks.ts';
import { multicastGroup, type Settings, type VxlanSettings } from './settings.ts';
import { ip, problem, type Step } from './steps.ts';

type Vxlan = Extract<Segment, { kind: 'vxlan' }>;

/** The device itself; one with other properties is made anew. */
export function planVxlanDevice(segment: Vxlan, mtu: number, settings: Settings, actual: Actual): Step[] {
  const { device, vni } = segment;
  const vxlan = settings.vxlan!;
  const source = sourceOf(vxlan.localIp, actual.addresses)!;
  const link = actual.links.get(device);
  const wrong = link === undefined ? undefined : difference(link, vni, source, vxlan);
  if (link !== undefined && link.alias !== mark)
    return wrong === undefined ? [] : [problem(`${device} is not the agent's, and ${wrong}`)];
  if (link !== undefined && wrong === undefined) return planIpv6(device, vxlan, actual);
  const group = multicastGroup(vxlan.group, vni);
  return [
    ...(link === undefined ? [] : [ip(['link', 'delete', 'dev', device], `${device}: ${wrong}`)]),
    ip(
      [
        ...['link', 'add', 'name', device, 'mtu', String(mtu), 'type', 'vxlan', 'id', String(vni)],
        ...['dev', source, 'local', vxlan.localIp, 'dstport', String(vxlan.port)],
        ...(group === undefined ? [] : ['group', group]),
        ...(vxlan.ttl === 0 ? [] : ['ttl', String(vxlan.ttl)]),
        ...(vxlan.tos === 0 ? [] : ['tos', String(vxlan.tos)]),
        ...(vxlan.answersArp ? ['proxy'] : []),
      ],
      `no device speaks VXLAN ${vni}`,
    ),
    ip(['link', 'set', 'dev', device, ...noAddress, 'alias', mark], `${device} is this agent's`),
  ];
}

const noAddress = ['addrgenmode', 'none'];

/** A device that answers for neighbours has to know IPv6, though it has no address; others are silent. */
function planIpv6(device: string, { answersArp }: VxlanSettings, { ipv6 }: Actual): Step[] {
  const speaks = ipv6.get(device);
  if (speaks === undefined || speaks === answersArp) return [];
  const reason = answersArp ? `${device} cannot answer for IPv6 neighbours` : `${device} speaks IPv6 itself`;
  return [
    ip(['link', 'set', 'dev', device, ...noAddress], reason),
    { kind: 'set-sysctl', key: ipv6Key(device), value: answersArp ? '0' : '1', reason },
  ];
}

/** What of a device is not as wanted, if anything. */
function difference(
  { info = {}, peer, kind }: Link,
  vni: number,
  dev: string,
  vxlan: VxlanSettings,
): string | undefined {
  if (kind !== 'vxlan') return `it is no VXLAN device`;
  const wanted: Record<string, unknown> = {
    id: vni,
    local: vxlan.localIp,
    port: vxlan.port,
    group: multicastGroup(vxlan.group, vni),
    ttl: vxlan.ttl,
    tos: vxlan.tos === 0 ? undefined : `0x${vxlan.tos.toString(16)}`,
    proxy: vxlan.answersArp ? true : undefined,
    link: dev,
  };
  const found: Record<string, unknown> = { link: peer, ...info };
  const wrong = Object.keys(wanted).find((name) => (found[name] ?? undefined) !== wanted[name]);
  return wrong === undefined
    ? undefined
    : `its ${wrong} is ${String(found[wrong] ?? 'not set')}, not ${String(wanted[wrong] ?? 'none')}`;
}

/** Forwarding entries and neighbours of all VXLAN devices; `remade` are devices that lose theirs in this pass. */
export function planTunnelEntries(
  networks: readonly BridgedNetwork[],
  overlay: Overlay,
  settings: Settings,
  actual: Actual,
  remade: ReadonlySet<string>,
): Step[] {
  const { vxlan } = settings;
  const tunnels = networks.flatMap(({ id, segment }) => (segment.kind === 'vxlan' ? [{ id, segment }] : []));
  if (vxlan === undefined || tunnels.length === 0) return [];
  const entries = tunnels.flatMap(({ id, segment }) => entriesOf(id, segment.device, overlay, vxlan));
  // A new device comes to know IPv6 in the next pass, a kernel without it never.
  const neighbours = tunnels
    .flatMap(({ id, segment }) => neighboursOf(id, segment.device, overlay, vxlan))
    .filter(({ dev, address }) => !address.includes(':') || (actual.ipv6.has(dev) && !remade.has(dev)));
  const devices = new Set(tunnels.map(({ segment }) => segment.device));
  const isFound = ({ dev }: { dev: string }) => devices.has(dev) && !remade.has(dev);
  const fdb = differ(
    entries,
    actual.fdb.filter((entry) => isFound(entry) && !isGroup(entry.dst)),
    entryKey,
  );
  const arp = differ(neighbours, actual.neighbours.filter(isFound), neighbourKey);
  const mayRemove = overlay.isComplete;
  const change = (args: string[], reason: string): Step => ({ kind: 'change-fdb', args, reason });
  return [
    // A MAC address that moved to another host replaces its entry; removing the old one after that would remove both.
    ...(mayRemove ? fdb.surplus : [])
      .filter(
        (entry) =>
          !entries.some(({ dev, mac }) => mac !== floodingMac && dev === entry.dev && mac === entry.mac),
      )
      .map((entry) =>
        change(removeTunnelEntryArgs(entry), `${entry.mac} is not behind ${entry.dst} on ${entry.dev}`),
      ),
    ...fdb.missing.map((entry) =>
      change(addTunnelEntryArgs(entry), `${entry.dev} does not send ${entry.mac} to ${entry.dst}`),
    ),
    ...arp.missing.map((one) =>
      ip(replaceNeighbourArgs(one), `${one.dev} does not answer for ${one.address}`),
    ),
    ...(mayRemove ? arp.surplus : [])
      .filter(({ dev, address }) => !neighbours.some((one) => one.dev === dev && one.address === address))
      .map((one) => ip(removeNeighbourArgs(one), `${one.address} is not elsewhere on ${one.dev}`)),
  ];
}

function entriesOf(
  id: string,
  dev: string,
  { peers, members }: Overlay,
  vxlan: VxlanSettings,
): TunnelEntry[] {
  const flood = (hosts: readonly string[]) => hosts.map((dst) => ({ dev, mac: floodingMac, dst }));
  if (!vxlan.populates) return flood(peers.get('vxlan') ?? []);
  const { ports = [], flooding = [] } = members?.get(id) ?? {};
  const known = new Map(ports.map(({ mac, host }) => [mac.toLowerCase(), host]));
  return [...flood(flooding), ...[...known].map(([mac, dst]) => ({ dev, mac, dst }))];
}

function neighboursOf(id: string, dev: string, { members }: Overlay, vxlan: VxlanSettings): Neighbour[] {
  if (!vxlan.answersArp) return [];
  const ports = members?.get(id)?.ports ?? [];
  const claims = ports.flatMap(({ ip: address, mac }): [string, string][] => [
    [canonicalAddress(address), mac.toLowerCase()],
    // Whom the device does not know it does not let anybody ask for, and IPv6 asks for routers by this address.
    ...(address.includes(':') ? [[linkLocalOf(mac), mac.toLowerCase()] as [string, string]] : []),
  ]);
  const known = new Map(claims);
  return [...known].map(([address, mac]) => ({ dev, address, mac }));
}

const entryKey = ({ dev, mac, dst }: TunnelEntry) => `${dev} ${mac} ${dst}`;
const neighbourKey = ({ dev, address, mac }: Neighbour) => `${dev} ${address} ${mac}`;
const isGroup = (address: string) => /^2(2[4-9]|3\d)\./.test(address);

function differ<T>(wanted: readonly T[], found: readonly T[], keyOf: (one: T) => string) {
  const has = (list: readonly T[]) => new Set(list.map(keyOf));
  const [wantedKeys, foundKeys] = [has(wanted), has(found)];
  return {
    missing: wanted.filter((one) => !foundKeys.has(keyOf(one))),
    surplus: found.filter((one) => !wantedKeys.has(keyOf(one))),
  };
}
