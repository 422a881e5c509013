// Identity in this process, over a database of its own, with the users of a fresh lab.
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:http';
import { createIdentityApp, openIdentity } from '../../server/cloud/identity/app.ts';
import type { Identity } from '../../server/cloud/identity/access.ts';
import { silentLogger } from '../../server/lib/log.ts';
import { testDatabase } from './test-database.ts';

export const passwords = {
  admin_password: 'admin-secret',
  demo_password: 'demo-secret',
  neutron_password: 'neutron-secret',
  nova_password: 'nova-secret',
  glance_password: 'glance-secret',
};

export interface Answer {
  status: number;
  headers: Headers;
  body: any; // eslint-disable-line @typescript-eslint/no-explicit-any -- tests look at what they expect
}

export interface RunningIdentity {
  identity: Identity;
  /** `http://127.0.0.1:port`, without a version. */
  url: string;
  /** One request; `token` goes into X-Auth-Token. */
  ask(method: string, path: string, options?: AskOptions): Promise<Answer>;
  /** Signs in with v3 and returns the token. */
  signIn(user: string, password: string, project: string): Promise<string>;
  close(): Promise<void>;
}

export interface AskOptions {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
}

export async function askAt(
  url: string,
  method: string,
  path: string,
  options: AskOptions = {},
): Promise<Answer> {
  const { token, body, headers } = options;
  const response = await fetch(`${url}${path}`, {
    method,
    headers: {
      ...(token !== undefined && { 'x-auth-token': token }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = response.headers.get('content-type')?.startsWith('application/json');
  return {
    status: response.status,
    headers: response.headers,
    body: isJson && text ? JSON.parse(text) : text,
  };
}

/** Starts Identity; `isAdminPort` as on port 35357. */
export async function startIdentity({
  isAdminPort = false,
  tokenSeconds = 3600,
} = {}): Promise<RunningIdentity> {
  const database = await testDatabase('identity');
  const identity = await openIdentity({
    connection: database.url,
    tokenSeconds,
    bootstrap: { region: 'RegionOne', endpoint_host: 'controller', ...passwords },
  });
  const server = createServer(createIdentityApp(identity, silentLogger, isAdminPort));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    identity,
    url,
    ask: (method, path, options) => askAt(url, method, path, options),
    async signIn(user, password, project) {
      const answer = await askAt(url, 'POST', '/v3/auth/tokens', {
        body: passwordAuth(user, password, project),
      });
      return answer.headers.get('x-subject-token') ?? '';
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await identity.store.close();
      await database.release();
    },
  };
}

/** The v3 sign-in body; without a project, unscoped. */
export const passwordAuth = (name: string, password: string, project?: string) => ({
  auth: {
    identity: {
      methods: ['password'],
      password: { user: { name, domain: { name: 'Default' }, password } },
    },
    ...(project !== undefined && { scope: { project: { name: project, domain: { name: 'Default' } } } }),
  },
});
