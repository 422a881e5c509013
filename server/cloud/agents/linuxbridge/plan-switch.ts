// VLAN devices where the kernel makes none: access ports of the Open vSwitch bridge that holds the NIC. Pure.
import {
  ensureBridgeCommands,
  ensurePortCommands,
  removeBridgeCommand,
  removePortCommand,
} from '../../../host/ovs-vsctl.ts';
import type { Actual } from './actual.ts';
import { mark, vlanSwitch } from './names.ts';
import type { BridgedNetwork, Segment } from './networks.ts';
import { problem, type Step } from './steps.ts';

type Access = Extract<Segment, { kind: 'access' }>;

const marked = { 'attached-by': mark };

export const accessPorts = (networks: readonly BridgedNetwork[]): (Access & { mtu: number })[] =>
  networks.flatMap(({ segment, mtu }) => (segment.kind === 'access' ? [{ ...segment, mtu }] : []));

/** Makes the ports that are missing; a NIC that no switch holds gets one, and keeps its addresses. */
export function planAccessPorts(networks: readonly BridgedNetwork[], { ports, links }: Actual): Step[] {
  if (ports === undefined) return [];
  return accessPorts(networks).flatMap(({ device, nic, vlan, mtu }): Step[] => {
    const bridge = ports.get(nic)?.bridge ?? vlanSwitch(nic);
    const found = ports.get(device);
    if (found?.bridge === bridge && found.tag === (vlan ?? 0))
      return links.has(device) ? [] : [problem(`The switch has no device for its port ${device} yet`)];
    // With the VLAN 0 the port is an access port for frames without a tag.
    const port = { type: 'internal', tag: vlan ?? 0, mtuRequest: mtu, externalIds: marked };
    const commands = [
      ...(ports.has(nic) ? [] : switchCommands(bridge, nic)),
      ...ensurePortCommands(bridge, device, port),
    ];
    const tag = vlan === undefined ? 'without a tag' : `with VLAN ${vlan}`;
    const reason = `no port of ${bridge} takes frames ${tag} to ${device}`;
    const moved: Step[] =
      found === undefined || found.bridge === bridge
        ? []
        : [
            {
              kind: 'change-switch',
              commands: [removePortCommand(found.bridge, device)],
              reason: `${device} is a port of ${found.bridge}, which does not hold ${nic}`,
            },
          ];
    return [...moved, { kind: 'change-switch', commands, reason }];
  });
}

const switchCommands = (bridge: string, nic: string) => [
  ...ensureBridgeCommands(bridge, { datapath_type: 'netdev', fail_mode: 'standalone' }),
  ...ensurePortCommands(bridge, nic, { externalIds: marked }),
];

/** Takes away the ports that no network needs, and switches that hold nothing else any more. */
export function planLeftPorts(networks: readonly BridgedNetwork[], { ports }: Actual): Step[] {
  if (ports === undefined) return [];
  const wanted = accessPorts(networks);
  const names = new Set(wanted.map(({ device }) => device));
  const nics = new Set(wanted.map(({ nic }) => nic));
  const ours = [...ports.values()].filter(({ externalIds }) => externalIds['attached-by'] === mark);
  const left = ours.filter(({ name, type }) => type === 'internal' && !names.has(name));
  const idle = ours.filter(({ name, type }) => type !== 'internal' && !nics.has(name));
  return [
    ...left.map(({ name, bridge }): Step => ({
      kind: 'change-switch',
      commands: [removePortCommand(bridge, name)],
      reason: `no network needs ${name} any more`,
    })),
    ...idle.map(({ name, bridge }): Step => ({
      kind: 'change-switch',
      commands: [removeBridgeCommand(bridge)],
      reason: `no VLAN of ${name} is needed any more`,
    })),
  ];
}
