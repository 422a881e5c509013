import { afterAll, beforeAll, expect, it } from 'vitest';
import { startIdentity, type RunningIdentity } from '../../support/identity.ts';

let keystone: RunningIdentity;
let admin: string;

beforeAll(async () => {
  keystone = await startIdentity();
  admin = await keystone.signIn('admin', 'admin-secret', 'admin');
});
afterAll(() => keystone.close());

const ask = (method: string, path: string, body?: unknown) =>
  keystone.ask(method, path, { token: admin, body });
const assignments = async (query: string) =>
  (await ask('GET', `/v3/role_assignments?${query}`)).body.role_assignments;
const project = async (name: string) => (await ask('GET', `/v3/projects?name=${name}`)).body.projects[0].id;

it('names user, role and project of an assignment when asked to', async () => {
  const found = await assignments(`include_names=True&scope.project.id=${await project('demo')}`);
  const domain = { id: 'default', name: 'Default' };
  expect(found).toContainEqual({
    user: { id: expect.any(String), name: 'demo', domain },
    role: { id: expect.any(String), name: 'member' },
    scope: { project: { id: await project('demo'), name: 'demo', domain } },
    links: { assignment: expect.stringContaining('/roles/') },
  });
});

it('shows ids alone without being asked for names', async () => {
  const [first] = await assignments('');
  expect(Object.keys(first.user)).toEqual(['id']);
  expect(Object.keys(first.role)).toEqual(['id']);
});

it('lists what groups hold, also by group', async () => {
  const { group } = (await ask('POST', '/v3/groups', { group: { name: 'staff' } })).body;
  const [role] = (await ask('GET', '/v3/roles?name=member')).body.roles;
  const id = await project('demo');
  await ask('PUT', `/v3/projects/${id}/groups/${group.id}/roles/${role.id}`);
  const [found, ...others] = await assignments(`group.id=${group.id}&include_names`);
  expect(others).toEqual([]);
  expect(found).toMatchObject({ group: { id: group.id, name: 'staff' }, role: { name: 'member' } });
  expect(await assignments(`scope.project.id=${id}`)).toContainEqual(
    expect.objectContaining({ group: { id: group.id } }),
  );
});
