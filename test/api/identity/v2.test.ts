import { afterAll, beforeAll, expect, it } from 'vitest';
import { startIdentity, type RunningIdentity } from '../../support/identity.ts';

let keystone: RunningIdentity;
let admin: string;
let demo: string;

beforeAll(async () => {
  keystone = await startIdentity();
  admin = await keystone.signIn('admin', 'admin-secret', 'admin');
  demo = await keystone.signIn('demo', 'demo-secret', 'demo');
});
afterAll(() => keystone.close());

const ask = (method: string, path: string, body?: unknown, token = admin) =>
  keystone.ask(method, `/v2.0${path}`, { token, body });
const signIn = (username: string, password: string, tenantName?: string) =>
  keystone.ask('POST', '/v2.0/tokens', {
    body: { auth: { passwordCredentials: { username, password }, ...(tenantName && { tenantName }) } },
  });
let count = 0;
const unique = (name: string) => `${name}-${count++}`;
const makeUser = async (more = {}) =>
  (await ask('POST', '/users', { user: { name: unique('user'), password: 'pw', ...more } })).body.user;
const makeTenant = async () =>
  (await ask('POST', '/tenants', { tenant: { name: unique('tenant') } })).body.tenant;

it('signs in to a tenant with roles and catalog', async () => {
  const { status, body } = await signIn('demo', 'demo-secret', 'demo');
  expect(status).toBe(200);
  expect(body.access).toMatchObject({
    token: { tenant: { name: 'demo' } },
    user: { name: 'demo', username: 'demo', roles: [{ name: 'member' }], roles_links: [] },
  });
  const network = body.access.serviceCatalog.find(({ type }: { type: string }) => type === 'network');
  expect(network).toMatchObject({
    endpoints_links: [],
    endpoints: [{ publicURL: 'http://controller:9696' }],
  });
  const identity = body.access.serviceCatalog.find(({ type }: { type: string }) => type === 'identity');
  expect(identity.endpoints[0].adminURL).toBe('http://controller:35357/v2.0');
});

it('rescopes, checks and ends tokens', async () => {
  const unscoped = (await signIn('admin', 'admin-secret')).body.access;
  expect(unscoped).toMatchObject({ serviceCatalog: [] });
  const rescoped = await keystone.ask('POST', '/v2.0/tokens', {
    body: { auth: { token: { id: unscoped.token.id }, tenantName: 'demo' } },
  });
  const { id } = rescoped.body.access.token;
  expect(rescoped.body.access.token.expires).toBe(unscoped.token.expires);
  expect((await ask('GET', `/tokens/${id}`)).body.access.token.tenant.name).toBe('demo');
  expect((await ask('HEAD', `/tokens/${id}`)).status).toBe(200);
  const { endpoints } = (await ask('GET', `/tokens/${id}/endpoints`)).body;
  expect(endpoints.map(({ type }: { type: string }) => type)).toContain('network');
  expect((await ask('DELETE', `/tokens/${id}`)).status).toBe(204);
  expect((await ask('GET', `/tokens/${id}`)).status).toBe(404);
});

it('keeps tenants', async () => {
  const made = await ask('POST', '/tenants', { tenant: { name: unique('t'), description: 'd' } });
  expect(made.status).toBe(200);
  const { tenant } = made.body;
  expect(tenant).toEqual({ id: tenant.id, name: tenant.name, description: 'd', enabled: true });
  expect((await ask('POST', '/tenants', { tenant: { name: tenant.name } })).status).toBe(409);
  const changed = await ask('POST', `/tenants/${tenant.id}`, { tenant: { enabled: false } });
  expect(changed.body.tenant).toEqual({ ...tenant, enabled: false });
  expect((await ask('DELETE', `/tenants/${tenant.id}`)).status).toBe(204);
  expect((await ask('DELETE', `/tenants/${tenant.id}`)).status).toBe(404);
});

it.each([[''], ['x'.repeat(65)]])('refuses a tenant named %j', async (name) => {
  expect((await ask('POST', '/tenants', { tenant: { name } })).status).toBe(400);
});

it('lists all tenants to an administrator and his own to a member, on the admin port to the former only', async () => {
  const names = async (token: string) =>
    (await ask('GET', '/tenants', undefined, token)).body.tenants.map(({ name }: { name: string }) => name);
  expect(await names(admin)).toEqual(expect.arrayContaining(['admin', 'demo', 'service']));
  expect(await names(demo)).toEqual(['demo']);
  const adminPort = await startIdentity({ isAdminPort: true });
  const member = await adminPort.signIn('demo', 'demo-secret', 'demo');
  expect((await adminPort.ask('GET', '/v2.0/tenants', { token: member })).status).toBe(403);
  await adminPort.close();
});

it('keeps users, who sign in until disabled', async () => {
  const tenant = await makeTenant();
  const user = await makeUser({ tenantId: tenant.id, email: 'e@example.com' });
  expect(user).toMatchObject({
    username: user.name,
    tenantId: tenant.id,
    email: 'e@example.com',
    enabled: true,
  });
  expect((await signIn(user.name, 'pw', tenant.name)).body.access.user.roles).toEqual([{ name: '_member_' }]);
  expect((await ask('GET', `/tenants/${tenant.id}/users`)).body.users).toEqual([user]);
  await ask('PUT', `/users/${user.id}/OS-KSADM/password`, { user: { password: 'new' } });
  expect((await signIn(user.name, 'pw')).status).toBe(401);
  await ask('PUT', `/users/${user.id}/enabled`, { user: { enabled: false } });
  expect((await signIn(user.name, 'new')).status).toBe(401);
  expect((await ask('DELETE', `/users/${user.id}`)).status).toBe(204);
  expect((await ask('GET', `/users/${user.id}`)).status).toBe(404);
});

it('lets a user change the own password', async () => {
  const tenant = await makeTenant();
  const user = await makeUser({ tenantId: tenant.id });
  const { token } = (await signIn(user.name, 'pw', tenant.name)).body.access;
  const change = (original_password: string) =>
    ask('PATCH', `/OS-KSCRUD/users/${user.id}`, { user: { password: 'other', original_password } }, token.id);
  expect((await change('wrong')).status).toBe(401);
  expect((await change('pw')).status).toBe(200);
  expect((await signIn(user.name, 'other')).status).toBe(200);
});

it.each([
  [{ name: '', password: 'x' }, 400],
  [{ name: 'x'.repeat(256), password: 'x' }, 400],
  [{ name: 'odd', password: 'x', enabled: 'yes' }, 400],
  [{ name: 'lost', password: 'x', tenantId: 'nowhere' }, 404],
  [{ name: 'demo', password: 'x' }, 409],
])('answers the new user %j with %i', async (user, status) => {
  expect((await ask('POST', '/users', { user })).status).toBe(status);
});

it('tells which name is taken', async () => {
  const { body } = await ask('POST', '/users', { user: { name: 'demo', password: 'x' } });
  expect(body.error.message).toBe(
    'Conflict occurred attempting to store user - Duplicate entry found with name demo at domain ID default.',
  );
});

it('gives and takes roles, 409 when given twice', async () => {
  const [tenant, user] = [await makeTenant(), await makeUser()];
  const { role } = (await ask('POST', '/OS-KSADM/roles', { role: { name: unique('role') } })).body;
  const path = `/tenants/${tenant.id}/users/${user.id}/roles`;
  const granted = await ask('PUT', `${path}/OS-KSADM/${role.id}`);
  expect(granted).toMatchObject({ status: 200, body: { role: { id: role.id } } });
  expect((await ask('PUT', `${path}/OS-KSADM/${role.id}`)).status).toBe(409);
  expect((await ask('GET', path)).body.roles).toEqual([role]);
  expect((await ask('DELETE', `${path}/OS-KSADM/${role.id}`)).status).toBe(204);
  expect((await ask('DELETE', `${path}/OS-KSADM/${role.id}`)).status).toBe(404);
  expect((await ask('PUT', `/tenants/nowhere/users/${user.id}/roles/OS-KSADM/${role.id}`)).status).toBe(404);
});

it('keeps services and endpoints', async () => {
  const service = { type: 'dns', name: 'designate' };
  const made = (await ask('POST', '/OS-KSADM/services', { 'OS-KSADM:service': service })).body[
    'OS-KSADM:service'
  ];
  expect(made).toMatchObject({ ...service, description: null });
  const urls = { publicurl: 'http://p', internalurl: 'http://i', adminurl: 'http://a' };
  const body = { endpoint: { region: 'RegionOne', service_id: made.id, ...urls } };
  const { endpoint } = (await ask('POST', '/endpoints', body)).body;
  expect(endpoint).toMatchObject({ region: 'RegionOne', service_id: made.id, ...urls });
  expect((await ask('GET', '/endpoints')).body.endpoints).toContainEqual(endpoint);
  expect((await ask('DELETE', `/endpoints/${endpoint.id}`)).status).toBe(204);
  expect((await ask('DELETE', `/OS-KSADM/services/${made.id}`)).status).toBe(204);
});

it('refuses members with 403 and strangers with 401', async () => {
  const paths = ['/users', '/OS-KSADM/roles', '/OS-KSADM/services', '/endpoints'];
  for (const path of paths) {
    expect((await ask('GET', path, undefined, demo)).status).toBe(403);
    expect((await keystone.ask('GET', `/v2.0${path}`)).status).toBe(401);
  }
  expect((await ask('DELETE', '/tenants/x', undefined, demo)).status).toBe(403);
  expect((await ask('POST', '/tenants', { tenant: { name: 'x' } }, demo)).status).toBe(403);
});

it('lists its extensions', async () => {
  const { values } = (await keystone.ask('GET', '/v2.0/extensions')).body.extensions;
  expect(Object.keys(values[0]).sort()).toEqual([
    'alias',
    'description',
    'links',
    'name',
    'namespace',
    'updated',
  ]);
  const one = await keystone.ask('GET', '/v2.0/extensions/OS-KSADM');
  expect(one.body.extension).toEqual(values[0]);
});
