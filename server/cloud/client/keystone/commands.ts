// The keystone command: tenants, users, roles, services, endpoints, tokens and the catalog.
import { UsageError, type OptionSpec, type PositionalSpec } from '../command/arguments.ts';
import type { ListOutput, ShowOutput } from '../command/output.ts';
import type { Command } from '../command/program.ts';
import { ask, create, find, findId, listAll, remove, type Kind, type Row } from './identity.ts';

const option = (name: string, help: string, isSwitch = false): OptionSpec => ({ name, help, isSwitch });
const nameOrId = (kind: Kind): PositionalSpec => ({
  name: kind,
  help: `Name or ID of the ${kind}`,
});

const table = (columns: readonly string[], rows: Row[]): ListOutput => ({ kind: 'list', columns, rows });

/** Fields in alphabetic order, without links. */
const one = (row: Row): ShowOutput => ({
  kind: 'show',
  fields: Object.entries(row)
    .filter(([name]) => name !== 'links')
    .sort(([a], [b]) => (a < b ? -1 : 1)),
});

const byName = (rows: Row[]) =>
  [...rows].sort((a, b) => (String(a.name) < String(b.name) ? -1 : String(a.name) > String(b.name) ? 1 : 0));

const list = (kind: Kind, columns: readonly string[], name = `${kind}-list`): Command => ({
  name,
  help: `List all ${kind}s.`,
  run: async (_input, { session }) => table(columns, byName(await listAll(session, kind))),
});

const get = (kind: Kind): Command => ({
  name: `${kind}-get`,
  help: `Display ${kind} details.`,
  positionals: [nameOrId(kind)],
  run: async ({ positionals }, { session }) => one(await find(session, kind, positionals[kind]!)),
});

const drop = (kind: Kind): Command => ({
  name: `${kind}-delete`,
  help: `Delete ${kind}.`,
  hasOutput: false,
  positionals: [nameOrId(kind)],
  async run({ positionals }, { session }) {
    await remove(session, kind, await findId(session, kind, positionals[kind]!));
    return undefined;
  },
});

/** An option that must be there. */
function need(options: Record<string, unknown>, ...names: string[]): string {
  for (const name of names) if (typeof options[name] === 'string') return options[name];
  throw new UsageError(`argument --${names[0]} is required`);
}

function enabledOf(options: Record<string, unknown>): boolean | undefined {
  const given = options.enabled;
  if (given === undefined) return undefined;
  if (/^(true|1|yes)$/i.test(String(given))) return true;
  if (/^(false|0|no)$/i.test(String(given))) return false;
  throw new UsageError(`argument --enabled: expected true or false, found '${String(given)}'`);
}

const given = (attributes: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== undefined));

const enabled = option('enabled', 'true or false');

const tenantCommands: Command[] = [
  list('tenant', ['id', 'name', 'enabled']),
  get('tenant'),
  drop('tenant'),
  {
    name: 'tenant-create',
    help: 'Create new tenant.',
    options: [
      option('name', 'Name of the new tenant, unique'),
      option('description', 'Text for people'),
      enabled,
    ],
    async run({ options }, { session }) {
      const { description = '' } = options;
      const attributes = { name: need(options, 'name'), description, enabled: enabledOf(options) ?? true };
      return one(await create(session, 'tenant', attributes));
    },
  },
  {
    name: 'tenant-update',
    help: 'Update tenant name, description, enabled status.',
    hasOutput: false,
    positionals: [nameOrId('tenant')],
    options: [option('name', 'New name'), option('description', 'New text'), enabled],
    async run({ positionals, options }, { session }) {
      const id = await findId(session, 'tenant', positionals.tenant!);
      const { name, description } = options;
      const tenant = given({ name, description, enabled: enabledOf(options) });
      await ask(session, 'POST', `/tenants/${id}`, { tenant });
      return undefined;
    },
  },
];

const userCommands: Command[] = [
  {
    name: 'user-list',
    help: 'List users.',
    options: [option('tenant', 'Only users of this tenant'), option('tenant-id', 'The same')],
    async run({ options }, { session }) {
      const tenant = options.tenant ?? options['tenant-id'];
      const columns = ['id', 'name', 'enabled', 'email'];
      if (tenant === undefined) return table(columns, byName(await listAll(session, 'user')));
      const id = await findId(session, 'tenant', String(tenant));
      const { users } = await ask<{ users: Row[] }>(session, 'GET', `/tenants/${id}/users`);
      return table(columns, byName(users));
    },
  },
  get('user'),
  drop('user'),
  {
    name: 'user-create',
    help: 'Create new user.',
    options: [
      option('name', 'Name of the new user, unique'),
      option('pass', 'Password'),
      option('tenant', 'Tenant the user belongs to'),
      option('tenant-id', 'The same'),
      option('email', 'Address for mail'),
      enabled,
    ],
    async run({ options }, { session }) {
      const tenant = options.tenant ?? options['tenant-id'];
      const tenantId = tenant === undefined ? undefined : await findId(session, 'tenant', String(tenant));
      const { pass: password, email } = options;
      const user = {
        name: need(options, 'name'),
        password,
        email,
        tenantId,
        enabled: enabledOf(options) ?? true,
      };
      return one(await create(session, 'user', given(user)));
    },
  },
  {
    name: 'user-update',
    help: "Update user's name, email, and enabled status.",
    hasOutput: false,
    positionals: [nameOrId('user')],
    options: [option('name', 'New name'), option('email', 'New address'), enabled],
    async run({ positionals, options }, { session }) {
      const id = await findId(session, 'user', positionals.user!);
      const user = given({ name: options.name, email: options.email, enabled: enabledOf(options) });
      await ask(session, 'PUT', `/users/${id}`, { user });
      return undefined;
    },
  },
  {
    name: 'user-password-update',
    help: 'Update user password.',
    hasOutput: false,
    positionals: [nameOrId('user')],
    options: [option('pass', 'New password')],
    async run({ positionals, options }, { session }) {
      const id = await findId(session, 'user', positionals.user!);
      await ask(session, 'PUT', `/users/${id}/OS-KSADM/password`, {
        user: { password: need(options, 'pass') },
      });
      return undefined;
    },
  },
];

const grantOptions = [
  option('user', 'Name or ID of the user'),
  option('user-id', 'The same'),
  option('role', 'Name or ID of the role'),
  option('role-id', 'The same'),
  option('tenant', 'Name or ID of the tenant'),
  option('tenant-id', 'The same'),
];

const grantCommand = (name: string, help: string, method: string): Command => ({
  name,
  help,
  hasOutput: false,
  options: grantOptions,
  async run({ options }, { session }) {
    const [user, role, tenant] = await Promise.all([
      findId(session, 'user', need(options, 'user', 'user-id')),
      findId(session, 'role', need(options, 'role', 'role-id')),
      findId(session, 'tenant', need(options, 'tenant', 'tenant-id')),
    ]);
    await ask(session, method, `/tenants/${tenant}/users/${user}/roles/OS-KSADM/${role}`);
    return undefined;
  },
});

const roleCommands: Command[] = [
  list('role', ['id', 'name']),
  get('role'),
  drop('role'),
  {
    name: 'role-create',
    help: 'Create new role.',
    options: [option('name', 'Name of the new role')],
    run: async ({ options }, { session }) =>
      one(await create(session, 'role', { name: need(options, 'name') })),
  },
  grantCommand('user-role-add', 'Add role to user.', 'PUT'),
  grantCommand('user-role-remove', 'Remove role from user.', 'DELETE'),
  {
    name: 'user-role-list',
    help: 'List roles granted to a user.',
    options: grantOptions.filter(({ name }) => !name.startsWith('role')),
    async run({ options }, { session }) {
      const access = await session.access();
      const user = options.user ?? options['user-id'];
      const tenant = options.tenant ?? options['tenant-id'];
      const userId = user === undefined ? access.user.id : await findId(session, 'user', String(user));
      const tenantId =
        tenant === undefined ? access.project.id : await findId(session, 'tenant', String(tenant));
      const path = `/tenants/${tenantId}/users/${userId}/roles`;
      const { roles } = await ask<{ roles: Row[] }>(session, 'GET', path);
      const rows = roles.map((role) => ({ ...role, user_id: userId, tenant_id: tenantId }));
      return table(['id', 'name', 'user_id', 'tenant_id'], rows);
    },
  },
];

const serviceCommands: Command[] = [
  list('service', ['id', 'name', 'type', 'description']),
  get('service'),
  drop('service'),
  {
    name: 'service-create',
    help: 'Add service to Service Catalog.',
    options: [
      option('name', 'Name of the new service, unique'),
      option('type', 'Type: identity, compute, network, image ...'),
      option('description', 'Text for people'),
    ],
    async run({ options }, { session }) {
      const { description = '', name = '' } = options;
      return one(await create(session, 'service', { name, type: need(options, 'type'), description }));
    },
  },
  {
    ...list('endpoint', ['id', 'region', 'publicurl', 'internalurl', 'adminurl', 'service_id']),
    help: 'List configured service endpoints.',
  },
  drop('endpoint'),
  {
    name: 'endpoint-create',
    help: 'Create a new endpoint associated with a service.',
    options: [
      option('region', 'Region of the endpoint'),
      option('service', 'Name or ID of the service'),
      option('service-id', 'The same'),
      option('publicurl', 'Public address'),
      option('internalurl', 'Internal address'),
      option('adminurl', 'Address for administrators'),
    ],
    async run({ options }, { session }) {
      const { region = 'RegionOne', internalurl, adminurl } = options;
      const service_id = await findId(session, 'service', need(options, 'service', 'service-id'));
      const endpoint = { region, service_id, publicurl: need(options, 'publicurl'), internalurl, adminurl };
      return one(await create(session, 'endpoint', given(endpoint)));
    },
  },
];

const tokenCommands: Command[] = [
  {
    name: 'token-get',
    help: 'Display the current user token.',
    async run(_input, { session }) {
      const { token, expires_at, user, project } = await session.access();
      const fields = Object.entries({
        expires: expires_at,
        id: token,
        tenant_id: project.id,
        user_id: user.id,
      });
      return { kind: 'show', fields };
    },
  },
  {
    name: 'catalog',
    help: 'List service catalog, possibly filtered by service.',
    hasOutput: false,
    options: [option('service', 'Only this type of service')],
    async run({ options }, { session, say, show }) {
      for (const { type, endpoints } of (await session.access()).catalog) {
        if (options.service !== undefined && options.service !== type) continue;
        say(`Service: ${type}`);
        for (const endpoint of endpoints) show(one(endpoint));
      }
      return undefined;
    },
  },
  {
    name: 'endpoint-get',
    help: 'Find endpoint filtered by a specific attribute or service type.',
    options: [
      option('service', 'Type of the service'),
      option('endpoint-type', 'publicURL (default), internalURL or adminURL'),
    ],
    async run({ options }, { session }) {
      const type = need(options, 'service');
      const kind = String(options['endpoint-type'] ?? 'publicURL');
      const found = (await session.access()).catalog.find((service) => service.type === type);
      const url = (found?.endpoints[0] as Record<string, string> | undefined)?.[kind];
      if (url === undefined) throw new Error(`The service catalog has no ${kind} of type ${type}.`);
      return { kind: 'show', fields: [[`${type}.${kind}`, url]] };
    },
  },
  {
    name: 'discover',
    help: 'Discover Keystone servers, supported API versions and extensions.',
    hasOutput: false,
    async run(_input, { session }) {
      const { body } = await session.request<{
        versions: { values: { id: string; status: string; links: { href: string }[] }[] };
      }>('identity', { method: 'GET', path: '/', identityVersion: '' });
      const lines = body.versions.values.map(
        ({ id, status, links }) => `    - supports version ${id} (${status}) here ${links[0]?.href ?? ''}`,
      );
      return { kind: 'text', text: ['Keystone found', ...lines].join('\n') };
    },
  },
];

export const keystoneCommands: readonly Command[] = [
  ...tenantCommands,
  ...userCommands,
  ...roleCommands,
  ...serviceCommands,
  ...tokenCommands,
];
