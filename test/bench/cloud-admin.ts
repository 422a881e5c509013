// The bench's own client of a lab's APIs: sign in once, send JSON, no retries, so that nothing but the call is timed.
import type { ProofLab } from '../../server/appliance/proof/deps.ts';

export type Service = keyof ProofLab['endpoints'];

export interface CloudClient {
  projectId: string;
  /** Sends a request and answers with the body; throws on a refusal, with its words. */
  send<Body>(service: Service, method: string, path: string, body?: unknown): Promise<Body>;
}

export interface Credentials {
  user: string;
  password: string;
  project: string;
}

/** Signs in with a file of credentials that lies on the controller (`openrc-admin`, `openrc-demo`). */
export async function signIn(
  lab: Pick<ProofLab, 'runInNode' | 'endpoints'>,
  file: string,
): Promise<CloudClient> {
  const { stdout } = await lab.runInNode('controller', ['cat', `/root/${file}`]);
  const value = (name: string) => new RegExp(`export ${name}=['"]?([^'"\\n]+)`).exec(stdout)?.[1] ?? '';
  return signInAs(lab, {
    user: value('OS_USERNAME'),
    password: value('OS_PASSWORD'),
    project: value('OS_TENANT_NAME'),
  });
}

/** A token for a user of the default domain, and the project it is for. */
export async function takeToken(
  lab: Pick<ProofLab, 'endpoints'>,
  credentials: Credentials,
): Promise<{ token: string; projectId: string }> {
  const domain = { id: 'default' };
  const auth = {
    identity: {
      methods: ['password'],
      password: { user: { name: credentials.user, domain, password: credentials.password } },
    },
    scope: { project: { name: credentials.project, domain } },
  };
  const answer = await fetch(`${lab.endpoints.identity}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  const token = answer.headers.get('x-subject-token');
  if (token === null) throw new Error(`Identity gives no token (${answer.status})`);
  const { project } = ((await answer.json()) as { token: { project: { id: string } } }).token;
  return { token, projectId: project.id };
}

/** Signs in as a user of the default domain. */
export async function signInAs(
  lab: Pick<ProofLab, 'endpoints'>,
  credentials: Credentials,
): Promise<CloudClient> {
  const { token, projectId } = await takeToken(lab, credentials);
  return {
    projectId,
    send: async <Body>(service: Service, method: string, path: string, body?: unknown) => {
      const response = await fetch(`${lab.endpoints[service]}${path}`, {
        method,
        headers: { 'x-auth-token': token, 'content-type': 'application/json' },
        signal: AbortSignal.timeout(30_000),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      if (!response.ok) throw new Error(`${method} ${path} answers ${response.status}: ${text}`);
      return (text === '' ? undefined : JSON.parse(text)) as Body;
    },
  };
}

/** Asks every 20 ms until there is an answer; throws after the bound. */
export async function until<T>(
  ask: () => Promise<T | undefined>,
  what: string | (() => string),
  boundMs = 30_000,
): Promise<T> {
  const end = performance.now() + boundMs;
  while (performance.now() < end) {
    const found = await ask();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error(`Waited ${boundMs / 1000} s for ${typeof what === 'string' ? what : what()}`);
}
