// Bridges and the veth pairs between them. Pure.
import {
  ensureBridgeCommands,
  ensurePortCommands,
  removePortCommand,
  setCommand,
} from '../../../host/ovs-vsctl.ts';
import type { Actual, SwitchBridge } from './actual.ts';
import type { PhysicalBridge } from './bridges.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';

const protocols = ['OpenFlow10', 'OpenFlow13', 'OpenFlow14'];
const macTableSize = '50000';

/** Steps that give every bridge its settings and join the physical ones to the integration bridge. */
export function planBridges(settings: Settings, actual: Actual): Step[] {
  const { integrationBridge, physical } = settings;
  const found = actual.switch.bridges.get(integrationBridge);
  const steps = physical.flatMap((bridge) => planVeth(bridge, settings, actual));
  const differs = bridgeDiffers(found, settings);
  if (differs !== undefined)
    steps.push({
      kind: 'change-switch',
      commands: ensureBridgeCommands(integrationBridge, bridgeColumns(settings)),
      reason: `bridge ${integrationBridge} ${differs}`,
    });
  return [...steps, ...physical.flatMap((bridge) => planPhysical(bridge, settings, actual))];
}

/** Steps that take the veth pairs away again, and the integration bridge where nobody else uses it. */
export function planBridgeRemoval(settings: Settings, actual: Actual): Step[] {
  const { integrationBridge, physical } = settings;
  const reason = 'the agent leaves this host';
  const ours = new Set([
    integrationBridge,
    settings.tunnels.innerPatch,
    ...physical.map(({ inner }) => inner),
  ]);
  const others = [...actual.switch.ports.values()].filter(
    (port) => port.bridge === integrationBridge && !ours.has(port.name),
  );
  const commands = [
    ...physical.flatMap(({ bridge, inner, outer }) => [
      ...(actual.switch.ports.has(inner) ? [removePortCommand(integrationBridge, inner)] : []),
      ...(actual.switch.ports.has(outer) ? [removePortCommand(bridge, outer)] : []),
      ...(actual.switch.bridges.get(bridge)?.failMode === 'secure'
        ? [['clear', 'Bridge', bridge, 'fail_mode']]
        : []),
    ]),
    ...(others.length === 0 && actual.switch.bridges.has(integrationBridge)
      ? [['--if-exists', 'del-br', integrationBridge]]
      : []),
  ];
  return [
    ...(commands.length === 0 ? [] : [{ kind: 'change-switch' as const, commands, reason }]),
    ...physical
      .filter(({ inner }) => actual.devices.has(inner))
      .map(({ inner }): Step => ({ kind: 'remove-link', name: inner, reason })),
  ];
}

export const bridgeColumns = ({ datapathType }: Settings) => ({
  fail_mode: 'secure',
  datapath_type: datapathType,
  protocols,
  other_config: { 'mac-table-size': macTableSize },
});

/** What is wrong with a bridge, in words, or undefined. */
export function bridgeDiffers(bridge: SwitchBridge | undefined, settings: Settings): string | undefined {
  if (bridge === undefined) return 'does not exist';
  if (bridge.failMode !== 'secure') return 'would switch frames by itself without flows';
  const hasDatapath = (bridge.datapathType || 'system') === settings.datapathType;
  if (!hasDatapath) return `has datapath_type '${bridge.datapathType}', not '${settings.datapathType}'`;
  if (protocols.some((name) => !bridge.protocols.includes(name)))
    return 'does not speak every OpenFlow version';
  return bridge.otherConfig['mac-table-size'] === macTableSize ? undefined : 'has a small MAC table';
}

function planPhysical(physical: PhysicalBridge, settings: Settings, actual: Actual): Step[] {
  const { bridge, physicalNetwork } = physical;
  const found = actual.switch.bridges.get(bridge);
  if (found === undefined)
    return [
      {
        kind: 'report-problem',
        reason:
          `Bridge ${bridge} for physical network ${physicalNetwork} does not exist. Create it, with the NIC in it: ` +
          `ovs-vsctl add-br ${bridge} -- add-port ${bridge} NIC; or correct bridge_mappings`,
      },
    ];
  const steps: Step[] = [];
  const differs = bridgeDiffers(found, settings);
  if (differs !== undefined)
    steps.push({
      kind: 'change-switch',
      commands: [setCommand('Bridge', bridge, bridgeColumns(settings))],
      reason: `bridge ${bridge} ${differs}`,
    });
  for (const { name, target, isPlugged } of endsOf(physical, settings, actual))
    if (!isPlugged)
      steps.push({
        kind: 'change-switch',
        commands: ensurePortCommands(target, name),
        reason: `${name} is not in ${target}`,
      });
  return steps;
}

/** Both ends of a pair and whether the switch has them open, in the right bridge, with a device that exists. */
function endsOf({ bridge, inner, outer }: PhysicalBridge, { integrationBridge }: Settings, actual: Actual) {
  const ends = [
    { name: inner, target: integrationBridge },
    { name: outer, target: bridge },
  ];
  const exists = ends.every(({ name }) => actual.devices.has(name));
  return ends.map(({ name, target }) => {
    const port = actual.switch.ports.get(name);
    return { name, target, port, isPlugged: exists && port?.bridge === target && port.ofport !== undefined };
  });
}

/** The pair itself; an end without the other cannot exist. */
function planVeth(physical: PhysicalBridge, settings: Settings, actual: Actual): Step[] {
  const { inner, outer, bridge } = physical;
  if (!actual.switch.bridges.has(bridge)) return [];
  const ends = [inner, outer] as [string, string];
  const steps = endsOf(physical, settings, actual).flatMap(({ name, port, isPlugged }): Step[] =>
    port === undefined || isPlugged
      ? []
      : [
          {
            kind: 'unplug',
            port: name,
            bridge: port.bridge,
            reason: `${name} is not open or in the wrong bridge`,
          },
        ],
  );
  if (!ends.every((end) => actual.devices.has(end))) {
    const reason = `${inner} and ${outer} do not exist`;
    return [...steps, { kind: 'create-veth', ends, mtu: settings.vethMtu, reason }];
  }
  for (const name of ends) {
    const { isUp, mtu } = actual.devices.get(name)!;
    if (!isUp) steps.push({ kind: 'set-link', change: { name, up: true }, reason: `${name} is down` });
    if (mtu < settings.vethMtu)
      steps.push({
        kind: 'set-link',
        change: { name, mtu: settings.vethMtu },
        reason: `${name} has MTU ${mtu}`,
      });
  }
  return steps;
}
