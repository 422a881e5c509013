// The running agent: what wakes it, one pass over the host, and what it tells the server afterwards.
import { parseLinks } from '../../../host/link.ts';
import { readIpBatch } from '../../../host/ip.ts';
import { readOvsPorts } from '../../../host/ovs-ports.ts';
import { hasVlanDevices } from '../../../host/vlan-support.ts';
import { createReconciler, type Reconciler } from '../../../lib/reconcile.ts';
import { linuxbridgeScheme } from '../firewall/scheme.ts';
import { recordedZones, rememberZones } from '../firewall/zones.ts';
import { createPortReport } from '../l2/report.ts';
import { pluggedTaps, readActual, type Actual } from './actual.ts';
import { apply } from './apply.ts';
import { createHostDesired, type HostDesired, type HostPlugin } from './desired.ts';
import { bindTaps, plan } from './plan.ts';
import type { Holdings } from './plan-flat.ts';
import { rememberHoldings } from './plan-networks.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';
import { watchHost } from './watch.ts';

export interface AgentLog {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

export interface LinuxbridgeAgent extends Pick<Reconciler<Step>, 'settle' | 'verify'> {
  /** Something changed at the server; a pass follows. */
  portChanged(id: string): void;
  networkChanged(id: string): void;
  groupsChanged(ids: string[]): void;
  tunnelChanged(news: { tunnel_ip: string; tunnel_type: string }, isGone: boolean): void;
  fdbChanged(networkIds: readonly string[]): void;
  /** Everything is asked for again and reported again: after a reconnect, or when the server had forgotten this agent. */
  resync(): void;
  start(): Promise<void>;
  /** Ends the agent and leaves the host as it is. */
  stop(): Promise<void>;
  /** Takes everything of the agent off the host. */
  cleanUp(): Promise<void>;
  /** Why the server's last answer is missing, if it is. */
  problem(): Error | undefined;
  /** Number of ports that are bound here, for the state report. */
  deviceCount(): number;
  /** What makes VLAN devices on this host. */
  vlanDevices(): Promise<Actual['vlans']>;
}

/** The whole host is one key: bridges, rules and tunnels of all ports are read and changed together. */
export function createAgent(settings: Settings, plugin: HostPlugin, log: AgentLog): LinuxbridgeAgent {
  const key = settings.host;
  const knowledge = createHostDesired(plugin, settings);
  const report = createPortReport(plugin, log);
  const zones = new Map<string, number>();
  const holdings = new Map<string, Holdings>();
  let vlans: Promise<Actual['vlans']> | undefined;
  let snapshot: Actual | undefined;
  let deviceCount = 0;
  let problem: Error | undefined;
  let stopWatching = async () => {};

  const vlanDevices = () => (vlans ??= hasVlanDevices().then((has) => (has ? 'kernel' : 'openvswitch')));
  const decide = (desired: HostDesired | undefined, actual: Actual) =>
    plan(settings, desired, actual, { zones, holdings });

  const reconciler = createReconciler<HostDesired, Actual, Step>({
    name: 'host',
    resyncSeconds: 30,
    listWanted: () => {
      knowledge.everythingChanged();
      report.forgetAll();
      return Promise.resolve([key]);
    },
    listFound: () => Promise.resolve([]),
    fetch: async () => {
      const desired = await knowledge.fetch(await readTaps(settings, await vlanDevices()));
      problem = desired.problem;
      return desired;
    },
    read: async () => {
      const actual = (snapshot = await readActual(await vlanDevices()));
      rememberZones(zones, recordedZones(actual.tables[4], linuxbridgeScheme), (bridge) =>
        actual.links.has(bridge),
      );
      rememberHoldings(holdings, settings, actual);
      return actual;
    },
    plan: (_key, desired, actual) => decide(desired, actual),
    apply: (_key, steps) => apply(steps),
    onResult: async (_key, { desired, steps, error }) => {
      if (steps.length > 0 && error === undefined) log.info(`Host changed: ${summary(steps)}`);
      // What could be bound is bound even when another network cannot be here.
      const isDone = error === undefined || steps.some((step) => step.kind === 'report-problem');
      if (desired !== undefined && isDone) {
        const { bound } = bindTaps(desired, settings, snapshot!);
        deviceCount = bound.length;
        const idsOf = (isUp: boolean) =>
          bound.filter(({ spec }) => spec.admin_state_up === isUp).map(({ spec }) => spec.port_id);
        await report.tell({
          up: idsOf(true),
          down: idsOf(false),
          plugged: [...desired.taps.values()].filter((id) => id !== undefined),
        });
      }
      if (desired?.problem !== undefined) throw desired.problem;
    },
    log,
  });

  const wake = () => reconciler.add(key);
  const { ports, overlay } = knowledge;
  return {
    portChanged: (id) => ports.portChanged(id) && wake(),
    networkChanged: (id) => ports.networkChanged(id) && wake(),
    groupsChanged: (ids) => ports.groupsChanged(ids) && wake(),
    tunnelChanged: (news, isGone) => overlay.tunnelChanged(news, isGone) && wake(),
    fdbChanged: (ids) => overlay.fdbChanged(ids) && wake(),
    resync: () => void reconciler.resync(),
    start: async () => {
      const usesSwitch = (await vlanDevices()) === 'openvswitch';
      if (usesSwitch)
        log.info('The kernel makes no VLAN devices: access ports of Open vSwitch stand in for them');
      const watch = watchHost({ checkSeconds: settings.checkSeconds, usesSwitch }, wake);
      stopWatching = () => watch.stop();
      await reconciler.start();
    },
    stop: async () => {
      await stopWatching();
      await reconciler.stop();
    },
    cleanUp: async () => apply(decide(undefined, await readActual(await vlanDevices()))),
    settle: reconciler.settle,
    verify: reconciler.verify,
    problem: () => problem,
    deviceCount: () => deviceCount,
    vlanDevices,
  };
}

/** Names of the taps that are here. */
async function readTaps(settings: Settings, vlans: Actual['vlans']): Promise<string[]> {
  const [[links = []], ports] = await Promise.all([
    readIpBatch([['link', 'show']]),
    vlans === 'openvswitch' ? readOvsPorts().catch(() => undefined) : undefined,
  ]);
  const byName = new Map(parseLinks(links).map((link) => [link.name, link]));
  return pluggedTaps({ links: byName, ports }, Object.values(settings.bridges)).map(({ name }) => name);
}

function summary(steps: readonly Step[]): string {
  const reasons = steps.map((step) => step.reason);
  return reasons.length > 4
    ? `${reasons.slice(0, 4).join('; ')}; and ${reasons.length - 4} more`
    : reasons.join('; ');
}
