// The compute nodes: who has reported lately, and which of them an instance goes to.
import type { ServiceReport } from '../model/instance.ts';
import { instances, services, type ServiceRow } from '../store/compute-tables.ts';
import type { Store } from '../store/store.ts';
import { serverFault } from './failure.ts';

export interface Hosts {
  /** Notes a sign of life. */
  report(report: ServiceReport): Promise<void>;
  /** All services of compute nodes. */
  list(): Promise<ServiceRow[]>;
  isUp(service: ServiceRow): boolean;
  setDisabled(host: string, disabled: boolean, reason?: string): Promise<ServiceRow | undefined>;
  /** The host of a new instance; undefined when none can take it. */
  find(wish: HostWish): Promise<string | undefined>;
  /** As `find`; throws when none can take it. */
  schedule(wish: HostWish): Promise<string>;
}

export interface HostWish {
  /** '' for any zone. */
  zone: string;
  /** Forced by `zone:host`. */
  host?: string;
  /** Instances that must be elsewhere. */
  differentFrom?: readonly string[];
  /** Hosts that it is not to be on. */
  except?: readonly string[];
}

export function createHosts(store: Store, { downSeconds }: { downSeconds: number }): Hosts {
  const list = () => store.read.all(services, { binary: 'nova-compute' }, { orderBy: [{ column: 'host' }] });
  const isUp = (service: ServiceRow) => Date.now() - service.seen_at <= downSeconds * 1000;
  const find = async ({ zone, host, differentFrom = [], except = [] }: HostWish) => {
    const live = (await list()).filter((service) => isUp(service) && !service.disabled);
    const others = await store.read.all(instances, { id: differentFrom });
    const taken = new Set([...others.map((instance) => instance.host), ...except]);
    const fitting = live.filter(
      (service) =>
        (zone === '' || service.zone === zone) &&
        (host === undefined || service.host === host) &&
        !taken.has(service.host),
    );
    const used = new Map<string | null, number>();
    for (const instance of await store.read.all(instances))
      used.set(instance.host, (used.get(instance.host) ?? 0) + 1);
    return pickHost(
      fitting.map((service) => ({ host: service.host, instances: used.get(service.host) ?? 0 })),
    );
  };
  return {
    list,
    isUp,
    find,
    async report({ host, binary, ...told }) {
      const seen = { ...told, seen_at: Date.now() };
      await store.transaction(async (rows) => {
        if ((await rows.update(services, { host, binary }, seen)) > 0) return;
        const id = (await rows.count(services)) + 1;
        await rows.insert(services, { id, host, binary, disabled: false, disabled_reason: null, ...seen });
      });
    },
    async setDisabled(host, disabled, reason) {
      const changes = { disabled, disabled_reason: reason ?? null };
      await store.read.update(services, { host, binary: 'nova-compute' }, changes);
      return store.read.find(services, { host, binary: 'nova-compute' });
    },
    async schedule(wish) {
      const host = await find(wish);
      if (host === undefined) throw serverFault(noValidHost);
      return host;
    },
  };
}

const noValidHost = 'No valid host was found. There are not enough hosts available.';

/** Spreads: the host with the fewest instances, the first by name among equals; undefined where there is none. */
export const pickHost = (candidates: readonly { host: string; instances: number }[]): string | undefined =>
  [...candidates].sort((a, b) => a.instances - b.instances || a.host.localeCompare(b.host))[0]?.host;
