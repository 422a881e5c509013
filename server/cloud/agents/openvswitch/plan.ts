// The whole difference between what the server wants of this host and what the host has, as ordered steps. Pure.
import { planFlows, type Flow } from '../../../host/ovs-ofctl.ts';
import { planFirewall } from '../firewall/plan.ts';
import { openvswitchScheme as scheme } from '../firewall/scheme.ts';
import { isGuarded } from '../l2/desired.ts';
import type { Actual } from './actual.ts';
import { flowCookie } from './bridges.ts';
import { tunnelFlows } from './flows-tunnel.ts';
import { integrationFlows, physicalFlows, type LocalNetwork } from './flows.ts';
import type { HostDesired } from './host-desired.ts';
import { planBridgeRemoval, planBridges } from './plan-bridges.ts';
import { bindPorts, planPorts, pluggedPorts } from './plan-ports.ts';
import { planTunnelBridge, planTunnelPorts, planTunnelRemoval } from './plan-tunnels.ts';
import { managedBridges, type Settings } from './settings.ts';
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
  const networks = [...bindings.networks.values()];
  const physical = settings.physical.filter(({ bridge }) => actual.switch.bridges.has(bridge));
  const wanted = new Map<string, Flow[]>(
    physical.map((bridge) => [bridge.bridge, physicalFlows(bridge, networks)]),
  );
  wanted.set(
    settings.integrationBridge,
    integrationFlows({
      physical,
      networks,
      guarded: bindings.bound
        .filter(({ spec }) => isGuarded(spec))
        .map(({ spec, port }) => ({ spec, port: port.name })),
      dead: bindings.dead.map(({ port }) => port.name),
    }),
  );
  const tunnels = planTunnels(settings, desired, networks, actual, isComplete);
  return [
    ...planBridges(settings, actual),
    ...tunnels.first,
    ...firewall.first,
    ...[...wanted].flatMap(([bridge, flows]) => flowSteps(settings.host, bridge, flows, actual, isComplete)),
    ...planPorts(bindings),
    ...tunnels.last,
    ...firewall.last,
  ];
}

function planTunnels(
  settings: Settings,
  { overlay }: HostDesired,
  localNetworks: LocalNetwork[],
  actual: Actual,
  isComplete: boolean,
): { first: Step[]; last: Step[] } {
  const { host, tunnels } = settings;
  const { bridge, types, outerPatch, answersArp } = tunnels;
  if (types.length === 0)
    return {
      first: [],
      last: [
        ...flowSteps(host, bridge, [], actual, true, () => true),
        ...planTunnelRemoval(settings, actual, 'tunnels are not enabled any more'),
      ],
    };
  const networks = tunnelNetworks(localNetworks, tunnels);
  const ports = wantedTunnels(tunnels, overlay, networks);
  const names = new Set(ports.map(({ name }) => name));
  const steps = planTunnelPorts(settings, ports, actual);
  const flows = tunnelFlows({
    ...{
      outerPatch,
      cookie: flowCookie(host, bridge),
      ports,
      networks,
      members: overlay.members,
      answersArp,
    },
    isDistributed: false,
  });
  const isKnown = isComplete && overlay.isComplete;
  // Learned before the tunnel was taken away: what it would send there is lost.
  const leadsNowhere = ({ actions }: Flow) => !names.has(/output:"([^"]+)"/.exec(actions)?.[1] ?? '');
  return {
    first: [
      ...planTunnelBridge(settings, actual),
      ...steps.first,
      ...flowSteps(host, bridge, flows, actual, isKnown, leadsNowhere),
    ],
    last: isKnown ? steps.last : [],
  };
}

function planRemoval(settings: Settings, actual: Actual): Step[] {
  const off: Settings = { ...settings, enforcesSecurityGroups: false };
  const groups = { security_groups: {}, sg_member_ips: {} };
  const firewall = planFirewall({ scheme, specs: [], groups, zones: new Map() }, actual, off);
  const all = () => true;
  return [
    ...managedBridges(settings).flatMap((bridge) => flowSteps(settings.host, bridge, [], actual, true, all)),
    ...firewall.first,
    ...firewall.last,
    ...planTunnelRemoval(settings, actual, 'the agent leaves this host'),
    ...planBridgeRemoval(settings, actual),
  ];
}

function flowSteps(
  host: string,
  bridge: string,
  wanted: Flow[],
  actual: Actual,
  deletes: boolean,
  isOutdated?: (learned: Flow) => boolean,
): Step[] {
  const found = actual.flows.get(bridge) ?? [];
  const changes = planFlows(wanted, found, flowCookie(host, bridge), isOutdated);
  const lines = deletes ? changes.lines : changes.lines.slice(0, changes.added.length);
  if (lines.length === 0) return [];
  const deleted = deletes ? changes.deleted.length : 0;
  const reason = `${bridge}: ${changes.added.length} flows missing or different, ${deleted} not wanted any more`;
  return [{ kind: 'change-flows', bridge, lines, reason }];
}
