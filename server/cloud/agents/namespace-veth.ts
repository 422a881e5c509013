// Ports plugged by a veth pair (BridgeInterfaceDriver): one end in the namespace, `tap...` in the root namespace for a bridge.
import { readdir, readFile, readlink } from 'node:fs/promises';
import { basename } from 'node:path';
import { disableTxOffload } from '../../host/ethtool.ts';
import { ipBatch } from '../../host/ip.ts';
import { removeLink } from '../../host/link.ts';
import { readOvsPorts, type OvsPort } from '../../host/ovs-ports.ts';
import { ensurePortCommands, removePortCommand, vsctl } from '../../host/ovs-vsctl.ts';
import type { FoundNamespace, WantedDevice, WantedNamespace } from './namespace-plan.ts';

/** A device of the root namespace that may be an outer end. */
export interface OuterEnd {
  master?: string;
  isUp: boolean;
}

type VethDevice = WantedDevice & { outer: string };

/** Makes what is missing of the pair, brings the outer end up and into the bridge, if one is named. */
export interface VethPlugStep {
  kind: 'plug-veth';
  device: VethDevice;
  /** Both ends are there and stay. */
  isPaired: boolean;
  /** The bridge is one of Open vSwitch. */
  isSwitch: boolean;
  /** Internal ports of a switch that have the names of the ends: another interface driver made them. */
  replaced: { name: string; bridge: string }[];
  reason: string;
}

/** Alias of an outer end that was put into a bridge: the Linux bridge agent leaves it there. */
export const placedAlias = 'neutron-external-network-bridge';

/** What the configuration says about plugging. */
interface DriverConfig {
  interface_driver: string;
  ovs_integration_bridge: string;
}

export const usesVeths = ({ interface_driver }: Pick<DriverConfig, 'interface_driver'>): boolean =>
  /BridgeInterfaceDriver$|^linuxbridge$/.test(interface_driver);

/** `ns-`, `qr-` and `qg-` devices have `tap` at the other end. */
export const outerNameOf = (name: string) => `tap${name.slice(3)}`;

/** A device as the interface driver plugs it; a port that would go into the integration bridge is left to the layer 2 agent. */
export function asPlugged(device: WantedDevice, config: DriverConfig): WantedDevice {
  if (!usesVeths(config)) return device;
  const bridge = device.bridge === config.ovs_integration_bridge ? '' : device.bridge;
  return { ...device, bridge, outer: outerNameOf(device.name) };
}

export const withPluggedDevices = (wanted: WantedNamespace, config: DriverConfig): WantedNamespace => ({
  ...wanted,
  devices: wanted.devices.map((device) => asPlugged(device, config)),
});

/** Pure. */
export function planVethPlug(
  device: VethDevice,
  { links, ports, outerEnds }: Pick<FoundNamespace, 'links' | 'ports' | 'outerEnds'>,
): VethPlugStep[] {
  const { name, outer, bridge } = device;
  const replaced = [name, outer].flatMap((end) => {
    const port = ports.get(end);
    return port?.type === 'internal' ? [{ name: end, bridge: port.bridge }] : [];
  });
  const end = outerEnds?.get(outer);
  // The ends of a pair live and die together.
  const isPaired =
    replaced.length === 0 &&
    end !== undefined &&
    links.some((link) => link.name === name && link.kind === 'veth');
  const isSwitch = bridge !== '' && ports.get(bridge)?.bridge === bridge;
  const isIn = bridge === '' || (isSwitch ? ports.get(outer)?.bridge === bridge : end?.master === bridge);
  const reason = !isPaired
    ? `there is no pair of ${name} and ${outer}`
    : !isIn
      ? `${outer} is no port of ${bridge}`
      : // Taking it down is for the layer 2 agent, where it has one.
        bridge !== '' && !end.isUp
        ? `${outer} is down`
        : undefined;
  return reason === undefined ? [] : [{ kind: 'plug-veth', device, isPaired, isSwitch, replaced, reason }];
}

export async function applyVethPlug(
  { device, isPaired, isSwitch, replaced }: VethPlugStep,
  ns: string | undefined,
): Promise<void> {
  const { name, outer, bridge, portId, mac, mtu } = device;
  await vsctl(replaced.map((port) => removePortCommand(port.bridge, port.name)));
  if (!isPaired) {
    await Promise.all([removeLink(outer), removeLink(name, ns)]);
    const inside = [
      'name',
      name,
      'address',
      mac,
      'mtu',
      String(mtu),
      ...(ns === undefined ? [] : ['netns', ns]),
    ];
    await ipBatch([['link', 'add', 'name', outer, 'mtu', String(mtu), 'type', 'veth', 'peer', ...inside]]);
    // The receiver may be behind a switch in user space, which passes frames on as they are.
    await disableTxOffload(name, ns);
  }
  const master = bridge === '' || isSwitch ? [] : ['master', bridge];
  const alias = bridge === '' ? [] : ['alias', placedAlias];
  await ipBatch([['link', 'set', 'dev', outer, ...alias, ...master, 'up']]);
  if (!isSwitch) return;
  const externalIds = { 'iface-id': portId, 'attached-mac': mac, 'iface-status': 'active' };
  await vsctl(ensurePortCommands(bridge, outer, { externalIds }));
}

/** The switch's ports; with veth pairs a host need not have a switch. */
export async function readPortsFor(
  config: Pick<DriverConfig, 'interface_driver'>,
): Promise<ReadonlyMap<string, OvsPort>> {
  const reading = readOvsPorts();
  return usesVeths(config) ? reading.catch(() => new Map<string, OvsPort>()) : reading;
}

const folder = '/sys/class/net';

/** Every `tap...` of the root namespace, without starting a process. */
export async function readOuterEnds(): Promise<Map<string, OuterEnd>> {
  const names = (await readdir(folder)).filter((name) => name.startsWith('tap'));
  const ends = await Promise.all(
    names.map(async (name) => {
      const [flags, master] = await Promise.all([
        readFile(`${folder}/${name}/flags`, 'utf8').catch(() => undefined),
        readlink(`${folder}/${name}/master`).catch(() => undefined),
      ]);
      if (flags === undefined) return [];
      const isUp = (Number(flags) & 1) === 1;
      return [[name, { isUp, ...(master === undefined ? {} : { master: basename(master) }) }] as const];
    }),
  );
  return new Map(ends.flat());
}
