// POST /servers/ID/action: each changes what is wanted of the instance and tells its host; the host brings it about.
import { randomBytes } from 'node:crypto';
import type { Router } from 'express';
import { RpcTimeout } from '../rpc/rpc.ts';
import type { RequestContext } from '../model/context.ts';
import { instances, type InstanceRow } from '../store/compute-tables.ts';
import type { ComputeDeps } from './deps.ts';
import { badRequest, conflict } from './failure.ts';
import { addressesOf } from './networks.ts';
import { changeGroups, groupsOf } from './security-groups.ts';
import { moves } from './server-moves.ts';
import { showChanged, showServer } from './server-view.ts';
import { baseOf, callerOf, getInstance } from './servers.ts';

/** What an action needs and does. */
interface Action {
  /** The vm_states it is allowed in. */
  from: readonly string[];
  method: string;
  task_state: string;
  change: (row: InstanceRow) => Partial<InstanceRow>;
}

const actions: Record<string, Action> = {
  'os-stop': {
    from: ['active', 'error'],
    method: 'stop_instance',
    task_state: 'powering-off',
    change: () => ({ wanted: 'stopped' }),
  },
  'os-start': {
    from: ['stopped'],
    method: 'start_instance',
    task_state: 'powering-on',
    change: () => ({ wanted: 'running' }),
  },
  reboot: {
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    method: 'reboot_instance',
    task_state: 'rebooting',
    change: ({ generation }) => ({ wanted: 'running', generation: generation + 1 }),
  },
  pause: {
    from: ['active'],
    method: 'pause_instance',
    task_state: 'pausing',
    change: () => ({ wanted: 'paused' }),
  },
  unpause: {
    from: ['paused'],
    method: 'unpause_instance',
    task_state: 'unpausing',
    change: () => ({ wanted: 'running' }),
  },
  suspend: {
    from: ['active'],
    method: 'suspend_instance',
    task_state: 'suspending',
    change: () => ({ wanted: 'suspended' }),
  },
  resume: {
    from: ['suspended'],
    method: 'resume_instance',
    task_state: 'resuming',
    change: () => ({ wanted: 'running' }),
  },
  rebuild: {
    from: ['active', 'stopped', 'paused', 'suspended', 'error'],
    method: 'rebuild_instance',
    task_state: 'rebuilding',
    change: ({ rebuilds, generation, wanted }) => ({
      rebuilds: rebuilds + 1,
      generation: generation + 1,
      wanted: wanted === 'stopped' ? 'stopped' : 'running',
      fault: null,
    }),
  },
};

export function addServerActions(router: Router, deps: ComputeDeps): void {
  router.post('/servers/:id/action', async (req, res) => {
    const caller = callerOf(res);
    const row = await getInstance(deps, req.params.id, caller);
    const body = (req.body ?? {}) as Record<string, unknown>;
    const [name = ''] = Object.keys(body);
    if (Object.keys(body).length !== 1) throw badRequest('Malformed request body');
    if (name === 'os-getConsoleOutput') {
      const { length } = (body[name] ?? {}) as { length?: number | string | null };
      res.json({ output: await consoleOutput(deps, row, length) });
      return;
    }
    if (name === 'addSecurityGroup' || name === 'removeSecurityGroup') {
      await changeGroups(deps, row, { body: body[name], isMember: name === 'addSecurityGroup' });
      return void res.status(202).end();
    }
    // clients' words include those that every object has
    const move = Object.hasOwn(moves, name) ? moves[name] : undefined;
    if (move !== undefined) return void res.status(await move(deps, row, { body: body[name], caller })).end();
    const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
    if (action === undefined) throw badRequest(`There is no such action: ${name}`);
    if (name === 'reboot' && !/^(soft|hard)$/i.test(String((body[name] as { type?: string })?.type)))
      throw badRequest("Argument 'type' for reboot is not HARD or SOFT");
    const changes = await begin(deps, row, { name, action, caller });
    deps.rpc.cast(
      'compute',
      action.method,
      { instance_uuid: row.id },
      { server: row.host!, context: caller },
    );
    if (name !== 'rebuild') return void res.status(202).end();
    const addresses = (await addressesOf(deps.session, [row])).get(row.id) ?? {};
    const groups = (await groupsOf(deps.session, [row])).get(row.id)?.map(({ name }) => name);
    const shown = showServer(
      { ...row, ...changes },
      { base: baseOf(req), isAdmin: caller.is_admin, addresses, groups },
    );
    res
      .status(202)
      .json({ server: { ...showChanged(shown), adminPass: randomBytes(9).toString('base64url') } });
  });
}

async function begin(
  deps: ComputeDeps,
  row: InstanceRow,
  { name, action, caller }: { name: string; action: Action; caller: RequestContext },
) {
  const isRestart = name === 'reboot' && (row.task_state ?? '').startsWith('rebooting');
  if (!action.from.includes(row.vm_state) || (row.task_state !== null && !isRestart) || row.host === null) {
    const state =
      row.task_state !== null && action.from.includes(row.vm_state)
        ? `task_state ${row.task_state}`
        : `vm_state ${row.vm_state}`;
    throw conflict(`Cannot '${name.replace('os-', '')}' instance ${row.id} while it is in ${state}`);
  }
  const changes = {
    ...action.change(row),
    task_state: action.task_state,
    updated_at: new Date().toISOString(),
  };
  await deps.store.read.update(instances, { id: row.id }, changes);
  deps.events.updated(row, { ...row, ...changes }, caller);
  return changes;
}

async function consoleOutput(
  deps: ComputeDeps,
  row: InstanceRow,
  length: number | string | null | undefined,
): Promise<string> {
  if (length !== undefined && length !== null && !/^-?\d+$/.test(String(length)))
    throw badRequest(`Length in request body must be an integer value`);
  if (row.host === null || row.vm_state === 'building') throw conflict(`Instance ${row.id} is not ready`);
  const lines = length === undefined || length === null || Number(length) < 0 ? null : Number(length);
  const args = { instance_uuid: row.id, tail_length: lines };
  const options = { server: row.host, timeoutMs: 10_000 };
  return deps.rpc.call<string>('compute', 'get_console_output', args, options).catch((error: Error) => {
    if (error instanceof RpcTimeout) throw conflict(`Host ${row.host} of instance ${row.id} does not answer`);
    throw error;
  });
}
