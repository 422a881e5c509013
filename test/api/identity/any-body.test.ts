// Whatever a client sends to Identity, v2.0 or v3: an answer in the API's form, and what is refused changes nothing.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { identitySchema } from '../../../server/cloud/identity/tables.ts';
import type { Schema } from '../../../server/cloud/store/migrate.ts';
import { seed, spoilt } from '../../support/generated-bodies.ts';
import {
  passwordAuth,
  passwords,
  startIdentity,
  type Answer,
  type RunningIdentity,
} from '../../support/identity.ts';

type Request = [verb: string, path: string, good: object];

/** Every kind of request that takes a body, on things made for it. */
async function requests({ ask }: RunningIdentity, token: string): Promise<Request[]> {
  const made = async (name: string, body: object): Promise<string> => {
    const answer = await ask('POST', `/v3/${name}s`, { token, body: { [name]: body } });
    expect(answer.status, JSON.stringify(answer.body)).toBe(201);
    return answer.body[name].id;
  };
  const project = await made('project', { name: 'p', domain_id: 'default' });
  const user = await made('user', { name: 'u', password: 'secret', domain_id: 'default' });
  const role = await made('role', { name: 'r' });
  const domain = await made('domain', { name: 'd' });
  const group = await made('group', { name: 'g', domain_id: 'default' });
  const service = await made('service', { name: 's', type: 'volume', enabled: true });
  const endpoint = { service_id: service, interface: 'public', url: 'http://x/', region_id: 'RegionOne' };
  const endpointId = await made('endpoint', endpoint);
  const v2Endpoint = {
    service_id: service,
    region: 'RegionOne',
    publicurl: 'http://x/',
    internalurl: 'http://x/',
  };
  const named = { name: 'n', description: 'text', enabled: true };
  return [
    ['POST', '/v3/auth/tokens', passwordAuth('demo', passwords.demo_password, 'demo')],
    ['POST', '/v3/auth/tokens', { auth: { identity: { methods: ['token'], token: { id: token } } } }],
    ['POST', '/v3/projects', { project: { ...named, domain_id: 'default' } }],
    ['PATCH', `/v3/projects/${project}`, { project: named }],
    [
      'POST',
      '/v3/users',
      { user: { ...named, email: 'a@b', default_project_id: project, domain_id: 'default' } },
    ],
    ['PATCH', `/v3/users/${user}`, { user: { name: 'u2', email: 'c@d' } }],
    ['POST', '/v3/roles', { role: { name: 'r2' } }],
    ['PATCH', `/v3/roles/${role}`, { role: { name: 'r3' } }],
    ['POST', '/v3/domains', { domain: named }],
    ['PATCH', `/v3/domains/${domain}`, { domain: named }],
    ['POST', '/v3/groups', { group: { name: 'g2', description: '', domain_id: 'default' } }],
    ['PATCH', `/v3/groups/${group}`, { group: { name: 'g3' } }],
    ['POST', '/v3/regions', { region: { id: 'R2', description: '', parent_region_id: 'RegionOne' } }],
    ['PUT', '/v3/regions/R3', { region: { description: '' } }],
    ['PATCH', '/v3/regions/RegionOne', { region: { description: 'x' } }],
    ['POST', '/v3/services', { service: { name: 's2', type: 'volume', description: '', enabled: true } }],
    ['PATCH', `/v3/services/${service}`, { service: { name: 's3' } }],
    ['POST', '/v3/endpoints', { endpoint }],
    ['PATCH', `/v3/endpoints/${endpointId}`, { endpoint: { url: 'http://y/' } }],
    ['PUT', `/v3/projects/${project}/users/${user}/roles/${role}`, {}],
    [
      'POST',
      '/v2.0/tokens',
      {
        auth: {
          passwordCredentials: { username: 'demo', password: passwords.demo_password },
          tenantName: 'demo',
        },
      },
    ],
    ['POST', '/v2.0/tokens', { auth: { token: { id: token }, tenantName: 'admin' } }],
    ['POST', '/v2.0/tenants', { tenant: named }],
    ['POST', `/v2.0/tenants/${project}`, { tenant: named }],
    [
      'POST',
      '/v2.0/users',
      { user: { name: 'u4', password: 'x', email: 'a@b', enabled: true, tenantId: project } },
    ],
    ['PUT', `/v2.0/users/${user}`, { user: { name: 'u5', email: 'x@y' } }],
    ['PUT', `/v2.0/users/${user}/enabled`, { user: { enabled: true } }],
    ['PUT', `/v2.0/users/${user}/OS-KSADM/password`, { user: { password: 'new' } }],
    ['PATCH', `/v2.0/OS-KSCRUD/users/${user}`, { user: { password: 'new', original_password: 'secret' } }],
    ['POST', '/v2.0/OS-KSADM/roles', { role: { name: 'r5' } }],
    [
      'POST',
      '/v2.0/OS-KSADM/services',
      { 'OS-KSADM:service': { name: 's5', type: 'volume', description: '' } },
    ],
    ['POST', '/v2.0/endpoints', { endpoint: v2Endpoint }],
  ];
}

function checkRefusal({ status, headers, body }: Answer, asked: string): void {
  expect([400, 401, 403, 404, 409], asked).toContain(status);
  expect(headers.get('content-type'), asked).toMatch(/^application\/json/);
  expect(Object.keys(body), asked).toEqual(['error']);
  expect(body.error, asked).toMatchObject({
    code: status,
    title: expect.any(String),
    message: expect.stringMatching(/./),
  });
}

it(`any body, by anybody (seed ${seed})`, { timeout: 120_000 }, async () => {
  const server = await startIdentity();
  try {
    const admin = await server.signIn('admin', passwords.admin_password, 'admin');
    const member = await server.signIn('demo', passwords.demo_password, 'demo');
    const { read } = server.identity.store;
    const { tables }: Schema = identitySchema;
    const everything = async () => JSON.stringify(await Promise.all(tables.map((table) => read.all(table))));
    const kinds = await requests(server, admin);
    const step = fc.constantFrom(...kinds).chain(([verb, path, good]) =>
      fc.record({
        verb: fc.constant(verb),
        path: fc.constant(path),
        body: spoilt(good),
        token: fc.constantFrom(admin, admin, admin, member, 'nobody'),
      }),
    );
    let before = await everything();
    const answers = new Map<number, number>();
    await fc.assert(
      fc.asyncProperty(step, async ({ verb, path, body, token }) => {
        const answer = await server.ask(verb, path, { token, body });
        const asked = JSON.stringify({ verb, path, body, status: answer.status, answer: answer.body });
        answers.set(answer.status, (answers.get(answer.status) ?? 0) + 1);
        if (answer.status < 400) {
          before = await everything();
          return;
        }
        checkRefusal(answer, asked);
        expect(await everything(), asked).toBe(before);
      }),
      { numRuns: 600, seed, endOnFailure: true },
    );
    for (const status of [200, 201, 400, 401, 403, 409])
      expect(answers.get(status) ?? 0, String(status)).toBeGreaterThan(1);
  } finally {
    await server.close();
  }
});
