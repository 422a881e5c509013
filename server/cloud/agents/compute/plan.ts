// The difference between an instance as wanted and as found, as ordered steps. Pure.
import type { VifSpec } from '../../model/instance.ts';
import type { Actual } from './actual.ts';
import type { Desired } from './desired.ts';
import type { InstanceStep } from './steps.ts';

/** What the agent itself remembers of an instance. */
export interface Memory {
  /** Its ports had their time to become ACTIVE. */
  isImpatient: boolean;
  /** It was seen running since this agent started: an end now is its own doing. */
  wasRunning: boolean;
}

export function plan(desired: Desired | undefined, actual: Actual, memory: Memory): InstanceStep[] {
  if (desired === undefined) return removal(actual, 'the instance does not belong here');
  const { spec } = desired;
  switch (spec.wanted) {
    case 'deleted':
      return [...removal(actual, 'the instance is to be deleted'), ...release(desired)];
    case 'none':
      return shutdown(actual, 'the instance failed');
    case 'kept':
      return shutdown(actual, 'the instance has moved away');
    case 'leaving':
      return [{ kind: 'wait-for-arrival', reason: 'the instance is on its way to another host' }];
    case 'arriving':
      return arrival(desired, actual);
    case 'running':
    case 'paused':
    case 'suspended':
    case 'stopped': {
      const steps = prepare(desired, actual);
      return [
        ...steps,
        ...(spec.wanted === 'stopped' ? stop(actual, steps) : power(desired, actual, memory)),
      ];
    }
  }
}

/** Everything but power: image, ports, disk, namespace, devices. */
function prepare(desired: Desired, actual: Actual): InstanceStep[] {
  const { spec } = desired;
  const { guest, startedAs } = actual;
  const isRebuilt = startedAs !== undefined && startedAs.rebuilds < spec.rebuilds;
  const steps: InstanceStep[] = [];
  if (isRebuilt && guest !== undefined)
    steps.push({ kind: 'kill-guest', pid: guest.pid, reason: 'its disk is to be built anew' });
  if (isRebuilt && actual.hasDisk) steps.push({ kind: 'remove-disk', reason: 'it is to be built anew' });
  if (actual.base === undefined || isRebuilt)
    steps.push({ kind: 'find-image', spec, reason: `image ${spec.image_id} is not chosen yet` });
  if (!actual.hasDisk && spec.disk_from !== null)
    steps.push({ kind: 'fetch-disk', spec, from: spec.disk_from, reason: 'its disk is where it comes from' });
  else if (!actual.hasDisk || isRebuilt) steps.push({ kind: 'make-disk', spec, reason: 'it has no disk' });
  if (spec.network_info === null)
    return [...steps, { kind: 'allocate-ports', spec, reason: 'it has no ports yet' }];
  if (isBoundElsewhere(desired))
    return [
      ...steps,
      { kind: 'bind-ports', vifs: spec.network_info, reason: 'its ports are on another host' },
    ];
  if (!actual.hasNetns) steps.push({ kind: 'make-netns', reason: 'it has no network namespace' });
  return [...steps, ...plugging(spec.network_info, actual)];
}

/** All of an instance that comes from another host as it runs: where it can be plugged and unpacked, then itself. */
function arrival({ spec }: Desired, actual: Actual): InstanceStep[] {
  const from = spec.disk_from!;
  if (actual.guest !== undefined) return [];
  const reason = `it comes from ${from}`;
  if (actual.toldNics === undefined) return [{ kind: 'learn-nics', from, reason }];
  const steps: InstanceStep[] = [];
  if (actual.base === undefined) steps.push({ kind: 'find-image', spec, reason });
  if (!actual.hasDisk) steps.push({ kind: 'make-disk', spec, reason });
  if (!actual.hasNetns) steps.push({ kind: 'make-netns', reason });
  for (const vif of spec.network_info ?? []) {
    const nic = actual.toldNics[vif.port_id]?.nic;
    if (nic !== undefined && !actual.plugged.has(vif.port_id))
      steps.push({ kind: 'plug-vif', vif, nic, isHeld: true, reason });
  }
  return [...steps, { kind: 'take-over', spec, from, reason }];
}

const isBoundElsewhere = ({ spec, ports = [] }: Desired) =>
  ports.some(({ id, isElsewhere }) => isElsewhere && spec.network_info?.some((vif) => vif.port_id === id));

function plugging(vifs: readonly VifSpec[], actual: Actual): InstanceStep[] {
  const wanted = new Set(vifs.map(({ port_id }) => port_id));
  const gone = Object.keys(actual.nics).filter((port_id) => !wanted.has(port_id));
  const taken = new Set(vifs.flatMap(({ port_id }) => actual.nics[port_id] || []));
  const nextNic = () => {
    let index = 0;
    while (taken.has(`eth${index}`)) index += 1;
    taken.add(`eth${index}`);
    return `eth${index}`;
  };
  return [
    ...gone.map((port_id): InstanceStep => ({
      kind: 'unplug-vif',
      port_id,
      reason: `port ${port_id} is not the instance's any more`,
    })),
    ...vifs
      .filter(({ port_id, plug = 'hybrid' }) => !actual.hasNetns || actual.plugged.get(port_id) !== plug)
      .map((vif): InstanceStep => ({
        kind: 'plug-vif',
        vif,
        nic: actual.nics[vif.port_id] || nextNic(),
        reason: `port ${vif.port_id} is not plugged`,
      })),
  ];
}

function power(desired: Desired, actual: Actual, memory: Memory): InstanceStep[] {
  const { spec, ports } = desired;
  const { guest, startedAs } = actual;
  if (spec.network_info === null || isBoundElsewhere(desired)) return [];
  const isOutdated = startedAs === undefined || startedAs.generation < spec.generation;
  const isRebuilt = startedAs !== undefined && startedAs.rebuilds < spec.rebuilds;
  if (guest === undefined || isOutdated) {
    const kill: InstanceStep[] =
      guest === undefined || isRebuilt
        ? []
        : [{ kind: 'kill-guest', pid: guest.pid, reason: 'it is to be started anew' }];
    if (endedByItself(actual, memory, isOutdated)) return [];
    const waiting = spec.network_info
      .map(({ port_id }) => ports?.find(({ id }) => id === port_id))
      .filter((port) => port !== undefined && port.status !== 'ACTIVE');
    if (spec.vm_state === 'building' && waiting.length > 0 && !memory.isImpatient)
      return [
        {
          kind: 'wait-for-ports',
          reason: `ports ${waiting.map((port) => port!.id).join(', ')} are not ACTIVE`,
        },
      ];
    return [...kill, { kind: 'start-guest', spec, reason: 'it is to run and does not' }];
  }
  const shouldFreeze = spec.wanted !== 'running';
  // a migration that did not come about may have left it going with its interfaces held
  const isReached = shouldFreeze ? guest.isFrozen : !guest.isFrozen && actual.held.length === 0;
  if (isReached) return [];
  const vifs = spec.network_info;
  const port_ids = vifs.map(({ port_id }) => port_id);
  if (shouldFreeze)
    return [{ kind: 'freeze-guest', pid: guest.pid, port_ids, reason: `it is to be ${spec.wanted}` }];
  const thaw: InstanceStep = { kind: 'thaw-guest', pid: guest.pid, port_ids, reason: 'it is to go on' };
  return spec.task_state === 'migrating'
    ? [thaw, { kind: 'announce', vifs, reason: 'its neighbours may look for it elsewhere' }]
    : [thaw];
}

/** The namespace of a guest stays, and its kernel would go on answering pings: so nothing may reach it. */
function stop({ guest, audible }: Actual, before: readonly InstanceStep[]): InstanceStep[] {
  const plugged = before.flatMap((step) => (step.kind === 'plug-vif' ? step.vif.port_id : []));
  const port_ids = [...new Set([...audible, ...plugged])];
  return [
    ...(guest === undefined
      ? []
      : [{ kind: 'kill-guest' as const, pid: guest.pid, reason: 'it is to be stopped' }]),
    ...(port_ids.length === 0
      ? []
      : [{ kind: 'silence-ports' as const, port_ids, reason: 'it is stopped and can be reached' }]),
  ];
}

/** A guest that switched itself off stays off; one that rebooted is started again. */
export const endedByItself = (actual: Actual, memory: Memory, isOutdated: boolean): boolean =>
  actual.guest === undefined && memory.wasRunning && !isOutdated && !actual.asksForReboot;

function shutdown(actual: Actual, reason: string): InstanceStep[] {
  const { guest, nics } = actual;
  return [
    ...(guest === undefined ? [] : [{ kind: 'kill-guest' as const, pid: guest.pid, reason }]),
    ...Object.keys(nics).map((port_id) => ({ kind: 'unplug-vif' as const, port_id, reason })),
  ];
}

function removal(actual: Actual, reason: string): InstanceStep[] {
  return [
    ...shutdown(actual, reason),
    ...(actual.hasNetns ? [{ kind: 'remove-netns' as const, reason }] : []),
    ...(actual.hasDisk ? [{ kind: 'remove-disk' as const, reason }] : []),
    ...(actual.hasFolder ? [{ kind: 'remove-folder' as const, reason }] : []),
  ];
}

function release({ ports = [] }: Desired): InstanceStep[] {
  if (ports.length === 0) return [];
  const released = ports.map(({ id, isOwn }) => ({ id, isKept: !isOwn }));
  return [{ kind: 'release-ports', ports: released, reason: 'its ports still name the instance' }];
}
