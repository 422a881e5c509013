// The L3 agent: keeps one namespace for every router that the server gave to this host.
import type { Logger } from '../../../lib/log.ts';
import { createReconciler, type Reconciler } from '../../../lib/reconcile.ts';
import { vsctl } from '../../../host/ovs-vsctl.ts';
import { l3Options } from '../../model/options/l3.ts';
import { zoneOptions } from '../../model/options/zone.ts';
import type { AgentState, RouterSpec } from '../../model/specs.ts';
import type { Rpc } from '../../rpc/connect-rpc.ts';
import { cacheDesired } from '../desired-cache.ts';
import { watchHost } from '../host-watch.ts';
import { processesOf } from '../namespace-daemon.ts';
import { readPortsFor, usesVeths } from '../namespace-veth.ts';
import { summarize } from '../plan-option.ts';
import { reportState } from '../report-state.ts';
import { watchRoot } from '../root-watch.ts';
import { runAgent, type Agent } from '../run-agent.ts';
import { listFound, readActual, type NamespaceActual } from './actual.ts';
import { applyRouter } from './apply.ts';
import { targetOf } from './desired.ts';
import { both } from './distributed/both.ts';
import { createFloatingNamespaces } from './distributed/floating.ts';
import { openHostNumbers } from './distributed/numbers.ts';
import { distributedTarget, isDistributed } from './distributed/router-target.ts';
import { chainPrefix } from './nat.ts';
import { orphanCommands } from './orphans.ts';
import { createReports, soon } from './reports.ts';
import { announcesOneOf, createOwed, type OwedStep } from './owed.ts';
import { planRouter, type RouterStep } from './plan.ts';
import {
  deviceNames,
  placesOf,
  plugged,
  routerPrefixes,
  type L3Config,
  type RouterTarget,
} from './target.ts';

export interface L3Agent extends Agent {
  reconciler: Reconciler<RouterStep>;
}

type AgentRpc = Pick<Rpc, 'call' | 'serve' | 'onConnect'>;

export function createL3Agent(config: L3Config, rpc: AgentRpc, log: Logger, zone = 'nova'): L3Agent {
  const { host } = config;
  if (config.agent_mode !== 'legacy' && !config.use_namespaces)
    throw new Error(`agent_mode = ${config.agent_mode} needs use_namespaces = True`);
  if (config.ha_vrrp_auth_password !== '' && !Number.isInteger(config.ha_vrrp_advert_int))
    throw new Error(
      'ha_vrrp_auth_password needs whole seconds in ha_vrrp_advert_int: VRRP version 3 has no passwords',
    );
  const served = new Map<string, RouterTarget>();
  const stops: (() => unknown)[] = [];
  const reports = createReports(config, rpc);
  const numbers = openHostNumbers(config.state_path, (error) =>
    log.warning(`Numbers of distributed routers are not saved: ${error.message}`),
  );
  const toTarget = (router: RouterSpec) =>
    isDistributed(router) ? distributedTarget(router, config, numbers) : targetOf(router, config);
  const fetchRouters = async (router_ids: string[]) => {
    const routers = await rpc.call<RouterSpec[]>('q-l3-plugin', 'sync_routers', { host, router_ids }, soon);
    const targets = new Map(
      routers.flatMap((router) => {
        const target = plugged(toTarget(router), config);
        return target === undefined ? [] : [[router.id, target] as const];
      }),
    );
    for (const id of router_ids) floating.note(id, targets.get(id)?.share);
    return targets;
  };
  const listRouters = () => rpc.call<string[]>('q-l3-plugin', 'get_router_ids', { host });
  const floating = createFloatingNamespaces({
    ...{ config, numbers, log },
    fetchAll: async () => fetchRouters(await listRouters()),
    tellPorts: reports.tellPorts,
  });
  const pidsOf = (id: string) =>
    placesOf(config, id).flatMap(({ daemons }) => daemons.flatMap(processesOf).map(({ pid }) => pid));
  let onPassed = (_id: string): Promise<void> => Promise.resolve();

  const wanted = cacheDesired<RouterTarget>({
    fetchOne: async (id) => (await fetchRouters([id])).get(id),
    fetchMany: fetchRouters,
  });

  const owed = createOwed();
  const isDue = (target: RouterTarget | undefined, step: OwedStep) => {
    const inside = target?.namespaces.find(({ own }) => own.ns === step.ns);
    if (inside === undefined || step.kind === 'forget-connections') return inside !== undefined;
    // who takes over a highly available router announces its addresses, by keepalived too
    return inside.ha === undefined && announcesOneOf(step, inside.announced);
  };

  const reconciler = createReconciler<RouterTarget, NamespaceActual[], RouterStep>({
    name: 'router',
    fetch: wanted.fetch,
    fetchMany: wanted.fetchMany,
    read: (id, target) => readActual(config, id, target),
    plan: (id, target, actual) => owed.join(id, planRouter(target, actual), (step) => isDue(target, step)),
    apply: (id, steps) =>
      owed.during(id, steps, () =>
        applyRouter(config, id, steps, (error) => log.debug(`router ${id}: ${error.message}`)),
      ),
    listWanted: async () => {
      const ids = await listRouters();
      floating.retain(ids);
      return ids;
    },
    listFound: () => listFound(config),
    onResult: async (id, { desired, error, steps }) => {
      if (steps.length > 0 && error === undefined) log.info(`router ${id}: ${summarize(steps)}`);
      await onPassed(id);
      const failure =
        error ??
        (await floating.follow(id, desired?.share, steps.length > 0).catch((reason: Error) => reason));
      if (desired === undefined) {
        if (failure === undefined) {
          served.delete(id);
          reports.gone(id);
        }
      } else {
        served.set(id, desired);
        await reports.passed(id, desired, failure !== undefined);
      }
      if (failure !== undefined && error === undefined) throw failure;
    },
    log,
    resyncSeconds: config.resync_interval,
  });

  /** Removes ports that no router wants; the server is asked only when there seem to be some. */
  async function removeOrphans(): Promise<void> {
    const ports = await readPortsFor(config);
    if (orphanCommands(ports, served.values(), config).length === 0) return;
    const targets = (await fetchRouters(await listRouters())).values();
    const commands = orphanCommands(ports, targets, config);
    for (const words of commands) log.info(`Removing ${words.at(-1)}: no router wants it`);
    await vsctl(commands);
  }

  return {
    reconciler: both(reconciler, floating.reconciler),
    start: async () => {
      const watch = watchHost({
        namespacePrefixes: routerPrefixes,
        usesSwitch: !usesVeths(config),
        keyOfDevice: (name) => [...served].find(([, target]) => deviceNames(target).includes(name))?.[0],
        onKey: reconciler.add,
        onAll: () => void reconciler.resync(),
        log,
      });
      if (!config.use_namespaces) {
        const devices = () =>
          [...served].flatMap(([id, target]) => deviceNames(target).map((name) => [name, id] as const));
        stops.push(watchRoot({ devices, chainPrefix, onKey: reconciler.add }).stop);
      }
      onPassed = (id) => watch.passed(id, pidsOf(id));
      const changed = (ids: readonly string[]) => {
        ids.forEach(wanted.expire);
        reconciler.addMany(ids);
      };
      const onRouters = ({ routers }: { routers: (string | { id: string })[] }) =>
        changed(routers.map((router) => (typeof router === 'string' ? router : router.id)));
      const onRouter = ({ router_id }: { router_id: string }) => changed([router_id]);
      rpc.serve('l3_agent', {
        routers_updated: onRouters,
        router_added_to_agent: ({ payload }: { payload: string[] }) => changed(payload),
        router_removed_from_agent: ({ payload }: { payload: { router_id: string } }) => onRouter(payload),
        router_deleted: onRouter,
        agent_updated: () => void reconciler.resync(),
      });
      const resync = () => {
        reports.forgetAll();
        void reconciler.resync();
        void floating.reconciler.resync();
      };
      rpc.onConnect(resync);
      const state = () => l3State(config, zone, [...served.values()]);
      const reporting = reportState(rpc, state, config.report_interval, { log, onNew: resync });
      const removeOrphansSoon = () =>
        void removeOrphans().catch((error: Error) => log.warning(`Looking for lost ports: ${error.message}`));
      const sweeping = setInterval(removeOrphansSoon, config.resync_interval * 1000);
      stops.push(reporting.stop, watch.stop, () => clearInterval(sweeping));
      await Promise.all([reconciler.start(), floating.start()]);
      removeOrphansSoon();
    },
    stop: async () => {
      await Promise.all([floating.stop(), reconciler.stop(), ...stops.map((stop) => stop())]);
    },
  };
}

function l3State(config: L3Config, zone: string, targets: RouterTarget[]): AgentState {
  const sum = (what: keyof RouterTarget['counts']) =>
    targets.reduce((total, { counts }) => total + counts[what], 0);
  return {
    binary: 'neutron-l3-agent',
    host: config.host,
    agent_type: 'L3 agent',
    topic: 'l3_agent',
    availability_zone: zone,
    configurations: {
      agent_mode: config.agent_mode,
      ex_gw_ports: sum('gateways'),
      extensions: [],
      external_network_bridge: config.external_network_bridge,
      floating_ips: sum('floatingIps'),
      gateway_external_network_id: config.gateway_external_network_id,
      handle_internal_only_routers: config.handle_internal_only_routers,
      interface_driver: config.interface_driver,
      interfaces: sum('interfaces'),
      log_agent_heartbeats: false,
      router_id: config.router_id,
      routers: targets.length,
      use_namespaces: config.use_namespaces,
    },
  };
}

export const main = (argv: string[]): Promise<void> =>
  runAgent(argv, {
    name: 'neutron-l3-agent',
    options: l3Options,
    groups: { agent: zoneOptions },
    create: (config, rpc, log, { agent }) =>
      createL3Agent(config, rpc, log, agent!.availability_zone as string),
  });
