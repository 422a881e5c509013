// What a host tells the conductor of its instances when they are as wanted, and when they cannot be.
import { powerState, type WantedState } from '../../model/instance.ts';
import type { Conductor } from './desired.ts';
import type { Task } from './failing.ts';
import { BindingFailed, BuildFailed } from './ports.ts';

/** vm_state and power_state of an instance that is as wanted. */
export const reached: Partial<Record<WantedState, { vm_state: string; power_state: number }>> = {
  running: { vm_state: 'active', power_state: powerState.running },
  stopped: { vm_state: 'stopped', power_state: powerState.shutdown },
  paused: { vm_state: 'paused', power_state: powerState.paused },
  suspended: { vm_state: 'suspended', power_state: powerState.shutdown },
};

/**
 * Tells that a task was given up. Of a new instance the conductor says where else it is built; one that does not start stays
 * stopped, as Nova's `start_instance` leaves it; any other is in ERROR.
 */
export async function reportFailure(
  conductor: Conductor,
  uuid: string,
  task: Task | undefined,
  error: Error,
): Promise<void> {
  if (task === 'build') {
    const is_local = !(error instanceof BuildFailed) || error instanceof BindingFailed;
    return conductor.buildFailed({ uuid, reason: error.message, is_local });
  }
  const fault = { code: 500, message: error.message };
  if (task === 'start')
    await conductor.update({ uuid, ...reached.stopped!, task_state: null, wanted: 'stopped', fault });
  else await conductor.update({ uuid, vm_state: 'error', task_state: null, wanted: 'none', fault });
}
