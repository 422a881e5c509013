// What those who listen for notifications are told of instances, in Nova's words: `compute.instance.update` with the state
// before and after, `compute.instance.delete.end`.
import { adminContext, type RequestContext } from '../model/context.ts';
import type { InstanceRow } from '../store/compute-tables.ts';

/** Publishes an event; does nothing where no driver is configured. */
export type Notify = (eventType: string, payload: unknown, context: RequestContext) => void;

type Told = Pick<
  InstanceRow,
  'id' | 'name' | 'project_id' | 'user_id' | 'host' | 'vm_state' | 'task_state' | 'created_at'
>;

export interface InstanceEvents {
  /** `before`: none for a new instance. */
  updated(before: Told | undefined, after: Told, context?: RequestContext): void;
  deleted(row: Told, context?: RequestContext): void;
}

/** @param states `notify_on_state_change`: none, vm_state or vm_and_task_state */
export function instanceEvents(notify: Notify, states: string): InstanceEvents {
  const of = ({ id, name, project_id, user_id, host, created_at }: Told) => ({
    instance_id: id,
    display_name: name,
    tenant_id: project_id,
    user_id,
    host,
    created_at,
  });
  return {
    updated(before, after, context = adminContext()) {
      if (states === 'none') return;
      const isSame = before?.vm_state === after.vm_state && before.name === after.name;
      if (isSame && (states === 'vm_state' || before.task_state === after.task_state)) return;
      const payload = {
        ...of(after),
        old_display_name: before?.name ?? after.name,
        state: after.vm_state,
        old_state: before?.vm_state ?? null,
        new_task_state: after.task_state,
        old_task_state: before?.task_state ?? null,
      };
      notify('compute.instance.update', payload, context);
    },
    deleted(row, context = adminContext()) {
      const deleted_at = new Date().toISOString();
      notify('compute.instance.delete.end', { ...of(row), state: 'deleted', deleted_at }, context);
    },
  };
}
