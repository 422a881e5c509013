// The metering agent: counts in the routers of this host what their labels choose, and publishes the sums.
import { readCounters, readTables, restoreTables } from '../../../host/iptables.ts';
import { listNetns } from '../../../host/netns.ts';
import type { Config } from '../../../lib/config.ts';
import type { Logger } from '../../../lib/log.ts';
import { createReconciler, type Reconciler } from '../../../lib/reconcile.ts';
import { adminContext } from '../../model/context.ts';
import { meteringAgentOptions, meteringDrivers, meteringOptions } from '../../model/options/metering.ts';
import type { AgentState, MeteringRouterSpec } from '../../model/specs.ts';
import type { Rpc } from '../../rpc/connect-rpc.ts';
import { cacheDesired } from '../desired-cache.ts';
import { reportState } from '../report-state.ts';
import { runAgent, type Agent } from '../run-agent.ts';
import { namespacePrefixes, placesOf, root, type PlaceTarget } from './desired.ts';
import { createMeter, type MeterReport } from './meter.ts';
import { families, planPlace, type FoundTables, type MeteringStep } from './plan.ts';
import { watchComing } from './watch-coming.ts';

export type MeteringConfig = Config<{ DEFAULT: typeof meteringOptions }>['DEFAULT'];
type AgentRpc = Pick<Rpc, 'call' | 'serve' | 'onConnect' | 'notify'>;

export interface MeteringAgent extends Agent {
  reconciler: Reconciler<MeteringStep>;
  /** Looks at all counters now. */
  measure(): Promise<void>;
  /** Publishes what was measured since the last report. */
  report(): MeterReport[];
}

export function createMeteringAgent(
  config: MeteringConfig,
  rpc: AgentRpc,
  log: Logger,
  heartbeat = 30,
): MeteringAgent {
  const { host, use_namespaces } = config;
  const isCounting = meteringDrivers[config.driver as keyof typeof meteringDrivers] === 'iptables';
  const seconds = () => Math.floor(Date.now() / 1000);
  const meter = createMeter(host, seconds);
  const served = new Map<string, PlaceTarget>();

  const fetchAll = async (): Promise<Map<string, PlaceTarget>> => {
    if (!isCounting) return new Map();
    const routers = await rpc.call<MeteringRouterSpec[]>(
      'q-metering-plugin',
      'get_sync_data_metering',
      { host },
      { timeoutMs: 10_000 },
    );
    return placesOf(routers, { use_namespaces });
  };
  const wanted = cacheDesired<PlaceTarget>({
    fetchOne: async (place) => (await fetchAll()).get(place),
    fetchMany: fetchAll,
  });

  const isOurs = (ns: string) => namespacePrefixes.some((prefix) => ns.startsWith(prefix));
  const listFound = async () => (use_namespaces ? (await listNetns()).filter(isOurs) : [root]);
  const inside = (place: string) => (place === root ? {} : { ns: place });

  /** Undefined: there is no such namespace here (yet). */
  const readPlace = async (place: string): Promise<FoundTables | undefined> => {
    if (!(await listFound()).includes(place)) return undefined;
    const [tables, tables6] = await Promise.all(
      families.map((family) => readTables({ ...inside(place), family })),
    );
    return { 4: tables!, 6: tables6! };
  };

  async function measurePlace(place: string, target: PlaceTarget): Promise<void> {
    for (const family of families) {
      if (Object.keys(target.tables[family]).length === 0) continue;
      const counters = await readCounters({ ...inside(place), family });
      meter.read(`${place} ${family}`, counters, target.labels);
    }
  }

  const reconciler = createReconciler<PlaceTarget, FoundTables | undefined, MeteringStep>({
    name: 'metered namespace',
    fetch: wanted.fetch,
    fetchMany: wanted.fetchMany,
    listWanted: async () => [...(await fetchAll()).keys()],
    listFound,
    read: readPlace,
    plan: (_, target, actual) => (actual === undefined ? [] : planPlace(target, actual)),
    apply: async (place, steps) => {
      const before = served.get(place);
      // what was counted until now, for a chain may go
      if (before !== undefined) await measurePlace(place, before).catch(() => undefined);
      for (const { family, input, made } of steps) {
        await restoreTables(input, { ...inside(place), family });
        meter.made(`${place} ${family}`, made);
      }
    },
    onResult: async (place, { desired, error }) => {
      if (error !== undefined) return;
      const isThere = desired !== undefined && (await listFound()).includes(place);
      if (isThere) served.set(place, desired);
      else {
        served.delete(place);
        for (const family of families) meter.gone(`${place} ${family}`);
      }
    },
    log,
    resyncSeconds: config.resync_interval,
  });

  async function measure(): Promise<void> {
    for (const [place, target] of served)
      await measurePlace(place, target).catch((error: Error) =>
        log.debug(`Counters of ${place || 'the host'} cannot be read: ${error.message}`),
      );
    meter.measured();
  }

  function report(): MeterReport[] {
    const reports = meter.report(config.report_interval);
    const named = (pattern: RegExp) => config.notification_driver.some((driver) => pattern.test(driver));
    for (const payload of reports) {
      if (named(/rpc_notifier|messaging/)) rpc.notify('l3.meter', payload, adminContext());
      if (named(/log_notifier|^log$/)) log.info(`l3.meter ${JSON.stringify(payload)}`);
    }
    return reports;
  }

  const stops: (() => void)[] = [];
  return {
    reconciler,
    measure,
    report,
    start: async () => {
      const changed = () => void reconciler.resync();
      rpc.serve('metering_agent', {
        add_metering_label: changed,
        remove_metering_label: changed,
        add_metering_label_rule: changed,
        remove_metering_label_rule: changed,
        update_metering_label_rules: changed,
        routers_updated: changed,
        router_deleted: changed,
        agent_updated: changed,
      });
      rpc.onConnect(changed);
      const reporting = reportState(rpc, () => meteringState(config), heartbeat, { log, onNew: changed });
      stops.push(reporting.stop, watchComing(isOurs, reconciler.add), keepMeasuring());
      await reconciler.start();
    },
    stop: async () => {
      for (const stop of stops) stop();
      await reconciler.stop();
    },
  };

  /** Measures one after the other, and reports when it is time; gives how to stop. */
  function keepMeasuring(): () => void {
    let reportedAt = 0;
    let running: Promise<void> | undefined;
    const turn = async () => {
      await measure();
      if (seconds() - reportedAt < config.report_interval) return;
      report();
      reportedAt = seconds();
    };
    const timer = setInterval(
      () => (running ??= turn().finally(() => (running = undefined))),
      config.measure_interval * 1000,
    );
    return () => clearInterval(timer);
  }
}

const meteringState = (config: MeteringConfig): AgentState => ({
  binary: 'neutron-metering-agent',
  host: config.host,
  agent_type: 'Metering agent',
  topic: 'metering_agent',
  configurations: {
    log_agent_heartbeats: false,
    measure_interval: config.measure_interval,
    metering_driver: config.driver,
    report_interval: config.report_interval,
  },
});

export const main = (argv: string[]): Promise<void> =>
  runAgent(argv, {
    name: 'neutron-metering-agent',
    service: 'metering',
    options: meteringOptions,
    groups: { agent: meteringAgentOptions },
    create: (config, rpc, log, { agent }) =>
      createMeteringAgent(config, rpc, log, agent!.report_interval as number),
  });
