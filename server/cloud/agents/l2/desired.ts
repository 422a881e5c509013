// What the server wants of the ports found on this host. Answers are kept until an event or a full pass makes them stale.
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';

/** The server, as a layer 2 agent needs it; ids are port ids. */
export interface Plugin {
  fetchDevices(ids: string[]): Promise<{ devices: DeviceSpec[]; failed_devices: string[] }>;
  fetchGroups(ids: string[]): Promise<SecurityGroupInfo>;
  reportDevices(up: string[], down: string[]): Promise<void>;
}

export interface Desired {
  /** Ports that the server knows, by port id. */
  devices: Map<string, DeviceSpec>;
  /** Port ids found here that the server does not know, or not on this host. */
  unknown: Set<string>;
  groups: SecurityGroupInfo;
  /** Why some answers are old or missing; ports without an answer are in neither list and are left as they are. */
  problem?: Error;
}

export interface DesiredPorts {
  /** The port, its network or these groups changed at the server; false when that concerns no port of this host. */
  portChanged(id: string): boolean;
  networkChanged(id: string): boolean;
  groupsChanged(ids: readonly string[]): boolean;
  everythingChanged(): void;
  /**
   * `alongside` is what can be asked for together with the groups, once the ports are known;
   * a server that did not answer for those need not be asked.
   */
  fetch(
    found: readonly string[],
    alongside?: (specs: readonly DeviceSpec[], isAnswering: boolean) => Promise<void>,
  ): Promise<Desired>;
}

/** True for ports that security groups and address checks guard. */
export const isGuarded = (spec: DeviceSpec): boolean =>
  spec.port_security_enabled && !spec.device_owner.startsWith('network:');

export function createDesired(plugin: Plugin): DesiredPorts {
  const devices = new Map<string, DeviceSpec>();
  const unknown = new Set<string>();
  const stale = new Set<string>();
  const emptyGroups = (): SecurityGroupInfo => ({ security_groups: {}, sg_member_ips: {} });
  let groups = emptyGroups();
  /** Ports whose groups were asked for since the groups changed last. */
  let grouped = new Set<string>();
  /** Ports whose groups were known at any time; old rules are better than none. */
  const everGrouped = new Set<string>();
  /** Ports that the server is being asked for: an event about one may be newer than the answer. */
  let asking = new Set<string>();
  let isAskingGroups = false;

  async function refreshDevices(found: readonly string[]): Promise<void> {
    const asked = found.filter((id) => stale.has(id) || (!devices.has(id) && !unknown.has(id)));
    if (asked.length === 0) return;
    // An event that comes while the server answers makes the answer stale again.
    for (const id of asked) stale.delete(id);
    asking = new Set(asked);
    try {
      const answer = await plugin.fetchDevices(asked);
      for (const spec of answer.devices) {
        unknown.delete(spec.port_id);
        devices.set(spec.port_id, spec);
        grouped.delete(spec.port_id);
      }
      for (const id of answer.failed_devices) {
        devices.delete(id);
        unknown.add(id);
      }
    } catch (error) {
      for (const id of asked) stale.add(id);
      throw error;
    } finally {
      asking = new Set();
    }
  }

  async function refreshGroups(): Promise<void> {
    const asked = [...devices.values()].filter(isGuarded).map((spec) => spec.port_id);
    const missing = asked.filter((id) => !grouped.has(id));
    if (missing.length === 0) return;
    const isFresh = grouped.size === 0;
    const current = (grouped = new Set([...grouped, ...missing]));
    isAskingGroups = true;
    try {
      const answer = await plugin.fetchGroups(missing);
      for (const id of missing) everGrouped.add(id);
      groups = {
        security_groups: { ...(isFresh ? {} : groups.security_groups), ...answer.security_groups },
        sg_member_ips: { ...(isFresh ? {} : groups.sg_member_ips), ...answer.sg_member_ips },
      };
    } catch (error) {
      for (const id of missing) current.delete(id);
      throw error;
    } finally {
      isAskingGroups = false;
    }
  }

  /** True when a port here has one of the groups, or a rule that names one. */
  function concernsGroups(ids: readonly string[]): boolean {
    const own = new Set([...devices.values()].flatMap((spec) => spec.security_groups));
    const named = [...own]
      .flatMap((id) => groups.security_groups[id] ?? [])
      .map((rule) => rule.remote_group_id ?? '');
    return ids.some((id) => own.has(id) || named.includes(id));
  }

  function forgetGone(found: readonly string[]): void {
    const here = new Set(found);
    for (const known of [devices, unknown, stale, grouped, everGrouped])
      for (const id of [...known.keys()]) if (!here.has(id)) known.delete(id);
  }

  return {
    portChanged: (id) => {
      const isHere = devices.has(id) || unknown.has(id) || asking.has(id);
      if (isHere) stale.add(id);
      return isHere;
    },
    networkChanged: (id) => {
      const here = [...devices.values()].filter((spec) => spec.network_id === id);
      for (const spec of here) stale.add(spec.port_id);
      return here.length > 0;
    },
    groupsChanged: (ids) => {
      const concerns = isAskingGroups || asking.size > 0 || concernsGroups(ids);
      if (concerns) grouped = new Set();
      return concerns;
    },
    everythingChanged: () => {
      for (const id of [...devices.keys(), ...unknown]) stale.add(id);
      grouped = new Set();
    },
    fetch: async (found, alongside = () => Promise.resolve()) => {
      forgetGone(found);
      let problem: Error | undefined;
      const note = (error: unknown) => {
        problem ??= error instanceof Error ? error : new Error(String(error));
      };
      await refreshDevices(found).catch(note);
      await Promise.all([
        problem === undefined ? refreshGroups().catch(note) : undefined,
        alongside([...devices.values()], problem === undefined),
      ]);
      // A new port without its rules would be open: it waits for them.
      const ready = [...devices].filter(([id, spec]) => !isGuarded(spec) || everGrouped.has(id));
      return {
        devices: new Map(ready),
        unknown: new Set(unknown),
        groups,
        ...(problem === undefined ? {} : { problem }),
      };
    },
  };
}
