import { afterAll, beforeAll, expect, it } from 'vitest';
import { passwordAuth, startIdentity, type RunningIdentity } from '../../support/identity.ts';

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
  keystone.ask(method, path, { token, body });
let count = 0;
const unique = (name: string) => `${name}-${count++}`;

it('tells its versions to anybody', async () => {
  const all = await keystone.ask('GET', '/');
  expect(all.status).toBe(300);
  expect(all.body.versions.values.map(({ id }: { id: string }) => id)).toEqual(['v3.14', 'v2.0']);
  for (const path of ['/v3', '/v3/']) {
    const one = await keystone.ask('GET', path);
    expect(one.status).toBe(200);
    expect(one.body.version).toMatchObject({
      status: 'stable',
      'media-types': [{ base: 'application/json', type: 'application/vnd.openstack.identity-v3+json' }],
    });
  }
});

it('signs in to a project with user, roles and catalog', async () => {
  const { status, headers, body } = await keystone.ask('POST', '/v3/auth/tokens', {
    body: passwordAuth('demo', 'demo-secret', 'demo'),
  });
  expect(status).toBe(201);
  expect(headers.get('x-subject-token')).toMatch(/^[\w-]{32}$/);
  expect(headers.get('x-openstack-request-id')).toMatch(/^req-/);
  const { token } = body;
  expect(token).toMatchObject({
    methods: ['password'],
    user: { name: 'demo', domain: { id: 'default', name: 'Default' } },
    project: { name: 'demo', domain: { id: 'default', name: 'Default' } },
    roles: [{ name: 'member' }],
  });
  expect(token.project.id).toMatch(/^[0-9a-f]{32}$/);
  expect(Date.parse(token.expires_at)).toBeGreaterThan(Date.now());
  expect(token.expires_at).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);
  const types = token.catalog.map(({ type }: { type: string }) => type).sort();
  expect(types).toEqual(['compute', 'identity', 'image', 'network']);
  const network = token.catalog.find(({ type }: { type: string }) => type === 'network');
  expect(network.endpoints).toHaveLength(3);
  expect(network.endpoints[0]).toMatchObject({ region: 'RegionOne', url: 'http://controller:9696' });
});

it.each([
  ['a wrong password', passwordAuth('demo', 'wrong', 'demo')],
  ['an unknown user', passwordAuth('nobody', 'demo-secret', 'demo')],
  ['an unknown project', passwordAuth('demo', 'demo-secret', 'nowhere')],
  ['a project without a role', passwordAuth('demo', 'demo-secret', 'admin')],
])('refuses %s with 401', async (_, body) => {
  const answer = await keystone.ask('POST', '/v3/auth/tokens', { body });
  expect(answer.status).toBe(401);
  expect(answer.body.error).toMatchObject({ code: 401, title: 'Unauthorized' });
});

it.each([
  [{}],
  [[]],
  [{ auth: { identity: {} } }],
  [{ auth: { identity: { methods: ['password'] } } }],
  [{ auth: { identity: { methods: ['password'], password: { user: { name: 'demo' } } } } }],
])('answers 400 to the sign-in %j', async (body) => {
  const answer = await keystone.ask('POST', '/v3/auth/tokens', { body });
  expect(answer).toMatchObject({ status: 400, body: { error: { code: 400, title: 'Bad Request' } } });
});

it('asks for a token everywhere else, and for an administrator where it must', async () => {
  for (const path of ['/v3/projects', '/v3/users', '/v3/roles', '/v3/auth/projects']) {
    expect((await keystone.ask('GET', path)).status).toBe(401);
    expect((await keystone.ask('GET', path, { token: 'made-up' })).status).toBe(401);
  }
  for (const path of ['/v3/projects', '/v3/users', '/v3/roles', '/v3/domains', '/v3/endpoints'])
    expect((await ask('GET', path, undefined, demo)).status).toBe(403);
  expect((await ask('POST', '/v3/projects', { project: { name: 'x' } }, demo)).status).toBe(403);
});

it('validates, rescopes and ends tokens', async () => {
  const token = await keystone.signIn('admin', 'admin-secret', 'admin');
  const headers = { 'x-subject-token': token };
  const validated = await keystone.ask('GET', '/v3/auth/tokens', { token, headers });
  expect(validated.status).toBe(200);
  expect(validated.headers.get('x-subject-token')).toBe(token);
  expect((await keystone.ask('HEAD', '/v3/auth/tokens', { token: admin, headers })).status).toBe(200);
  const rescoped = await keystone.ask('POST', '/v3/auth/tokens', {
    body: {
      auth: {
        identity: { methods: ['token'], token: { id: token } },
        scope: { project: { name: 'demo', domain: { id: 'default' } } },
      },
    },
  });
  expect(rescoped.status).toBe(201);
  expect(rescoped.body.token).toMatchObject({
    project: { name: 'demo' },
    methods: ['token', 'password'],
    expires_at: validated.body.token.expires_at,
  });
  expect((await keystone.ask('DELETE', '/v3/auth/tokens', { token: admin, headers })).status).toBe(204);
  expect((await keystone.ask('GET', '/v3/auth/tokens', { token: admin, headers })).status).toBe(404);
  expect((await keystone.ask('GET', '/v3/auth/projects', { token })).status).toBe(401);
});

it('does not show a member the token of somebody else', async () => {
  const headers = { 'x-subject-token': admin };
  expect((await keystone.ask('GET', '/v3/auth/tokens', { token: demo, headers })).status).toBe(403);
});

it('keeps projects: create, show, filter, update, delete', async () => {
  const name = unique('project');
  const made = await ask('POST', '/v3/projects', { project: { name, domain_id: 'default' } });
  expect(made.status).toBe(201);
  const { project } = made.body;
  expect(project).toMatchObject({
    name,
    description: '',
    enabled: true,
    domain_id: 'default',
    parent_id: 'default',
  });
  expect(project.links.self).toBe(`${keystone.url}/v3/projects/${project.id}`);
  expect((await ask('GET', `/v3/projects/${project.id}`)).body.project).toEqual(project);
  const found = await ask('GET', `/v3/projects?name=${name}`);
  expect(found.body.projects).toEqual([project]);
  expect(await ask('POST', '/v3/projects', { project: { name } })).toMatchObject({
    status: 409,
    body: { error: { message: expect.stringContaining(`in the same domain: name is ${name}, project id `) } },
  });
  const updated = await ask('PATCH', `/v3/projects/${project.id}`, {
    project: { enabled: false, description: 'new' },
  });
  expect(updated.body.project).toEqual({ ...project, enabled: false, description: 'new' });
  const disabled = await ask('GET', '/v3/projects?enabled=False');
  expect(disabled.body.projects.map(({ id }: { id: string }) => id)).toContain(project.id);
  expect((await ask('DELETE', `/v3/projects/${project.id}`)).status).toBe(204);
  expect((await ask('DELETE', `/v3/projects/${project.id}`)).status).toBe(404);
});

it.each([[''], ['x'.repeat(65)], [5]])('refuses a project named %j with 400', async (name) => {
  expect((await ask('POST', '/v3/projects', { project: { name } })).status).toBe(400);
});

it('keeps users, whose password can change and who can be disabled', async () => {
  const name = unique('user');
  const made = await ask('POST', '/v3/users', {
    user: { name, password: 'a"b\'c d', domain_id: 'default', email: 'u@example.com' },
  });
  expect(made.status).toBe(201);
  const { user } = made.body;
  expect(user).toMatchObject({ name, email: 'u@example.com', enabled: true, password_expires_at: null });
  expect(JSON.stringify(user)).not.toContain('hash');
  const signIn = async (password: string) =>
    (await keystone.ask('POST', '/v3/auth/tokens', { body: passwordAuth(name, password) })).status;
  expect(await signIn('a"b\'c d')).toBe(201);
  await ask('PATCH', `/v3/users/${user.id}`, { user: { password: 'second' } });
  expect([await signIn('a"b\'c d'), await signIn('second')]).toEqual([401, 201]);
  await ask('PATCH', `/v3/users/${user.id}`, { user: { enabled: false } });
  expect(await signIn('second')).toBe(401);
  expect((await ask('POST', '/v3/users', { user: { name: 'x', domain_id: 'nowhere' } })).status).toBe(404);
  expect((await ask('DELETE', `/v3/users/${user.id}`)).status).toBe(204);
});

it('grants a role, which opens the project, and takes it away again', async () => {
  const { project } = (await ask('POST', '/v3/projects', { project: { name: unique('p') } })).body;
  const { user } = (await ask('POST', '/v3/users', { user: { name: unique('u'), password: 'pw' } })).body;
  const roles = (await ask('GET', '/v3/roles?name=member')).body.roles;
  const path = `/v3/projects/${project.id}/users/${user.id}/roles`;
  expect((await ask('PUT', `${path}/${roles[0].id}`)).status).toBe(204);
  expect((await ask('PUT', `${path}/${roles[0].id}`)).status).toBe(204);
  expect((await ask('HEAD', `${path}/${roles[0].id}`)).status).toBe(204);
  expect((await ask('GET', path)).body.roles).toMatchObject([{ name: 'member' }]);
  const token = await keystone.signIn(user.name, 'pw', project.name);
  expect((await ask('GET', '/v3/auth/projects', undefined, token)).body.projects).toMatchObject([
    { id: project.id },
  ]);
  expect((await ask('GET', `/v3/users/${user.id}/projects`, undefined, token)).body.projects).toHaveLength(1);
  expect((await ask('DELETE', `${path}/${roles[0].id}`)).status).toBe(204);
  expect((await ask('GET', '/v3/auth/projects', undefined, token)).status).toBe(401);
  expect((await ask('PUT', `${path}/unknown`)).status).toBe(404);
});

it('gives the roles of a group to its members', async () => {
  const { project } = (await ask('POST', '/v3/projects', { project: { name: unique('p') } })).body;
  const { user } = (await ask('POST', '/v3/users', { user: { name: unique('u'), password: 'pw' } })).body;
  const { group } = (await ask('POST', '/v3/groups', { group: { name: unique('g') } })).body;
  const [role] = (await ask('GET', '/v3/roles?name=member')).body.roles;
  const grant = `/v3/projects/${project.id}/groups/${group.id}/roles/${role.id}`;
  const member = `/v3/groups/${group.id}/users/${user.id}`;
  expect((await ask('PUT', grant)).status).toBe(204);
  expect((await ask('HEAD', member)).status).toBe(404);
  expect(await keystone.signIn(user.name, 'pw', project.name)).toBe('');
  expect((await ask('PUT', member)).status).toBe(204);
  expect((await ask('HEAD', member)).status).toBe(204);
  expect((await ask('GET', `/v3/groups/${group.id}/users`)).body.users).toMatchObject([{ id: user.id }]);
  expect((await ask('GET', `/v3/users/${user.id}/groups`)).body.groups).toMatchObject([{ id: group.id }]);
  const token = await keystone.signIn(user.name, 'pw', project.name);
  expect((await ask('GET', '/v3/auth/projects', undefined, token)).body.projects).toHaveLength(1);
  expect((await ask('DELETE', grant)).status).toBe(204);
  expect((await ask('GET', '/v3/auth/projects', undefined, token)).status).toBe(401);
  expect((await ask('DELETE', member)).status).toBe(204);
});

it('signs a user in to the default project', async () => {
  const { project } = (await ask('POST', '/v3/projects', { project: { name: unique('p') } })).body;
  const user = { name: unique('u'), password: 'pw', default_project_id: project.id };
  const { id } = (await ask('POST', '/v3/users', { user })).body.user;
  const [role] = (await ask('GET', '/v3/roles?name=member')).body.roles;
  await ask('PUT', `/v3/projects/${project.id}/users/${id}/roles/${role.id}`);
  const answer = await keystone.ask('POST', '/v3/auth/tokens', { body: passwordAuth(user.name, 'pw') });
  expect(answer.body.token.project.id).toBe(project.id);
});

it('keeps domains, which must be disabled before they go', async () => {
  const made = await ask('POST', '/v3/domains', { domain: { name: unique('d'), description: 'x' } });
  expect(made.status).toBe(201);
  const { domain } = made.body;
  expect((await ask('GET', `/v3/domains?name=${domain.name}`)).body.domains).toEqual([domain]);
  await ask('POST', '/v3/projects', { project: { name: 'inside', domain_id: domain.id } });
  expect((await ask('DELETE', `/v3/domains/${domain.id}`)).status).toBe(403);
  await ask('PATCH', `/v3/domains/${domain.id}`, { domain: { enabled: false } });
  expect((await ask('DELETE', `/v3/domains/${domain.id}`)).status).toBe(204);
  expect((await ask('GET', `/v3/projects?domain_id=${domain.id}`)).body.projects).toEqual([]);
  expect((await ask('GET', '/v3/domains?name=Default')).body.domains).toMatchObject([{ id: 'default' }]);
});

it('keeps regions, services and endpoints, and shows new ones in the catalog', async () => {
  const region = (await ask('PUT', '/v3/regions/west', { region: { description: 'w' } })).body.region;
  expect(region).toMatchObject({ id: 'west', description: 'w', parent_region_id: null });
  const { service } = (await ask('POST', '/v3/services', { service: { type: 'dns', name: 'designate' } }))
    .body;
  expect(service).toMatchObject({ type: 'dns', enabled: true });
  const made = await ask('POST', '/v3/endpoints', {
    endpoint: { service_id: service.id, interface: 'public', region: 'west', url: 'http://h/$(tenant_id)s' },
  });
  expect(made.status).toBe(201);
  expect(made.body.endpoint).toMatchObject({ region: 'west', region_id: 'west', interface: 'public' });
  const { token } = (
    await keystone.ask('POST', '/v3/auth/tokens', { body: passwordAuth('demo', 'demo-secret', 'demo') })
  ).body;
  const dns = token.catalog.find(({ type }: { type: string }) => type === 'dns');
  expect(dns.endpoints[0].url).toBe(`http://h/${token.project.id}`);
  expect((await ask('DELETE', `/v3/endpoints/${made.body.endpoint.id}`)).status).toBe(204);
  expect((await ask('DELETE', `/v3/services/${service.id}`)).status).toBe(204);
  expect((await ask('DELETE', '/v3/regions/west')).status).toBe(204);
});

it('answers a body that is not JSON with 400 and an unknown path with 404', async () => {
  const broken = await fetch(`${keystone.url}/v3/auth/tokens`, { method: 'POST', body: '{"auth":' });
  expect(broken.status).toBe(400);
  expect(await broken.json()).toMatchObject({ error: { code: 400, title: 'Bad Request' } });
  expect((await keystone.ask('GET', '/v3/nothing', { token: admin })).body.error.code).toBe(404);
});
