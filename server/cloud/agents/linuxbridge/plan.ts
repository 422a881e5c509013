// The whole difference between what the server wants of this host and what the host has, as ordered steps. Pure.
import { heldAlias } from '../../../host/guest-vif.ts';
import type { Link } from '../../../host/link.ts';
import type { DeviceSpec } from '../../model/specs.ts';
import { planFirewall } from '../firewall/plan.ts';
import { linuxbridgeScheme as scheme } from '../firewall/scheme.ts';
import { isGuarded } from '../l2/desired.ts';
import { pluggedTaps, type Actual } from './actual.ts';
import type { HostDesired } from './desired.ts';
import { networksOf, type BridgedNetwork, type Unreachable } from './networks.ts';
import { change, planBridgedNetwork, planLeftovers, type Memory } from './plan-networks.ts';
import { planBuckets, qosChains } from './plan-qos.ts';
import { planSpoofGuard } from './plan-spoof.ts';
import { planAccessPorts, planLeftPorts } from './plan-switch.ts';
import { planTunnelEntries } from './plan-vxlan.ts';
import type { Settings } from './settings.ts';
import { ip, problem, type Step } from './steps.ts';

/** What earlier passes saw and a hand may have taken away since. */
export interface Seen {
  zones: ReadonlyMap<string, number>;
  holdings: Memory;
}

/** What becomes of the taps found here. */
export interface Bindings {
  bound: { tap: Link; spec: DeviceSpec; network: BridgedNetwork }[];
  /** In a network's bridge, without a port of this host. */
  unknown: Link[];
  unreachable: Unreachable[];
  networks: BridgedNetwork[];
  /** False while the server has not answered for every tap. */
  isComplete: boolean;
}

export function bindTaps(desired: HostDesired, settings: Settings, actual: Actual): Bindings {
  const taps = pluggedTaps(actual, Object.values(settings.bridges));
  const specOf = (tap: Link) => desired.devices.get(desired.taps.get(tap.name) ?? '');
  const isUnknown = ({ name }: Link) =>
    desired.taps.has(name) &&
    (desired.taps.get(name) === undefined || desired.unknown.has(desired.taps.get(name)!));
  const known = taps.flatMap((tap) => {
    const spec = specOf(tap);
    return spec === undefined ? [] : [{ tap, spec }];
  });
  const { networks, unreachable } = networksOf(
    known.map(({ spec }) => spec),
    settings,
    actual,
  );
  const byId = new Map(networks.map((network) => [network.id, network]));
  return {
    bound: known.flatMap(({ tap, spec }) => {
      const network = byId.get(spec.network_id);
      return network === undefined ? [] : [{ tap, spec, network }];
    }),
    unknown: taps.filter((tap) => tap.master !== undefined && isUnknown(tap)),
    unreachable,
    networks,
    isComplete: taps.every((tap) => specOf(tap) !== undefined || isUnknown(tap)),
  };
}

/**
 * Order: rules of a port before its tap is joined, bridges and segments, tunnels, taps, then what is left over.
 * Without a desired state everything that is the agent's is taken away.
 */
export function plan(
  settings: Settings,
  desired: HostDesired | undefined,
  actual: Actual,
  seen: Seen,
): Step[] {
  if (desired === undefined) return planRemoval(settings, actual);
  const { bound, unknown, unreachable, networks, isComplete } = bindTaps(desired, settings, actual);
  const specs = bound.map(({ spec }) => spec);
  const firewall = isComplete
    ? planFirewall(
        { scheme, specs, groups: desired.groups, zones: seen.zones, mangle: qosChains(bound) },
        actual,
        settings,
      )
    : { first: [], last: [] };
  const bridges = networks.map((network) => planBridgedNetwork(network, settings, actual, seen.holdings));
  return [
    ...firewall.first,
    ...(isComplete ? planSpoofGuard(specs.filter(isGuarded), actual.ebtables) : []),
    ...planAccessPorts(networks, actual),
    ...bridges.flat(),
    ...planTunnelEntries(networks, desired.overlay, settings, actual, deletedIn(bridges.flat())),
    ...bound.flatMap(({ tap, spec, network }) =>
      change(tap.name, tap, {
        mtu: network.mtu,
        master: network.bridge,
        isUp: spec.admin_state_up && tap.alias !== heldAlias,
      }),
    ),
    ...planBuckets(bound, actual),
    ...unknown.map(({ name }) =>
      ip(['link', 'set', 'dev', name, 'nomaster'], `the server knows no port of ${name} on this host`),
    ),
    ...(isComplete ? [...planLeftovers(networks, settings, actual), ...planLeftPorts(networks, actual)] : []),
    ...firewall.last,
    ...unreachable.map(({ id, reason }) => problem(`Network ${id} cannot be here: ${reason}`)),
  ];
}

/** Devices that steps delete, to make them anew. */
const deletedIn = (steps: readonly Step[]): Set<string> =>
  new Set(
    steps.flatMap((step) =>
      step.kind === 'ip' && step.args[0] === 'link' && step.args[1] === 'delete' ? [step.args[3]!] : [],
    ),
  );

function planRemoval(settings: Settings, actual: Actual): Step[] {
  const off: Settings = { ...settings, enforcesSecurityGroups: false };
  const groups = { security_groups: {}, sg_member_ips: {} };
  const firewall = planFirewall({ scheme, specs: [], groups, zones: new Map() }, actual, off);
  return [
    ...firewall.first,
    ...planBuckets([], actual),
    ...planSpoofGuard([], actual.ebtables),
    ...planLeftovers([], settings, actual),
    ...planLeftPorts([], actual),
    ...firewall.last,
  ];
}
