// The DHCP agent: keeps one namespace with a dnsmasq for every network that the server gave to this host.
import type { Logger } from '../../../lib/log.ts';
import { createReconciler, type Reconciler } from '../../../lib/reconcile.ts';
import { shareReads } from '../../../lib/share-reads.ts';
import { findProcesses } from '../../../host/process.ts';
import { dhcpOptions } from '../../model/options/dhcp.ts';
import { zoneOptions } from '../../model/options/zone.ts';
import type { AgentState, NetworkSpec } from '../../model/specs.ts';
import type { Rpc } from '../../rpc/connect-rpc.ts';
import { cacheDesired } from '../desired-cache.ts';
import { watchHost } from '../host-watch.ts';
import { readPortsFor, usesVeths } from '../namespace-veth.ts';
import { summarize } from '../plan-option.ts';
import { proxyPlace } from '../metadata-proxy.ts';
import { processesOf as daemonProcesses } from '../namespace-daemon.ts';
import { reportState } from '../report-state.ts';
import { watchRoot } from '../root-watch.ts';
import { runAgent, type Agent } from '../run-agent.ts';
import { tellOnce } from '../told-once.ts';
import { areFilesDamaged, listFound, readActual, type DhcpActual } from './actual.ts';
import { applyDhcp } from './apply.ts';
import {
  chainPrefix,
  folderOf,
  namespacePrefix,
  targetOf,
  type DhcpConfig,
  type DhcpTarget,
} from './desired.ts';
import { eventMethods, keyOfEvent } from './events.ts';
import { watchFiles } from './file-watch.ts';
import { planDhcp, type DhcpStep } from './plan.ts';

export interface DhcpAgent extends Agent {
  reconciler: Reconciler<DhcpStep>;
}

/** A pass does not wait longer than this for the server: the host may need it meanwhile. */
const soon = { timeoutMs: 10_000 };

type AgentRpc = Pick<Rpc, 'call' | 'serve' | 'onConnect'>;

export function createDhcpAgent(config: DhcpConfig, rpc: AgentRpc, log: Logger, zone = 'nova'): DhcpAgent {
  const { host } = config;
  const served = new Map<string, DhcpTarget>();
  const readiness = tellOnce((port_ids) => rpc.call('q-plugin', 'dhcp_ready_on_ports', { port_ids }, soon));
  const stops: (() => unknown)[] = [];

  const fetchAll = () => rpc.call<NetworkSpec[]>('q-plugin', 'get_active_networks_info', { host });
  const processesOf = (id: string) => [
    ...findProcesses('dnsmasq', `${folderOf(config, id)}/`, `${folderOf(config, id)}/pid`),
    ...daemonProcesses(proxyPlace(config, id)),
  ];
  let onPassed = (_id: string): Promise<void> => Promise.resolve();

  const wanted = cacheDesired<DhcpTarget>({
    fetchOne: async (network_id) =>
      targetOf(
        await rpc.call<NetworkSpec | null>('q-plugin', 'get_network_info', { network_id, host }, soon),
        config,
      ),
    fetchMany: async () => {
      const targets = (await fetchAll()).map((network) => [network.id, targetOf(network, config)] as const);
      return new Map(targets.filter((entry): entry is [string, DhcpTarget] => entry[1] !== undefined));
    },
  });

  const readPorts = shareReads(() => readPortsFor(config));
  /** What the last full listing said: the server is asked once for ids and networks together. */
  let listing: Promise<Map<string, DhcpTarget>> = Promise.resolve(new Map());

  const reconciler = createReconciler<DhcpTarget, DhcpActual, DhcpStep>({
    name: 'network',
    fetch: wanted.fetch,
    fetchMany: () => listing,
    read: (id) => readActual(config, id, { ports: readPorts(), known: wanted.peek(id) }),
    plan: (_, target, actual) => planDhcp(target, actual, { keepsNamespace: !config.dhcp_delete_namespaces }),
    apply: (id, steps) => applyDhcp(config, id, steps),
    listWanted: async () => {
      listing = wanted.fetchMany();
      return [...(await listing).keys()];
    },
    listFound: () => listFound(config),
    onResult: async (id, { desired, error, steps }) => {
      if (steps.length > 0 && error === undefined) log.info(`network ${id}: ${summarize(steps)}`);
      if (error === undefined) {
        if (desired === undefined) served.delete(id);
        else served.set(id, desired);
      }
      await onPassed(id);
      if (error !== undefined) return;
      await readiness.tell(id, desired?.servedPorts ?? []);
    },
    log,
    resyncSeconds: config.resync_interval,
    parallel: config.num_sync_threads,
  });

  const state = (): AgentState => dhcpState(config, zone, [...served.values()]);

  return {
    reconciler,
    start: async () => {
      const watch = watchHost({
        namespacePrefixes: [namespacePrefix],
        usesSwitch: !usesVeths(config),
        keyOfDevice: (name) => [...served].find(([, target]) => target.device === name)?.[0],
        onKey: reconciler.add,
        onAll: () => void reconciler.resync(),
        log,
      });
      if (!config.use_namespaces) {
        const devices = () => [...served].map(([id, { device }]) => [device, id] as const);
        stops.push(watchRoot({ devices, chainPrefix, onKey: reconciler.add }).stop);
      }
      const files = watchFiles(config.dhcp_confs, (id) => {
        const target = served.get(id);
        if (target !== undefined && areFilesDamaged(config, id, target)) reconciler.add(id);
      });
      onPassed = async (id) => {
        files.refresh(served.keys());
        await watch.passed(
          id,
          processesOf(id).map(({ pid }) => pid),
        );
      };
      const onEvent = (args: { payload?: Record<string, unknown> }) => {
        const { networkId, portId } = keyOfEvent(args.payload ?? {});
        if (networkId === undefined) return void reconciler.resync();
        readiness.forget(networkId, portId);
        wanted.expire(networkId);
        reconciler.add(networkId);
      };
      rpc.serve('dhcp_agent', Object.fromEntries(eventMethods.map((method) => [method, onEvent])));
      const resync = () => {
        readiness.forgetAll();
        void reconciler.resync();
      };
      rpc.onConnect(resync);
      const reports = reportState(rpc, state, config.report_interval, { log, onNew: resync });
      stops.push(reports.stop, watch.stop, files.stop);
      await reconciler.start();
    },
    stop: async () => {
      await Promise.all([reconciler.stop(), ...stops.map((stop) => stop())]);
    },
  };
}

function dhcpState(config: DhcpConfig, zone: string, targets: DhcpTarget[]): AgentState {
  const sum = (what: 'subnets' | 'ports') => targets.reduce((total, { counts }) => total + counts[what], 0);
  return {
    binary: 'neutron-dhcp-agent',
    host: config.host,
    agent_type: 'DHCP agent',
    topic: 'dhcp_agent',
    availability_zone: zone,
    configurations: {
      dhcp_driver: config.dhcp_driver,
      dhcp_lease_duration: config.dhcp_lease_duration,
      log_agent_heartbeats: false,
      networks: targets.length,
      ports: sum('ports'),
      subnets: sum('subnets'),
      use_namespaces: config.use_namespaces,
    },
  };
}

export const main = (argv: string[]): Promise<void> =>
  runAgent(argv, {
    name: 'neutron-dhcp-agent',
    options: dhcpOptions,
    groups: { agent: zoneOptions },
    create: (config, rpc, log, { agent }) =>
      createDhcpAgent(config, rpc, log, agent!.availability_zone as string),
  });
