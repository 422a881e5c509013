// Plugging an instance's interface the hybrid way: veth tap/ethN - Linux bridge qbr - veth qvb/qvo - Open vSwitch.
// iptables sees the frames on the Linux bridge, which is what security groups need.
import { existsSync } from 'node:fs';
import { inGuestNetns } from './guest-netns.ts';
import { ipBatch } from './ip.ts';
import type { Link } from './link.ts';
import type { OvsPort } from './ovs-ports.ts';
import { ensurePortCommands, removePortCommand, vsctl } from './ovs-vsctl.ts';
import { run } from './run.ts';
import { setSysctls } from './sysctl.ts';

export interface GuestVif {
  port_id: string;
  mac_address: string;
  mtu: number;
  /** Name inside the instance: `eth0`. */
  nic: string;
  /** File of the instance's network namespace. */
  netns: string;
  vm_uuid: string;
  bridge: string;
}

/** The devices of a port: names are cut to 14 characters as Neutron does. */
export const vifNames = (port_id: string) => {
  const cut = port_id.slice(0, 11);
  return { tap: `tap${cut}`, qbr: `qbr${cut}`, qvb: `qvb${cut}`, qvo: `qvo${cut}` };
};

/** Makes all devices of a port anew and puts it into the Open vSwitch bridge. */
export async function plugVif(vif: GuestVif): Promise<void> {
  const { tap, qbr, qvb, qvo } = vifNames(vif.port_id);
  const mtu = ['mtu', String(vif.mtu)];
  await removeDevices(vif.port_id);
  const bridge = ['forward_delay', '0', 'stp_state', '0', 'ageing_time', '0', 'mcast_snooping', '0'];
  const inside = ['name', vif.nic, 'address', vif.mac_address, ...mtu, 'netns', vif.netns];
  await ipBatch([
    ['link', 'add', 'name', tap, ...mtu, 'type', 'veth', 'peer', ...inside],
    ['link', 'add', 'name', qbr, ...mtu, 'type', 'bridge', ...bridge],
    ['link', 'add', 'name', qvb, ...mtu, 'type', 'veth', 'peer', 'name', qvo, ...mtu],
  ]);
  const devices = [tap, qbr, qvb, qvo].filter((name) => existsSync(`/proc/sys/net/ipv6/conf/${name}`));
  await setSysctls(Object.fromEntries(devices.map((name) => [`net/ipv6/conf/${name}/disable_ipv6`, 1])));
  await Promise.all([
    ipBatch([
      ['link', 'set', 'dev', qvb, 'promisc', 'on', 'master', qbr, 'up'],
      ['link', 'set', 'dev', qvo, 'promisc', 'on', 'up'],
      ['link', 'set', 'dev', tap, 'master', qbr, 'up'],
      ['link', 'set', 'dev', qbr, 'up'],
    ]),
    // The userspace datapath passes frames on as they are: checksums must be whole.
    run(inGuestNetns(vif.netns, ['ethtool', '-K', vif.nic, 'tx', 'off'])),
  ]);
  const externalIds = {
    'iface-id': vif.port_id,
    'iface-status': 'active',
    'attached-mac': vif.mac_address,
    'vm-uuid': vif.vm_uuid,
  };
  await vsctl(ensurePortCommands(vif.bridge, qvo, { externalIds }));
}

/** Takes a port out of the bridge and removes its devices. */
export async function unplugVif(bridge: string, port_id: string): Promise<void> {
  await vsctl([removePortCommand(bridge, vifNames(port_id).qvo)]);
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

/** Cuts or restores an instance's carrier, as a paused machine does not answer. */
export const setVifUp = (port_id: string, up: boolean): Promise<void> =>
  ipBatch([['link', 'set', 'dev', vifNames(port_id).tap, up ? 'up' : 'down']]);

/** True where every device of the port is there and joined, among all devices and switch ports of the node. */
export function isPlugged(
  port_id: string,
  links: ReadonlyMap<string, Link>,
  ports: ReadonlyMap<string, OvsPort>,
): boolean {
  const { tap, qbr, qvb, qvo } = vifNames(port_id);
  return (
    links.get(tap)?.master === qbr &&
    links.get(qvb)?.master === qbr &&
    links.has(qvo) &&
    ports.get(qvo)?.externalIds['iface-id'] === port_id
  );
}
