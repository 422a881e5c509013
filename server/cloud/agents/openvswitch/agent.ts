// The running agent: what wakes it, one pass over the host, and what it tells the server afterwards.
import { watchSwitchRestart } from '../../../host/ovs-restart.ts';
import { monitorOvsdb } from '../../../host/ovsdb-monitor.ts';
import { createReconciler, type Reconciler } from '../../../lib/reconcile.ts';
import { openvswitchScheme } from '../firewall/scheme.ts';
import { recordedZones, rememberZones } from '../firewall/zones.ts';
import type { OverlayEvents, PortEvents } from '../l2/rpc-plugin.ts';
import { createPortReport } from '../l2/report.ts';
import { readSwitch, type Actual, type SwitchState } from './actual.ts';
import { apply } from './apply.ts';
import { createHostDesired, type HostDesired, type HostPlugin } from './host-desired.ts';
import { createHostReader } from './host-reader.ts';
import { plan } from './plan.ts';
import { bindPorts, pluggedPorts } from './plan-ports.ts';
import type { Settings } from './settings.ts';
import type { Step } from './steps.ts';
import { watchByPrint } from './watch-by-print.ts';

export interface AgentLog {
  debug(message: string): void;
  info(message: string): void;
  warning(message: string): void;
  error(message: string): void;
}

/** Events of the server are followed by a pass. */
export interface OpenvswitchAgent
  extends PortEvents, OverlayEvents, Pick<Reconciler<Step>, 'settle' | 'verify'> {
  /** A host has distributed routers for the first time. */
  macsChanged(): void;
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
  /** True when frames are marked with the MACs of hosts, as distributed routers need it. */
  isDistributed(): boolean;
}

/** The whole host is one key: flows, rules and tags of all ports are read and changed together. */
export function createAgent(settings: Settings, plugin: HostPlugin, log: AgentLog): OpenvswitchAgent {
  const key = settings.host;
  const known = createHostDesired(plugin, settings);
  const report = createPortReport(plugin, log);
  const reader = createHostReader(settings);
  const zones = new Map<string, number>();
  let snapshot: SwitchState | undefined;
  let reading: Promise<Actual> | undefined;
  let deviceCount = 0;
  let isDistributed = false;
  let problem: Error | undefined;
  let stopWatching = () => {};

  const reconciler = createReconciler<HostDesired, Actual, Step>({
    name: 'host',
    resyncSeconds: 30,
    listWanted: () => {
      known.everythingChanged();
      report.forgetAll();
      reader.forget();
      return Promise.resolve([key]);
    },
    listFound: () => Promise.resolve([]),
    fetch: async () => {
      snapshot = await readSwitch();
      // While the server answers; a failure is met in `read`.
      reading = reader.read(snapshot);
      reading.catch(() => undefined);
      const desired = await known.fetch([...pluggedPorts(snapshot, settings).keys()]);
      problem = desired.problem;
      isDistributed = desired.macs !== undefined;
      return desired;
    },
    read: async () => {
      const actual = await (reading ?? reader.read(await readSwitch()));
      const plugged = pluggedPorts(actual.switch, settings);
      rememberZones(zones, recordedZones(actual.tables[4], openvswitchScheme), (id) => plugged.has(id));
      return actual;
    },
    plan: (_key, desired, actual) => plan(settings, desired, actual, zones),
    apply: async (_key, steps) => {
      try {
        if (await apply(steps)) reader.applied(steps);
        else reader.forget();
      } catch (error) {
        reader.forget();
        throw error;
      }
    },
    onResult: async (_key, { desired, steps, error }) => {
      if (steps.length > 0 && error === undefined) log.info(`Host changed: ${summary(steps)}`);
      // What could be bound is bound even when another bridge is missing.
      const isDone = error === undefined || steps.some((step) => step.kind === 'report-problem');
      if (desired !== undefined && isDone) {
        const plugged = pluggedPorts(snapshot!, settings);
        const { bound, dead } = bindPorts(desired, plugged, snapshot!);
        deviceCount = bound.length;
        const switchedOff = dead.filter(({ port }) =>
          desired.devices.has(port.externalIds['iface-id'] ?? ''),
        );
        await report.tell({
          up: bound.map(({ spec }) => spec.port_id),
          down: switchedOff.map(({ port }) => port.externalIds['iface-id']!),
          plugged: [...plugged.keys()],
        });
      }
      if (desired?.problem !== undefined) throw desired.problem;
    },
    log,
  });

  const wake = () => reconciler.add(key);
  return {
    portChanged: (id) => known.ports.portChanged(id) && wake(),
    networkChanged: (id) => known.ports.networkChanged(id) && wake(),
    groupsChanged: (ids) => known.ports.groupsChanged(ids) && wake(),
    macsChanged: () => known.macsChanged() && wake(),
    tunnelChanged: (news, isGone) => known.overlay.tunnelChanged(news, isGone) && wake(),
    fdbChanged: (ids) => known.overlay.fdbChanged(ids) && wake(),
    resync: () => void reconciler.resync(),
    start: async () => {
      const watches = [
        watchSwitch(settings, wake, log),
        watchSwitchRestart(wake),
        watchByPrint(settings, () => {
          reader.forget();
          wake();
        }),
      ];
      stopWatching = () => {
        for (const watch of watches) watch.stop();
      };
      await reconciler.start();
    },
    stop: () => {
      stopWatching();
      return reconciler.stop();
    },
    cleanUp: async () => {
      const state = await readSwitch();
      await apply(plan(settings, undefined, await createHostReader(settings).read(state), zones));
    },
    settle: reconciler.settle,
    verify: reconciler.verify,
    problem: () => problem,
    deviceCount: () => deviceCount,
    isDistributed: () => isDistributed,
  };
}

/** Ports that come, go or are changed by hand in the switch's database. */
function watchSwitch({ integrationBridge }: Settings, wake: () => void, log: AgentLog): { stop(): void } {
  let isLost = false;
  return monitorOvsdb({
    tables: [
      {
        table: 'Interface',
        columns: ['name', 'type', 'options', 'external_ids', 'ofport', 'ingress_policing_rate'],
      },
      { table: 'Port', columns: ['name', 'tag', 'other_config', 'qos'] },
      { table: 'QoS', columns: ['other_config'] },
      { table: 'Queue', columns: ['other_config'] },
      { table: 'Bridge', columns: ['name', 'fail_mode', 'datapath_type'] },
    ],
    onChange: (_changes, isInitial) => {
      if (isInitial && isLost) log.info('Open vSwitch answers again');
      isLost = false;
      wake();
    },
    onLost: (reason) => {
      isLost = true;
      log.warning(
        `The database of Open vSwitch does not answer (${reason}); ${integrationBridge} is not watched`,
      );
    },
  });
}

function summary(steps: readonly Step[]): string {
  const reasons = steps.map((step) => step.reason);
  return reasons.length > 4
    ? `${reasons.slice(0, 4).join('; ')}; and ${reasons.length - 4} more`
    : reasons.join('; ');
}
