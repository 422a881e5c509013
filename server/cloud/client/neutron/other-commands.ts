// Extensions, quotas and external networks.
import { resources } from '../../model/index.ts';
import { UsageError, type OptionSpec } from '../command/arguments.ts';
import type { Command } from '../command/program.ts';
import type { Session } from '../session.ts';
import { presentOne } from './cells.ts';
import { listWith } from './resource-commands.ts';
import { findResourceNamed } from './resources.ts';

type Row = Record<string, unknown>;

const extList: Command = {
  name: 'ext-list',
  help: 'List all extensions.',
  async run(_input, { session }) {
    const { body } = await session.request<{ extensions: Row[] }>('network', {
      method: 'GET',
      path: '/v2.0/extensions',
    });
    return { kind: 'list', columns: ['alias', 'name'], rows: body.extensions };
  },
};

const extShow: Command = {
  name: 'ext-show',
  help: 'Show information of a given resource.',
  positionals: [{ name: 'alias', help: 'Alias of the extension' }],
  async run({ positionals }, { session }) {
    const { body } = await session.request<{ extension: Row }>('network', {
      method: 'GET',
      path: `/v2.0/extensions/${encodeURIComponent(positionals.alias!)}`,
    });
    return { kind: 'show', fields: presentOne('extension', body.extension) };
  },
};

const externalList: Command = {
  name: 'net-external-list',
  help: 'List external networks that belong to a given tenant.',
  takesAttributes: true,
  run: (input, { session }) =>
    listWith(session, findResourceNamed('network'), input, { 'router:external': 'True' }),
};

const tenant: OptionSpec = { name: 'tenant-id', help: 'The tenant; your own if not given' };

/** The tenant asked about, or the one signed in to. */
const tenantOf = async (session: Session, asked: unknown): Promise<string> =>
  typeof asked === 'string' ? asked : (await session.access()).project.id;

async function quota(
  session: Session,
  method: string,
  tenantId: string,
  { body, isDefault = false }: { body?: Row; isDefault?: boolean } = {},
): Promise<Row> {
  const path = `/v2.0/quotas/${encodeURIComponent(tenantId)}${isDefault ? '/default' : ''}`;
  const answer = await session.request<{ quota: Row }>('network', {
    ...{ method, path },
    ...(body !== undefined && { body: { quota: body } }),
  });
  return answer.body?.quota ?? {};
}

const quotaShow: Command = {
  name: 'quota-show',
  help: 'Show quotas of a given tenant.',
  options: [tenant],
  async run({ options }, { session }) {
    const found = await quota(session, 'GET', await tenantOf(session, options['tenant-id']));
    return { kind: 'show', fields: presentOne('quota', found) };
  },
};

const quotaDefaultShow: Command = {
  name: 'quota-default-show',
  help: 'Show default quotas for a given tenant.',
  options: [tenant],
  async run({ options }, { session }) {
    const found = await quota(session, 'GET', await tenantOf(session, options['tenant-id']), {
      isDefault: true,
    });
    return { kind: 'show', fields: presentOne('quota', found) };
  },
};

const quotaList: Command = {
  name: 'quota-list',
  help: 'List quotas of all tenants who have non-default quota values.',
  async run(_input, { session }) {
    const { body } = await session.request<{ quotas: Row[] }>('network', {
      method: 'GET',
      path: '/v2.0/quotas',
    });
    return { kind: 'list', columns: Object.keys(body.quotas[0] ?? {}).sort(), rows: body.quotas };
  },
};

const quotaUpdate: Command = {
  name: 'quota-update',
  help: "Define tenant's quotas not to use defaults.",
  takesAttributes: true,
  options: [
    tenant,
    ...resources
      .filter((resource) => resource.quota)
      .map(({ name }) => ({
        name: name.replaceAll('_', '-'),
        help: `How many a tenant may have, -1 for any number: ${name}`,
        metavar: 'LIMIT',
      })),
  ],
  async run({ options, attributes }, { session }) {
    const { 'tenant-id': asked, format: _format, column: _column, ...given } = options;
    const limits: Row = { ...attributes };
    for (const [name, value] of Object.entries(given)) limits[name.replaceAll('-', '_')] = value;
    if (Object.keys(limits).length === 0)
      throw new UsageError('Must specify a valid resource with new value');
    const changed = await quota(session, 'PUT', await tenantOf(session, asked), { body: limits });
    return { kind: 'show', fields: presentOne('quota', changed) };
  },
};

const quotaDelete: Command = {
  name: 'quota-delete',
  help: 'Delete defined quotas of a given tenant.',
  hasOutput: false,
  options: [tenant],
  async run({ options }, { session, say }) {
    const id = await tenantOf(session, options['tenant-id']);
    await quota(session, 'DELETE', id);
    say(`Deleted quota: ${id}`);
    return undefined;
  },
};

export const otherCommands: readonly Command[] = [
  extList,
  extShow,
  externalList,
  quotaShow,
  quotaDefaultShow,
  quotaList,
  quotaUpdate,
  quotaDelete,
];
