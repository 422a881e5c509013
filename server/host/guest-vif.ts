// Plugging an instance's interface. The hybrid way: veth tap/ethN - Linux bridge qbr - veth qvb/qvo - Open vSwitch, where iptables
// sees the frames, which is what security groups need. Others put the tap straight into Open vSwitch or into a Linux bridge brq.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { ensureBridge } from './bridge.ts';
import { inGuestNetns } from './guest-netns.ts';
import { ipBatch, type IpArgs } from './ip.ts';
import type { Link } from './link.ts';
import { readOvsPortsIfAny, type OvsPort } from './ovs-ports.ts';
import { ensurePortCommands, removePortCommand, vsctl } from './ovs-vsctl.ts';
import { run } from './run.ts';
import { setSysctls } from './sysctl.ts';

export interface GuestVif {
  port_id: string;
  mac_address: string;
  mtu: number;
  /** Name inside the instance: `eth0`. */
  nic: string;
  /** Its number inside, which processes that move with the instance know it by; left out: the kernel chooses. */
  index?: number;
  /** File of the instance's network namespace. */
  netns: string;
  vm_uuid: string;
  /** Of Open vSwitch, or (`kind` bridge) the Linux bridge of the network. */
  bridge: string;
  kind: VifKind;
}

export type VifKind = 'hybrid' | 'ovs' | 'bridge';

/** The devices of a port: names are cut to 14 characters as Neutron does. */
export const vifNames = (port_id: string) => {
  const cut = port_id.slice(0, 11);
  return { tap: `tap${cut}`, qbr: `qbr${cut}`, qvb: `qvb${cut}`, qvo: `qvo${cut}` };
};

/** Makes all devices of a port anew and puts it into the bridge. */
export async function plugVif(vif: GuestVif): Promise<void> {
  const { tap } = vifNames(vif.port_id);
  await removeDevices(vif.port_id);
  const mtu = ['mtu', String(vif.mtu)];
  const index = vif.index === undefined ? [] : ['index', String(vif.index)];
  const inside = ['name', vif.nic, ...index, 'address', vif.mac_address, ...mtu, 'netns', vif.netns];
  const makeTap = ['link', 'add', 'name', tap, ...mtu, 'type', 'veth', 'peer', ...inside];
  if (vif.kind === 'hybrid') await plugHybrid(vif, makeTap);
  else {
    await ipBatch([makeTap]);
    await silence([tap]);
    // The bridge after the tap: the network's agent would take a bridge without anything away.
    if (vif.kind === 'bridge') await ensureBridge(vif.bridge, { mtu: vif.mtu });
    const master = vif.kind === 'bridge' ? ['master', vif.bridge] : [];
    await Promise.all([ipBatch([['link', 'set', 'dev', tap, ...master, 'up']]), wholeChecksums(vif)]);
  }
  if (vif.kind === 'bridge') return;
  const externalIds = {
    'iface-id': vif.port_id,
    'iface-status': 'active',
    'attached-mac': vif.mac_address,
    'vm-uuid': vif.vm_uuid,
  };
  const port = vif.kind === 'hybrid' ? vifNames(vif.port_id).qvo : tap;
  await vsctl(ensurePortCommands(vif.bridge, port, { externalIds }));
}

async function plugHybrid(vif: GuestVif, makeTap: IpArgs): Promise<void> {
  const { tap, qbr, qvb, qvo } = vifNames(vif.port_id);
  const mtu = ['mtu', String(vif.mtu)];
  const bridge = ['forward_delay', '0', 'stp_state', '0', 'ageing_time', '0', 'mcast_snooping', '0'];
  await ipBatch([
    makeTap,
    ['link', 'add', 'name', qbr, ...mtu, 'type', 'bridge', ...bridge],
    ['link', 'add', 'name', qvb, ...mtu, 'type', 'veth', 'peer', 'name', qvo, ...mtu],
  ]);
  await silence([tap, qbr, qvb, qvo]);
  await Promise.all([
    ipBatch([
      ['link', 'set', 'dev', qvb, 'promisc', 'on', 'master', qbr, 'up'],
      ['link', 'set', 'dev', qvo, 'promisc', 'on', 'up'],
      ['link', 'set', 'dev', tap, 'master', qbr, 'up'],
      ['link', 'set', 'dev', qbr, 'up'],
    ]),
    wholeChecksums(vif),
  ]);
}

/** The host itself speaks no IPv6 on these devices. */
async function silence(names: readonly string[]): Promise<void> {
  const devices = names.filter((name) => existsSync(`/proc/sys/net/ipv6/conf/${name}`));
  await setSysctls(Object.fromEntries(devices.map((name) => [`net/ipv6/conf/${name}/disable_ipv6`, 1])));
}

/** The userspace datapath, here or on the receiver's host, passes frames on as they are: checksums must be whole. */
const wholeChecksums = ({ netns, nic }: GuestVif) =>
  run(inGuestNetns(netns, ['ethtool', '-K', nic, 'tx', 'off']));

/** Takes a port out of its bridge, whichever it is, and removes its devices. */
export async function unplugVif(port_id: string): Promise<void> {
  const { tap, qvo } = vifNames(port_id);
  const ports = await readOvsPortsIfAny();
  const plugged = [qvo, tap].flatMap((name) => ports.get(name) ?? []);
  await vsctl(plugged.map(({ bridge, name }) => removePortCommand(bridge, name)));
  await removeDevices(port_id);
}

async function removeDevices(port_id: string): Promise<void> {
  const { tap, qbr, qvb } = vifNames(port_id);
  const left = [tap, qvb, qbr].filter((name) => existsSync(`/sys/class/net/${name}`));
  await ipBatch(
    left.map((name) => ['link', 'delete', 'dev', name]),
    undefined,
    { force: true },
  );
}

/** What the device of an instance is called while nothing may reach it: a bridge's agent must not set it up again. */
export const heldAlias = 'nova-held-down';
const freeAlias = 'nova-plugged';

/** Cuts or restores an instance's carrier, as a paused machine does not answer. */
export const setVifUp = (port_id: string, up: boolean): Promise<void> =>
  ipBatch([
    ['link', 'set', 'dev', vifNames(port_id).tap, 'alias', up ? freeAlias : heldAlias, up ? 'up' : 'down'],
  ]);

/** The number of a port's interface inside its instance. */
export const nicIndexOf = async (port_id: string): Promise<number> =>
  Number(await readFile(`/sys/class/net/${vifNames(port_id).tap}/iflink`, 'utf8'));

/** How a port is plugged, among all devices and switch ports of the node; undefined: not, or not wholly. */
export function pluggedAs(
  port_id: string,
  links: ReadonlyMap<string, Link>,
  ports: ReadonlyMap<string, OvsPort>,
): VifKind | undefined {
  const { tap, qbr, qvb, qvo } = vifNames(port_id);
  const isPort = (name: string) => ports.get(name)?.externalIds['iface-id'] === port_id;
  const master = links.get(tap)?.master;
  if (!links.has(tap)) return undefined;
  if (isPort(tap)) return 'ovs';
  if (master !== qbr && !links.has(qvb) && !links.has(qvo)) return 'bridge';
  return master === qbr && links.get(qvb)?.master === qbr && links.has(qvo) && isPort(qvo)
    ? 'hybrid'
    : undefined;
}
