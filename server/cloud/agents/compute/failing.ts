// How long a host goes on trying what fails, and what it does not bring about then. Pure.
import { GuestSlow } from '../../../host/guest-process.ts';
import { CommandFailed } from '../../../host/run.ts';
import { ApiFailure, NoAnswer } from '../../client/session.ts';
import type { InstanceSpec } from '../../model/instance.ts';
import { RpcRemoteError, RpcTimeout } from '../../rpc/rpc.ts';
import { BuildFailed } from './ports.ts';

/** An interface could not be plugged: the switch may be on its way up. */
export class PluggingFailed extends Error {
  override name = 'PluggingFailed';
}

/** What tries that fail in a row may cost: waits between them are 1 s, 2 s, then 4 s, so the better part of a minute at most. */
const patience = 12;

/**
 * What others do not answer says nothing about this host: it is tried until they do. What takes too long, waits for the switch or
 * cannot even be looked at is tried twelve times, what failed by itself three times, what was asked for in vain once.
 */
function costOf(error: Error, hasLooked: boolean): number {
  if (error instanceof BuildFailed) return patience;
  if (isOfOthers(error)) return 0;
  return !hasLooked || isSlow(error) ? 1 : 4;
}

const isOfOthers = (error: Error): boolean =>
  error instanceof NoAnswer ||
  error instanceof RpcTimeout ||
  error instanceof RpcRemoteError ||
  (error instanceof ApiFailure && (error.status >= 500 || [401, 408, 429].includes(error.status)));

const isSlow = (error: Error): boolean =>
  error instanceof PluggingFailed ||
  error instanceof GuestSlow ||
  (error instanceof CommandFailed && error.code === 124);

/** What a host does with an instance and may give up. */
export type Task = 'build' | 'start' | 'restart';

/** Undefined: a matter of this host alone, such as its restart with instances that run; it never stops trying. */
export function taskOf({
  vm_state,
  task_state,
  wanted,
}: Pick<InstanceSpec, 'vm_state' | 'task_state' | 'wanted'>): Task | undefined {
  if (wanted !== 'running') return undefined;
  if (vm_state === 'building') return 'build';
  if (task_state === 'powering-on') return 'start';
  return /^re(booting|building)/.test(task_state ?? '') ? 'restart' : undefined;
}

/** What is remembered of an instance between passes. */
export interface Failures {
  /** What tries of its task have cost since the last one that did not fail. */
  spent: number;
}

/**
 * Notes how a pass ended; true where the instance is given up by that. `hasLooked`: what failed was done, not looked at.
 */
export function isLastTry(
  memory: Failures,
  { task, error, hasLooked }: { task: Task | undefined; error: Error | undefined; hasLooked: boolean },
): boolean {
  if (error === undefined || task === undefined) memory.spent = 0;
  if (error === undefined) return false;
  const cost = costOf(error, hasLooked);
  if (task === undefined) return cost === patience;
  memory.spent += cost;
  return cost > 0 && memory.spent >= patience;
}
