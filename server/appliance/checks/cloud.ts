// Asks the cloud's APIs from the host, as its administrator; what does not answer is a broken lab.
import { LabBroken } from './types.ts';
import type { ApiGet, ServiceName } from './types.ts';

export interface Credentials {
  username: string;
  password: string;
  project: string;
}

/** Base URLs of the four services as reachable from here, without version. */
export type Endpoints = Record<ServiceName, string>;

const answerWithinMs = 5_000;

/** Returns a GET that keeps its token and takes a new one when it has run out. */
export function createCloud({
  endpoints,
  readCredentials,
}: {
  endpoints: Endpoints;
  readCredentials: () => Promise<Credentials>;
}): ApiGet {
  let token: Promise<string> | undefined;
  const takeToken = async () => authenticate(endpoints.identity, await readCredentials());
  const ask = async (service: ServiceName, path: string) => {
    token ??= takeToken();
    token.catch(() => (token = undefined));
    return fetchJson(service, `${endpoints[service]}${path}`, { headers: { 'X-Auth-Token': await token } });
  };
  return async (service, path) => {
    const first = await ask(service, path);
    if (first.status !== 401) return first;
    token = undefined;
    return ask(service, path);
  };
}

async function authenticate(identity: string, { username, password, project }: Credentials): Promise<string> {
  const domain = { id: 'default' };
  const auth = {
    identity: { methods: ['password'], password: { user: { name: username, domain, password } } },
    scope: { project: { name: project, domain } },
  };
  const { status, headers } = await fetchJson('identity', `${identity}/v3/auth/tokens`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ auth }),
  });
  const token = headers.get('x-subject-token');
  if (status !== 201 || token === null)
    throw new LabBroken(`the identity API gives no token (status ${status})`);
  return token;
}

async function fetchJson(
  service: ServiceName,
  url: string,
  init: RequestInit,
): Promise<{ status: number; body: unknown; headers: Headers }> {
  try {
    const answer = await fetch(url, { ...init, signal: AbortSignal.timeout(answerWithinMs) });
    const text = await answer.text();
    if (answer.status >= 500) throw new LabBroken(`the ${service} API answers ${answer.status}`);
    return {
      status: answer.status,
      body: text === '' ? undefined : JSON.parse(text),
      headers: answer.headers,
    };
  } catch (error) {
    if (error instanceof LabBroken) throw error;
    throw new LabBroken(`the ${service} API does not answer (${causeOf(error)})`);
  }
}

function causeOf(error: unknown): string {
  const cause = (error as { cause?: { code?: string } }).cause?.code;
  return cause ?? (error instanceof Error ? error.name : String(error));
}

/** The administrator's account from an openrc file's `export OS_...=` lines. */
export function parseOpenrc(text: string): Credentials {
  const value = (...names: string[]) => {
    for (const name of names) {
      const found = new RegExp(`^\\s*export ${name}=(.*)$`, 'm').exec(text)?.[1];
      if (found !== undefined) return found.trim().replace(/^(['"])(.*)\1$/, '$2');
    }
    throw new LabBroken(`openrc-admin names no ${names[0]}`);
  };
  return {
    username: value('OS_USERNAME'),
    password: value('OS_PASSWORD'),
    project: value('OS_TENANT_NAME', 'OS_PROJECT_NAME'),
  };
}
