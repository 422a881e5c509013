// The network with a router to the world that a tenant gets by asking for it.
import type { Arguments } from '../command/arguments.ts';
import type { Command } from '../command/program.ts';
import { presentOne } from './cells.ts';

type Row = Record<string, unknown>;

const tenant = { name: 'tenant-id', help: 'The tenant; your own if not given' } as const;
const positional = { name: 'tenant', help: 'The tenant; your own if not given', optional: true } as const;

/** `None` in a path is the tenant of the token. */
const tenantOf = ({ options, positionals }: Arguments): string =>
  (options['tenant-id'] as string | undefined) ?? positionals.tenant ?? 'None';
const pathOf = (name: string) => `/v2.0/auto-allocated-topology/${encodeURIComponent(name)}`;

const show: Command = {
  name: 'auto-allocated-topology-show',
  help: 'Show the auto-allocated topology of a given tenant.',
  positionals: [positional],
  options: [{ name: 'dry-run', help: 'Only look whether it could be made', isSwitch: true }, tenant],
  async run(input, { session }) {
    const isDry = input.options['dry-run'] !== undefined;
    const { body } = await session.request<{ auto_allocated_topology: Row }>('network', {
      method: 'GET',
      path: pathOf(tenantOf(input)),
      ...(isDry && { query: { fields: 'dry-run' } }),
    });
    if (isDry) return { kind: 'show', fields: [['dry-run', 'pass']] };
    return { kind: 'show', fields: presentOne('auto_allocated_topology', body.auto_allocated_topology) };
  },
};

const remove: Command = {
  name: 'auto-allocated-topology-delete',
  help: 'Delete the auto-allocated topology of a given tenant.',
  hasOutput: false,
  positionals: [positional],
  options: [tenant],
  async run(input, { session, say }) {
    const name = tenantOf(input);
    await session.request('network', { method: 'DELETE', path: pathOf(name) });
    say(`Deleted topology for tenant ${name === 'None' ? 'None (i.e. yours)' : name}.`);
    return undefined;
  },
};

export const topologyCommands: readonly Command[] = [show, remove];
