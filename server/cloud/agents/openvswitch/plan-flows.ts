// Flows of all bridges: what they should be, and the steps to that. Pure.
import { planFlows, type Flow, type FlowPlanOptions } from '../../../host/ovs-ofctl.ts';
import { isGuarded } from '../l2/desired.ts';
import type { Actual } from './actual.ts';
import { flowCookie } from './bridges.ts';
import { distributionOf } from './distribution.ts';
import { integrationDvrFlows, physicalDvrFlows, tunnelDvrFlows } from './flows-dvr.ts';
import { tunnelFlows } from './flows-tunnel.ts';
import { integrationFlows, physicalFlows } from './flows.ts';
import type { HostDesired } from './host-desired.ts';
import type { Bindings } from './plan-ports.ts';
import { qosPorts } from './plan-qos.ts';
import { managedBridges, type Settings } from './settings.ts';
import type { Step } from './steps.ts';
import type { TunnelNetwork, TunnelPort } from './tunnels.ts';

/** Tunnels of this host and what goes through them. */
export interface Tunnels {
  ports: readonly TunnelPort[];
  networks: readonly TunnelNetwork[];
}

/** Wanted flows by bridge, for bridges that exist or that the agent makes. */
export function wantedFlows(
  settings: Settings,
  { overlay, macs }: HostDesired,
  bindings: Bindings,
  tunnels: Tunnels,
  actual: Actual,
): Map<string, Flow[]> {
  const { host, integrationBridge } = settings;
  const { bridge: tunnelBridge, types, innerPatch, outerPatch, answersArp } = settings.tunnels;
  const networks = [...bindings.networks.values()];
  const physical = settings.physical.filter(({ bridge }) => actual.switch.bridges.has(bridge));
  const distribution =
    settings.isDistributed && macs !== undefined ? distributionOf(bindings, macs) : undefined;
  const hasTunnels = types.length > 0;
  const wanted = new Map<string, Flow[]>();
  for (const bridge of physical)
    wanted.set(
      bridge.bridge,
      distribution === undefined
        ? physicalFlows(bridge, networks)
        : physicalDvrFlows(bridge, networks, distribution),
    );
  if (hasTunnels)
    wanted.set(tunnelBridge, [
      ...tunnelFlows({
        ...{ outerPatch, answersArp, ...tunnels },
        cookie: flowCookie(host, tunnelBridge),
        members: overlay.members,
        isDistributed: distribution !== undefined,
      }),
      ...(distribution === undefined ? [] : tunnelDvrFlows(distribution, outerPatch)),
    ]);
  wanted.set(integrationBridge, [
    ...integrationFlows({
      physical,
      networks,
      guarded: bindings.bound
        .filter(({ spec }) => isGuarded(spec))
        .map(({ spec, port }) => ({ spec, port: port.name })),
      dead: bindings.dead.map(({ port }) => port.name),
      qos: qosPorts(settings, bindings),
    }),
    ...(distribution === undefined
      ? []
      : integrationDvrFlows(distribution, { physical, innerPatch: hasTunnels ? innerPatch : undefined })),
  ]);
  return wanted;
}

/** Steps to the wanted flows of one bridge. */
export function flowSteps(
  { host }: Settings,
  bridge: string,
  wanted: readonly Flow[],
  actual: Actual,
  options: FlowPlanOptions = {},
): Step[] {
  const found = actual.flows.get(bridge) ?? [];
  const { lines, added, deleted, after } = planFlows(wanted, found, flowCookie(host, bridge), options);
  if (lines.length === 0) return [];
  const reason = `${bridge}: ${added.length} flows missing or different, ${deleted.length} not wanted any more`;
  return [{ kind: 'change-flows', bridge, lines, after, reason }];
}

/** Also what the switch learned. */
export const everything: FlowPlanOptions = { isOutdated: () => true };

/** Steps that take all flows of the agent away. */
export const flowRemoval = (settings: Settings, actual: Actual): Step[] =>
  managedBridges(settings).flatMap((bridge) => flowSteps(settings, bridge, [], actual, everything));
