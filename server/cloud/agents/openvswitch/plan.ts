// The whole difference between what the server wants of this host and what the host has, as ordered steps. Pure.
import type { Flow } from '../../../host/ovs-ofctl.ts';
import { planFirewall } from '../firewall/plan.ts';
import { openvswitchScheme as scheme } from '../firewall/scheme.ts';
import type { Actual } from './actual.ts';
import { flowCookie } from './bridges.ts';
import { forgetLearned } from './flows-tunnel.ts';
import type { HostDesired } from './host-desired.ts';
import { planBridgeRemoval, planBridges } from './plan-bridges.ts';
import { everything, flowRemoval, flowSteps, wantedFlows, type Tunnels } from './plan-flows.ts';
import { planMeters, planQos, planQosRemoval, wantedMeters } from './plan-qos.ts';
import { bindPorts, planPorts, pluggedPorts } from './plan-ports.ts';
import { planTunnelBridge, planTunnelPorts, planTunnelRemoval } from './plan-tunnels.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';
import { tunnelNetworks, wantedTunnels } from './tunnels.ts';

/**
 * Order: devices and bridges, rules and flows of a port, then its tag (only a tag lets it speak), then what is left over.
 * Without a desired state everything that is marked as ours is taken away.
 */
export function plan(
  settings: Settings,
  desired: HostDesired | undefined,
  actual: Actual,
  zones: ReadonlyMap<string, number>,
): Step[] {
  if (desired === undefined) return planRemoval(settings, actual);
  const plugged = pluggedPorts(actual.switch, settings);
  const bindings = bindPorts(desired, plugged, actual.switch);
  // While the server has not answered for every port, what is there for the others must stay.
  const isComplete = [...plugged.keys()].every((id) => desired.devices.has(id) || desired.unknown.has(id));
  const specs = bindings.bound.map(({ spec }) => spec);
  const firewall = isComplete
    ? planFirewall({ scheme, specs, groups: desired.groups, zones }, actual, settings)
    : { first: [], last: [] };
  const networks = tunnelNetworks(bindings.networks.values(), settings.tunnels);
  const tunnels = { networks, ports: wantedTunnels(settings.tunnels, desired.overlay, networks) };
  const tunnelSteps = planTunnels(settings, desired, tunnels, actual, isComplete);
  // Half of a distributed router would send frames with its MAC to where it must not be seen.
  const isWaiting = settings.isDistributed && desired.macs === undefined;
  const flows = isWaiting ? [] : wantedFlows(settings, desired, bindings, tunnels, actual);
  const meters = planMeters(settings, wantedMeters(settings, bindings), actual);
  return [
    ...planBridges(settings, actual),
    ...tunnelSteps.first,
    ...firewall.first,
    ...(isWaiting ? [] : meters.first),
    ...[...flows].flatMap(([bridge, wanted]) =>
      bridge === settings.tunnels.bridge
        ? tunnelFlowSteps(settings, desired, tunnels, wanted, actual, isComplete)
        : flowSteps(settings, bridge, wanted, actual, { deletes: isComplete }),
    ),
    ...(isWaiting ? [] : planPorts(bindings)),
    ...planQos(settings, bindings, actual),
    ...(isComplete && !isWaiting ? meters.last : []),
    ...tunnelSteps.last,
    ...firewall.last,
  ];
}

function tunnelFlowSteps(
  settings: Settings,
  { overlay }: HostDesired,
  { ports }: Tunnels,
  wanted: Flow[],
  actual: Actual,
  isComplete: boolean,
): Step[] {
  const names = new Set(ports.map(({ name }) => name));
  // Learned before the tunnel was taken away: what it would send there is lost.
  const isOutdated = ({ actions }: Flow) => !names.has(/output:"([^"]+)"/.exec(actions)?.[1] ?? '');
  const deletes = isComplete && overlay.isComplete;
  const { bridge } = settings.tunnels;
  const steps = flowSteps(settings, bridge, wanted, actual, { deletes, isOutdated });
  if (!deletes) return steps;
  const forgets = forgetLearned(actual.flows.get(bridge) ?? [], wanted, flowCookie(settings.host, bridge));
  return steps.map((step) =>
    step.kind === 'change-flows' ? { ...step, lines: [...forgets, ...step.lines] } : step,
  );
}

/** Steps before and after those of the flows. */
function planTunnels(
  settings: Settings,
  { overlay }: HostDesired,
  { ports }: Tunnels,
  actual: Actual,
  isComplete: boolean,
): { first: Step[]; last: Step[] } {
  const { bridge, types } = settings.tunnels;
  if (types.length === 0)
    return {
      first: [],
      last: [
        ...flowSteps(settings, bridge, [], actual, everything),
        ...planTunnelRemoval(settings, actual, 'tunnels are not enabled any more'),
      ],
    };
  const steps = planTunnelPorts(settings, ports, actual);
  return {
    first: [...planTunnelBridge(settings, actual), ...steps.first],
    last: isComplete && overlay.isComplete ? steps.last : [],
  };
}

function planRemoval(settings: Settings, actual: Actual): Step[] {
  const off: Settings = { ...settings, enforcesSecurityGroups: false };
  const groups = { security_groups: {}, sg_member_ips: {} };
  const firewall = planFirewall({ scheme, specs: [], groups, zones: new Map() }, actual, off);
  return [
    ...flowRemoval(settings, actual),
    ...planQosRemoval(settings, actual),
    ...firewall.first,
    ...firewall.last,
    ...planTunnelRemoval(settings, actual, 'the agent leaves this host'),
    ...planBridgeRemoval(settings, actual),
  ];
}
