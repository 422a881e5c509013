// A service that checks its callers at Identity over HTTP.
import { afterAll, beforeAll, expect, it } from 'vitest';
import { authenticate, remembering } from '../../../server/cloud/identity/authenticate.ts';
import { createApp, listen, type Listening } from '../../../server/lib/http.ts';
import { silentLogger } from '../../../server/lib/log.ts';
import { askAt, startIdentity, type RunningIdentity } from '../../support/identity.ts';

let keystone: RunningIdentity;
const open: Listening[] = [];

/** A service whose only answer is who asked. */
async function serviceWith(auth_url: string): Promise<string> {
  const app = createApp({
    log: silentLogger,
    renderError: ({ status, message }) => ({ error: { code: status, message } }),
    routes: (routes) => {
      routes.use(authenticate({ auth_url, log: silentLogger }));
      routes.get('/me', (_req, res) => void res.json(res.locals.context));
    },
  });
  const listening = await listen(app, { host: '127.0.0.1', port: 0, log: silentLogger });
  open.push(listening);
  return listening.url;
}

beforeAll(async () => {
  keystone = await startIdentity();
});
afterAll(async () => {
  await Promise.all(open.map((listening) => listening.close()));
  await keystone.close();
});

it.each(['', '/v3', '/v2.0'])('knows the caller by the token, with Identity at %j', async (suffix) => {
  const url = await serviceWith(`${keystone.url}${suffix}`);
  const token = await keystone.signIn('demo', 'demo-secret', 'demo');
  const { status, body, headers } = await askAt(url, 'GET', '/me', { token });
  expect(status).toBe(200);
  expect(body).toMatchObject({ user_name: 'demo', project_name: 'demo', roles: ['member'], is_admin: false });
  expect(body.request_id).toBe(headers.get('x-openstack-request-id'));
  const admin = await keystone.signIn('admin', 'admin-secret', 'demo');
  expect((await askAt(url, 'GET', '/me', { token: admin })).body.is_admin).toBe(true);
});

it('answers 401 without a token and with one that Identity does not know', async () => {
  const url = await serviceWith(keystone.url);
  for (const options of [{}, { token: 'made-up' }]) {
    const { status, body } = await askAt(url, 'GET', '/me', options);
    expect(status).toBe(401);
    expect(body).toEqual({
      error: {
        code: 401,
        title: 'Unauthorized',
        message: 'The request you have made requires authentication.',
      },
    });
  }
});

it('answers 503 when Identity is away', async () => {
  const url = await serviceWith('http://127.0.0.1:1/v3');
  expect(await askAt(url, 'GET', '/me', { token: 'x' })).toMatchObject({
    status: 503,
    body: { error: { code: 503 } },
  });
});

it('asks once for requests at the same time, remembers the answer, and asks again after a refusal', async () => {
  const asked: string[] = [];
  const caller = {
    user_id: 'u',
    user_name: 'u',
    project_id: 'p',
    project_name: 'p',
    roles: [],
    is_admin: false,
  };
  const validate = remembering(async (token) => {
    asked.push(token);
    return token === 'good' ? { caller, expiresAt: Date.now() + 60_000 } : undefined;
  });
  expect(await Promise.all([validate('good'), validate('good')])).toEqual([caller, caller]);
  expect(await validate('good')).toEqual(caller);
  expect(asked).toEqual(['good']);
  expect([await validate('bad'), await validate('bad')]).toEqual([undefined, undefined]);
  expect(asked).toEqual(['good', 'bad', 'bad']);
});

it('does not remember a token beyond its end', async () => {
  let asked = 0;
  const caller = {
    user_id: 'u',
    user_name: 'u',
    project_id: 'p',
    project_name: 'p',
    roles: [],
    is_admin: false,
  };
  const validate = remembering(async () => {
    asked++;
    return { caller, expiresAt: Date.now() - 1 };
  });
  await validate('t');
  await validate('t');
  expect(asked).toBe(2);
});
