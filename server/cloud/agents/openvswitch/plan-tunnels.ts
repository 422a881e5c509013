// The tunnel bridge, the patch to it and the ports of its tunnels. Pure.
import {
  ensureBridgeCommands,
  ensurePortCommands,
  removeBridgeCommand,
  removePortCommand,
} from '../../../host/ovs-vsctl.ts';
import type { Actual, SwitchPort } from './actual.ts';
import { flowCookie } from './bridges.ts';
import { bridgeColumns, bridgeDiffers } from './plan-bridges.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';
import { tunnelName, tunnelOptions, type TunnelPort } from './tunnels.ts';

/** Steps that make the tunnel bridge and join it to the integration bridge. */
export function planTunnelBridge(settings: Settings, actual: Actual): Step[] {
  const { bridge } = settings.tunnels;
  const differs = bridgeDiffers(actual.switch.bridges.get(bridge), settings);
  const steps: Step[] = [];
  if (differs !== undefined)
    steps.push({
      kind: 'change-switch',
      commands: ensureBridgeCommands(bridge, bridgeColumns(settings)),
      reason: `bridge ${bridge} ${differs}`,
    });
  for (const { name, target, peer } of patchEnds(settings)) {
    const port = actual.switch.ports.get(name);
    if (port !== undefined && port.bridge !== target)
      steps.push({ kind: 'unplug', port: name, bridge: port.bridge, reason: `${name} is in ${port.bridge}` });
    if (port?.bridge !== target || !isPatch(port, peer))
      steps.push({
        kind: 'change-switch',
        commands: ensurePortCommands(target, name, { type: 'patch', options: { peer } }),
        reason: `${name} in ${target} does not lead to ${peer}`,
      });
  }
  return steps;
}

const patchEnds = ({ integrationBridge, tunnels }: Settings) => [
  { name: tunnels.innerPatch, target: integrationBridge, peer: tunnels.outerPatch },
  { name: tunnels.outerPatch, target: tunnels.bridge, peer: tunnels.innerPatch },
];

const isPatch = (port: SwitchPort | undefined, peer: string) =>
  port?.type === 'patch' && port.options.peer === peer;

/** Steps for the tunnels: `first` before the flows that use them, `last` when no flow does any more. */
export function planTunnelPorts(
  { tunnels }: Settings,
  wanted: readonly TunnelPort[],
  actual: Actual,
): { first: Step[]; last: Step[] } {
  const names = new Set(wanted.map(({ name }) => name));
  const last = [...actual.switch.ports.values()]
    .filter((port) => port.bridge === tunnels.bridge && isTunnel(port) && !names.has(port.name))
    .map((port): Step => ({
      kind: 'change-switch',
      commands: [removePortCommand(tunnels.bridge, port.name)],
      reason: `nobody is behind ${port.name} any more`,
    }));
  const first = wanted.flatMap((tunnel): Step[] => {
    const found = actual.switch.ports.get(tunnel.name);
    const options = tunnelOptions(tunnels, tunnel);
    const isThere = found?.bridge === tunnels.bridge && found.type === tunnel.type;
    if (isThere && hasOptions(found, options)) return [];
    const steps: Step[] = [];
    if (found !== undefined && found.bridge !== tunnels.bridge)
      steps.push({
        kind: 'unplug',
        port: tunnel.name,
        bridge: found.bridge,
        reason: `${tunnel.name} is in ${found.bridge}`,
      });
    steps.push({
      kind: 'change-switch',
      commands: [
        ...ensurePortCommands(tunnels.bridge, tunnel.name, { type: tunnel.type, options }),
        ...(found?.options.dst_port === undefined || options.dst_port !== undefined
          ? []
          : [['remove', 'Interface', tunnel.name, 'options', 'dst_port']]),
      ],
      reason: `tunnel ${tunnel.name} to ${tunnel.remoteIp} is ${isThere ? 'set up otherwise' : 'missing'}`,
    });
    return steps;
  });
  return { first, last };
}

/** Its name says what it is: nobody else's port does. */
const isTunnel = ({ name, type, options }: SwitchPort) =>
  (type === 'gre' || type === 'vxlan') && name === tunnelName(type, options.remote_ip ?? '');

const hasOptions = (port: SwitchPort, options: Record<string, string>) =>
  port.options.dst_port === options.dst_port &&
  Object.entries(options).every(([key, value]) => port.options[key] === value);

/** Steps that take tunnels, patch and, where nobody else uses it, the tunnel bridge off the host. */
export function planTunnelRemoval(settings: Settings, actual: Actual, reason: string): Step[] {
  const { bridge } = settings.tunnels;
  const { bridges, ports } = actual.switch;
  const ends = patchEnds(settings).filter(({ name, peer }) => isPatch(ports.get(name), peer));
  const cookie = flowCookie(settings.host, bridge);
  const isOurs =
    ends.some(({ target }) => target === bridge) ||
    actual.flows.get(bridge)?.some((flow) => flow.cookie === cookie) === true;
  if (!isOurs) return [];
  const here = [...ports.values()].filter((port) => port.bridge === bridge);
  const ours = new Set([
    bridge,
    settings.tunnels.outerPatch,
    ...here.filter(isTunnel).map(({ name }) => name),
  ]);
  const isShared = here.some(({ name }) => !ours.has(name));
  const commands = [
    ...ends.map(({ name, target }) => removePortCommand(target, name)),
    ...here.filter(isTunnel).map(({ name }) => removePortCommand(bridge, name)),
    ...(isShared || !bridges.has(bridge) ? [] : [removeBridgeCommand(bridge)]),
  ];
  return commands.length === 0 ? [] : [{ kind: 'change-switch', commands, reason }];
}
