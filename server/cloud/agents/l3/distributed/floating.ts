// Keeps the namespaces of external networks (`fip-`) on a host: each is shared by all distributed routers that have
// floating IPs there, so it has a pass of its own, which follows those over its routers.
import { isDeepStrictEqual } from 'node:util';
import { listNetns } from '../../../../host/netns.ts';
import { readOvsPorts } from '../../../../host/ovs-ports.ts';
import type { Logger } from '../../../../lib/log.ts';
import { createReconciler, type Reconciler } from '../../../../lib/reconcile.ts';
import { watchHost } from '../../host-watch.ts';
import { readNamespace } from '../../namespace-actual.ts';
import { applySteps } from '../../namespace-apply.ts';
import type { FoundNamespace } from '../../namespace-plan.ts';
import { summarize } from '../../plan-option.ts';
import { keyOf } from '../actual.ts';
import { announce } from '../apply.ts';
import { announcesOneOf, createOwed } from '../owed.ts';
import type { RouterOwnStep, RouterStep } from '../plan.ts';
import type { L3Config } from '../target.ts';
import { floatingOwnership, floatingTarget, planFloating, type FloatingTarget } from './floating-target.ts';
import type { HostNumbers } from './numbers.ts';
import { floatingDeviceName, floatingNamespace, floatingPrefix, type FloatingShare } from './share.ts';

export interface FloatingNamespaces {
  reconciler: Reconciler<RouterStep>;
  /** The server's word on what a router shares; undefined: nothing. */
  note(routerId: string, share: FloatingShare | undefined): void;
  /** After a router's pass: resolves when the namespace that it shares is as it should be, throws when that failed. */
  follow(routerId: string, share: FloatingShare | undefined, hadSteps: boolean): Promise<void>;
  /** All other routers are gone from this host. */
  retain(routerIds: readonly string[]): void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

interface FloatingOptions {
  config: L3Config;
  numbers: HostNumbers;
  /** Makes sure that every router of the host has been noted. */
  fetchAll(): Promise<unknown>;
  /** Hears of the port outside where the layer 2 agent does not see it. */
  tellPorts(networkId: string, ports: string[]): Promise<void>;
  log: Logger;
}

export function createFloatingNamespaces(options: FloatingOptions): FloatingNamespaces {
  const { config, numbers, log } = options;
  const known = new Map<string, FloatingShare>();
  const passed = new Set<string>();
  const owed = createOwed();
  const waiting = createWaiters();
  const stops: (() => unknown)[] = [];
  let isComplete = false;
  let onPassed = (_id: string): Promise<void> => Promise.resolve();

  /** Before every router is known a pass would cut off those that are not. */
  async function allShares(): Promise<FloatingShare[]> {
    if (!isComplete) await options.fetchAll();
    isComplete = true;
    const shares = [...known.values()].toSorted((a, b) => (a.routerId < b.routerId ? -1 : 1));
    numbers.keepOnly(new Set(known.keys()), new Set(shares.flatMap(({ floatingIps }) => floatingIps)));
    return shares;
  }

  const reconciler = createReconciler<FloatingTarget, FoundNamespace, RouterStep>({
    name: 'external network',
    fetch: async (id) => {
      waiting.begin(id);
      const shares = await allShares();
      return floatingTarget(
        shares.filter(({ port }) => port.network_id === id),
        config,
      );
    },
    read: (id, target) =>
      readNamespace(floatingOwnership(id), Object.keys(target?.wanted.sysctls ?? {}), readOvsPorts()),
    plan: (id, target, actual) => {
      const own = floatingOwnership(id);
      const steps = planFloating(target, actual, own).map((step) => ({ ...step, ns: own.ns }));
      return owed.join(id, steps, (step) => announcesOneOf(step, target?.announced ?? []));
    },
    apply: (id, steps) => {
      const ns = floatingNamespace(id);
      const onLateError = (error: Error) => log.debug(`external network ${id}: ${error.message}`);
      return owed.during(id, steps, () =>
        applySteps<RouterOwnStep>(steps, { ns }, (step) => {
          if (step.kind === 'announce') announce(config, ns, step, onLateError);
          return Promise.resolve();
        }),
      );
    },
    listWanted: async () => [...new Set((await allShares()).map(({ port }) => port.network_id))],
    listFound: async () => (await listNetns()).flatMap((ns) => keyOf(ns, floatingPrefix)),
    onResult: async (id, { desired, error, steps }) => {
      if (steps.length > 0 && error === undefined) log.info(`external network ${id}: ${summarize(steps)}`);
      await onPassed(id);
      if (error === undefined) passed.add(id);
      else passed.delete(id);
      waiting.end(id, error);
      if (error === undefined) await options.tellPorts(id, desired?.ownPorts ?? []);
    },
    log,
    resyncSeconds: config.resync_interval,
  });

  const note = (routerId: string, share: FloatingShare | undefined) => {
    if (share === undefined) known.delete(routerId);
    else known.set(routerId, share);
  };
  /** Of each router, as of its last pass. */
  const followed = new Map<string, FloatingShare>();

  return {
    reconciler,
    note,
    follow: async (routerId, share, hadSteps) => {
      const before = followed.get(routerId);
      note(routerId, share);
      if (share === undefined) followed.delete(routerId);
      else followed.set(routerId, share);
      const networks = [before, share].flatMap((item) => (item === undefined ? [] : [item.port.network_id]));
      if (!hadSteps && isDeepStrictEqual(before, share) && networks.every((id) => passed.has(id))) return;
      await Promise.all(
        [...new Set(networks)].map((id) => {
          const ended = waiting.next(id);
          reconciler.add(id);
          return ended;
        }),
      );
    },
    retain: (routerIds) => {
      for (const id of known.keys()) if (!routerIds.includes(id)) known.delete(id);
    },
    start: async () => {
      if (config.agent_mode !== 'legacy') {
        const watch = watchHost({
          namespacePrefixes: [floatingPrefix],
          usesSwitch: true,
          keyOfDevice: (name) =>
            [...known.values()].find(({ port }) => floatingDeviceName(port) === name)?.port.network_id,
          onKey: reconciler.add,
          onAll: () => void reconciler.resync(),
          log,
        });
        onPassed = (id) => watch.passed(id, []);
        stops.push(watch.stop);
      }
      await reconciler.start();
    },
    stop: async () => {
      waiting.endAll();
      await Promise.all([reconciler.stop(), ...stops.map((stop) => stop())]);
    },
  };
}

interface Waiter {
  id: string;
  hasBegun: boolean;
  end(error: Error | undefined): void;
}

/** Those that wait for a pass over a key that began after they asked for it. */
function createWaiters() {
  const waiters = new Set<Waiter>();
  let isStopped = false;
  const endThose = (which: (waiter: Waiter) => boolean, error?: Error) => {
    for (const waiter of [...waiters].filter(which)) {
      waiters.delete(waiter);
      waiter.end(error);
    }
  };
  return {
    next: (id: string) =>
      new Promise<void>((resolve, reject) => {
        if (isStopped) resolve();
        else
          waiters.add({
            ...{ id, hasBegun: false },
            end: (error) => (error === undefined ? resolve() : reject(error)),
          });
      }),
    begin: (id: string) => {
      for (const waiter of waiters) if (waiter.id === id) waiter.hasBegun = true;
    },
    end: (id: string, error: Error | undefined) =>
      endThose((waiter) => waiter.id === id && waiter.hasBegun, error),
    endAll: () => {
      isStopped = true;
      endThose(() => true);
    },
  };
}
