// The first start of Identity: domain, projects, users, roles and the addresses of the services.
import type { Rows } from '../store/rows.ts';
import type { Store } from '../store/store.ts';
import { ConfigError } from '../../lib/config.ts';
import { newId } from './directory.ts';
import { hashPassword } from './passwords.ts';
import * as tables from './tables.ts';
import { memberRole } from './v2-users.ts';

/** [bootstrap] of keystone.conf; a user without a password is not made, and without admin_password nothing starts. */
export interface Bootstrap {
  region: string;
  endpoint_host: string;
  admin_password: string;
  demo_password: string;
  neutron_password: string;
  nova_password: string;
  glance_password: string;
}

/** Name, type and address below the host of each service. */
const services = [
  { type: 'identity', name: 'keystone', url: ':5000/v3', adminUrl: ':35357/v3' },
  { type: 'network', name: 'neutron', url: ':9696' },
  { type: 'compute', name: 'nova', url: ':8774/v2.1' },
  { type: 'image', name: 'glance', url: ':9292' },
];

/** Whose role is what on which project. */
const members: [user: keyof typeof passwordOf, role: string, projects: string[]][] = [
  ['admin', 'admin', ['admin', 'demo']],
  ['demo', 'member', ['demo']],
  ['neutron', 'admin', ['service']],
  ['nova', 'admin', ['service']],
  ['glance', 'admin', ['service']],
];

const passwordOf = {
  admin: 'admin_password',
  demo: 'demo_password',
  neutron: 'neutron_password',
  nova: 'nova_password',
  glance: 'glance_password',
} as const;

/** Fills an empty database; does nothing to one that was filled before. */
export async function bootstrap(store: Store, options: Bootstrap): Promise<void> {
  if ((await store.read.count(tables.domains)) > 0) return;
  if (options.admin_password === '')
    throw new ConfigError("option 'admin_password' of group [bootstrap] is needed for the first start");
  const hashes = new Map<string, string>();
  for (const [user] of members) {
    const password = options[passwordOf[user]];
    if (password !== '') hashes.set(user, await hashPassword(password));
  }
  await store.transaction(async (rows) => {
    // another server may have begun on the same database
    if ((await rows.count(tables.domains)) > 0) return;
    await rows.insert(tables.domains, {
      id: 'default',
      name: 'Default',
      enabled: true,
      extra: { description: 'The default domain' },
    });
    const roles = await insertRoles(rows);
    const projects = await insertProjects(rows);
    for (const [name, role, on] of members) {
      const password_hash = hashes.get(name);
      if (password_hash === undefined) continue;
      const id = newId();
      const account = { domain_id: 'default', enabled: true, password_hash };
      const extra = { email: `${name}@example.com`, options: {} };
      await rows.insert(tables.users, { id, name, ...account, default_project_id: null, extra });
      for (const project of on)
        await rows.insert(tables.grants, {
          user_id: id,
          target: 'project',
          target_id: projects.get(project)!,
          role_id: roles.get(role)!,
        });
    }
    await insertCatalog(rows, options);
  });
}

async function insertRoles(rows: Rows): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const name of ['admin', 'member', memberRole]) {
    const id = newId();
    ids.set(name, id);
    const extra = { domain_id: null, description: null, options: {} };
    await rows.insert(tables.roles, { id, name, extra });
  }
  return ids;
}

async function insertProjects(rows: Rows): Promise<Map<string, string>> {
  const ids = new Map<string, string>();
  for (const name of ['admin', 'demo', 'service']) {
    const id = newId();
    ids.set(name, id);
    const extra = { description: `The ${name} project`, is_domain: false, tags: [], options: {} };
    await rows.insert(tables.projects, { id, name, domain_id: 'default', enabled: true, extra });
  }
  return ids;
}

async function insertCatalog(rows: Rows, { region, endpoint_host }: Bootstrap): Promise<void> {
  await rows.insert(tables.regions, { id: region, parent_region_id: null, extra: { description: '' } });
  for (const { type, name, url, adminUrl } of services) {
    const service_id = newId();
    await rows.insert(tables.services, { id: service_id, type, name, enabled: true, extra: {} });
    const legacy_endpoint_id = newId();
    for (const kind of ['public', 'internal', 'admin'] as const) {
      const port = kind === 'admin' ? (adminUrl ?? url) : url;
      await rows.insert(tables.endpoints, {
        id: newId(),
        legacy_endpoint_id,
        service_id,
        interface: kind,
        region_id: region,
        url: `http://${endpoint_host}${port}`,
        enabled: true,
        extra: {},
      });
    }
  }
}
