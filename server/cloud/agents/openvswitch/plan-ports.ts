// Which local VLAN each port of the integration bridge is in. Pure.
import { setCommand, type VsctlCommand } from '../../../host/ovs-vsctl.ts';
import type { DeviceSpec } from '../../model/specs.ts';
import type { Desired } from '../l2/desired.ts';
import type { SwitchPort, SwitchState } from './actual.ts';
import type { LocalNetwork } from './flows.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';
import { assignTags, deadVlan, type RecordedTag } from './vlan-tags.ts';

/** What becomes of the ports: bound ones have a network with a tag, dead ones reach nobody. */
export interface Bindings {
  bound: { spec: DeviceSpec; port: SwitchPort; tag: number }[];
  dead: { port: SwitchPort; reason: string }[];
  networks: Map<string, LocalNetwork>;
}

/** Ids of the ports plugged into the integration bridge, each once, in order of their device's name. */
export function pluggedPorts({ ports }: SwitchState, { integrationBridge }: Settings): Map<string, string> {
  const devices = new Map<string, string>();
  for (const port of [...ports.values()].sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const id = port.externalIds['iface-id'];
    if (
      port.bridge === integrationBridge &&
      id !== undefined &&
      port.ofport !== undefined &&
      !devices.has(id)
    )
      devices.set(id, port.name);
  }
  return devices;
}

/** Sorts the plugged ports (device name by port id) by what the server says of them. */
export function bindPorts(
  desired: Desired,
  plugged: ReadonlyMap<string, string>,
  { ports }: SwitchState,
): Bindings {
  const present = [...plugged].map(([id, name]) => ({
    port: ports.get(name)!,
    spec: desired.devices.get(id),
    id,
  }));
  const alive = present.filter(({ spec }) => spec?.admin_state_up === true);
  const networks = [...new Set(alive.map(({ spec }) => spec!.network_id))];
  const tags = assignTags(networks, recordedTags(ports));
  const bindings: Bindings = { bound: [], dead: [], networks: new Map() };
  for (const { id: portId, port, spec } of present) {
    const tag = spec === undefined ? undefined : tags.get(spec.network_id);
    if (spec === undefined) {
      if (desired.unknown.has(portId))
        bindings.dead.push({ port, reason: 'the server knows no such port on this host' });
    } else if (!spec.admin_state_up) bindings.dead.push({ port, reason: 'its admin state is down' });
    else if (tag === undefined) bindings.dead.push({ port, reason: 'no local VLAN is free' });
    else {
      bindings.bound.push({ spec, port, tag });
      const { network_type, physical_network, segmentation_id } = spec;
      const id = spec.network_id;
      bindings.networks.set(id, { id, network_type, physical_network, segmentation_id, tag });
    }
  }
  return bindings;
}

/** Tags that ports remember in their other_config, in order of the ports' names. */
function recordedTags(ports: ReadonlyMap<string, SwitchPort>): RecordedTag[] {
  return [...ports.values()]
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap(({ otherConfig }) => {
      const network = otherConfig.net_uuid;
      return network === undefined ? [] : [{ network, tag: Number(otherConfig.tag) }];
    });
}

/** Steps that give every port its tag and write down why it has it. */
export function planPorts({ bound, dead }: Bindings): Step[] {
  return [
    ...bound.flatMap(({ spec, port, tag }): Step[] => {
      const wanted = record(spec, tag);
      const keys = [...Object.keys(wanted), 'segmentation_id'];
      const isRecorded = keys.every((key) => port.otherConfig[key] === wanted[key]);
      if (isRecorded && port.tag === tag) return [];
      const commands: VsctlCommand[] = [
        ...(isRecorded || !Object.hasOwn(port.otherConfig, 'segmentation_id')
          ? []
          : [['--if-exists', 'remove', 'Port', port.name, 'other_config', 'segmentation_id']]),
        setCommand('Port', port.name, { tag, other_config: wanted }, { ifExists: true }),
      ];
      const reason = `${port.name} belongs to network ${spec.network_id}: tag ${tag}, not ${port.tag ?? 'none'}`;
      return [{ kind: 'change-switch', commands, reason }];
    }),
    ...dead
      .filter(({ port }) => port.tag !== deadVlan)
      .map(({ port, reason }): Step => ({
        kind: 'change-switch',
        commands: [setCommand('Port', port.name, { tag: deadVlan }, { ifExists: true })],
        reason: `${port.name} is dead: ${reason}`,
      })),
  ];
}

/** The Port's other_config, which a restarted agent reads back. */
function record(spec: DeviceSpec, tag: number): Record<string, string> {
  return {
    net_uuid: spec.network_id,
    network_type: spec.network_type,
    physical_network: spec.physical_network ?? 'None',
    ...(spec.segmentation_id === null ? {} : { segmentation_id: String(spec.segmentation_id) }),
    tag: String(tag),
  };
}
