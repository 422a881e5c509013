// A signed-in client of the cloud's APIs: token and catalog from Identity v2.0 or v3, requests to the services.
import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import { failureOf, sendRequest, type HttpAnswer } from './http-request.ts';

export { ApiFailure, NoAnswer } from './http-request.ts';

export interface Credentials {
  /** Identity's address; with /v2.0 at its end the old API is spoken, otherwise v3. */
  auth_url: string;
  username: string;
  password: string;
  project_name: string;
  user_domain_name?: string;
  project_domain_name?: string;
  region?: string;
}

export type ServiceType = 'identity' | 'network' | 'compute' | 'image';

export interface ServiceRequest {
  method: string;
  /** From the endpoint on: `/v2.0/networks` for network, `/users` for identity. */
  path: string;
  query?: Record<string, string | readonly string[] | undefined>;
  /** Sent as JSON; with `raw` as bytes. */
  body?: unknown;
  /** Bytes in and out instead of JSON: `body` is a Buffer or a stream, the answer's body a Buffer. */
  raw?: boolean;
  headers?: Record<string, string>;
  timeoutMs?: number;
  /** Of Identity: this version (`''` is the list of versions) instead of the one in the auth_url. */
  identityVersion?: 'v2.0' | 'v3' | '';
}

export interface ServiceAnswer<Body> {
  status: number;
  headers: IncomingHttpHeaders;
  body: Body;
}

/** What a sign-in gave. */
export interface Access {
  token: string;
  expires_at: string;
  user: { id: string; name: string };
  project: { id: string; name: string };
  roles: string[];
  catalog: CatalogService[];
}

export interface CatalogService {
  type: string;
  name: string;
  endpoints: { region: string; publicURL: string; internalURL: string; adminURL: string; id: string }[];
}

export interface Session {
  /** Signs in when needed, again after a 401. Throws ApiFailure for an answer of 400 and above. */
  request<Body = unknown>(service: ServiceType, request: ServiceRequest): Promise<ServiceAnswer<Body>>;
  token(): Promise<string>;
  access(): Promise<Access>;
}

/** A session that signs in with the first request. */
export function createSession(credentials: Credentials): Session {
  let signedIn: Promise<Access> | undefined;

  const access = () => {
    signedIn ??= signIn(credentials).catch((error: unknown) => {
      signedIn = undefined;
      throw error;
    });
    return signedIn;
  };

  const send = async (service: ServiceType, request: ServiceRequest): Promise<HttpAnswer> => {
    const { token, catalog } = await access();
    const { method, path, query, body, raw, headers, timeoutMs = 60_000, identityVersion } = request;
    const endpoint =
      service === 'identity'
        ? identityUrl(credentials, identityVersion)
        : endpointOf(catalog, service, credentials);
    return sendRequest({
      method,
      url: `${endpoint}${path}${queryString(query)}`,
      headers: {
        accept: raw ? '*/*' : 'application/json',
        'x-auth-token': token,
        ...(body !== undefined && { 'content-type': raw ? 'application/octet-stream' : 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: raw ? (body as Buffer | Readable) : JSON.stringify(body) }),
      timeoutMs,
    });
  };

  return {
    access,
    token: async () => (await access()).token,
    async request<Body>(service: ServiceType, request: ServiceRequest) {
      const used = access();
      let answer = await send(service, request);
      // a stream cannot be sent twice
      const canRepeat = !request.raw || request.body === undefined || Buffer.isBuffer(request.body);
      if (answer.status === 401 && canRepeat) {
        if (signedIn === used) signedIn = undefined;
        answer = await send(service, request);
      }
      if (answer.status >= 400) throw failureOf(answer);
      return { status: answer.status, headers: answer.headers, body: decode(answer, request.raw) as Body };
    },
  };
}

/** A session from OS_USERNAME, OS_PASSWORD, OS_TENANT_NAME or OS_PROJECT_NAME, OS_AUTH_URL. Throws when one is missing. */
export function sessionFromEnv(environment: Record<string, string | undefined>): Session {
  return createSession(credentialsFromEnv(environment));
}

export function credentialsFromEnv(environment: Record<string, string | undefined>): Credentials {
  const need = (option: string, ...names: string[]): string => {
    for (const name of names) if (environment[name]) return environment[name];
    throw new Error(`You must provide ${option} via either --${option} or env[${names[0]}]`);
  };
  const credentials: Credentials = {
    username: need('os-username', 'OS_USERNAME'),
    password: need('os-password', 'OS_PASSWORD'),
    project_name: need('os-tenant-name', 'OS_TENANT_NAME', 'OS_PROJECT_NAME'),
    auth_url: need('os-auth-url', 'OS_AUTH_URL'),
  };
  const { OS_USER_DOMAIN_NAME, OS_PROJECT_DOMAIN_NAME, OS_REGION_NAME } = environment;
  if (OS_USER_DOMAIN_NAME) credentials.user_domain_name = OS_USER_DOMAIN_NAME;
  if (OS_PROJECT_DOMAIN_NAME) credentials.project_domain_name = OS_PROJECT_DOMAIN_NAME;
  if (OS_REGION_NAME) credentials.region = OS_REGION_NAME;
  return credentials;
}

function decode({ body }: HttpAnswer, raw: boolean | undefined): unknown {
  if (raw) return body;
  return body.length === 0 ? undefined : (JSON.parse(body.toString('utf8')) as unknown);
}

function queryString(query: ServiceRequest['query'] = {}): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined) continue;
    for (const one of typeof value === 'string' ? [value] : value) search.append(name, one);
  }
  return search.size === 0 ? '' : `?${search.toString()}`;
}

function endpointOf(catalog: CatalogService[], type: ServiceType, { region }: Credentials): string {
  const endpoints = catalog.find((service) => service.type === type)?.endpoints ?? [];
  const chosen = endpoints.find((endpoint) => endpoint.region === region) ?? endpoints[0];
  if (chosen === undefined) throw new Error(`The catalog has no endpoint of type ${type}`);
  return trimmed(chosen.publicURL);
}

/** Identity where it was signed in, which the catalog may tell otherwise. */
function identityUrl({ auth_url }: Credentials, version?: string): string {
  const [, base = '', named = 'v3'] = /^(.*?)(?:\/(v3|v2\.0))?\/?$/.exec(auth_url) ?? [];
  const wanted = version ?? named;
  return wanted === '' ? base : `${base}/${wanted}`;
}

const trimmed = (url: string) => url.replace(/\/$/, '');

const signIn = (credentials: Credentials): Promise<Access> =>
  /\/v2\.0\/?$/.test(credentials.auth_url) ? signInV2(credentials) : signInV3(credentials);

async function post(url: string, body: unknown): Promise<HttpAnswer> {
  const headers = { 'content-type': 'application/json', accept: 'application/json' };
  const answer = await sendRequest({
    method: 'POST',
    url,
    headers,
    body: JSON.stringify(body),
    timeoutMs: 30_000,
  });
  if (answer.status >= 400) throw failureOf(answer);
  return answer;
}

interface V2Access {
  token: { id: string; expires: string; tenant: { id: string; name: string } };
  user: { id: string; name: string; roles: { name: string }[] };
  serviceCatalog: CatalogService[];
}

async function signInV2({ auth_url, username, password, project_name }: Credentials): Promise<Access> {
  const auth = { passwordCredentials: { username, password }, tenantName: project_name };
  const answer = await post(`${trimmed(auth_url)}/tokens`, { auth });
  const { token, user, serviceCatalog } = (JSON.parse(answer.body.toString()) as { access: V2Access }).access;
  return {
    token: token.id,
    expires_at: token.expires,
    user,
    project: token.tenant,
    roles: user.roles.map(({ name }) => name),
    catalog: serviceCatalog,
  };
}

interface V3Token {
  expires_at: string;
  user: { id: string; name: string };
  project: { id: string; name: string };
  roles: { name: string }[];
  catalog: {
    type: string;
    name: string;
    endpoints: { id: string; interface: string; region: string; url: string }[];
  }[];
}

async function signInV3(credentials: Credentials): Promise<Access> {
  const { auth_url, username, password, project_name } = credentials;
  const { user_domain_name = 'Default', project_domain_name = 'Default' } = credentials;
  const auth = {
    identity: {
      methods: ['password'],
      password: { user: { name: username, domain: { name: user_domain_name }, password } },
    },
    scope: { project: { name: project_name, domain: { name: project_domain_name } } },
  };
  const answer = await post(`${auth_url.replace(/\/(v3)?\/?$/, '')}/v3/auth/tokens`, { auth });
  const { token } = JSON.parse(answer.body.toString()) as { token: V3Token };
  return {
    token: String(answer.headers['x-subject-token']),
    expires_at: token.expires_at,
    user: token.user,
    project: token.project,
    roles: token.roles.map(({ name }) => name),
    catalog: token.catalog.map(({ type, name, endpoints }) => ({
      type,
      name,
      endpoints: byRegion(endpoints),
    })),
  };
}

/** v3 lists an endpoint per interface, v2.0 one per region; the latter is what tables show. */
function byRegion(endpoints: V3Token['catalog'][number]['endpoints']): CatalogService['endpoints'] {
  return [...new Set(endpoints.map(({ region }) => region))].map((region) => {
    const urlOf = (name: string) => {
      const own = endpoints.filter((endpoint) => endpoint.region === region);
      return (own.find((endpoint) => endpoint.interface === name) ?? own[0])!;
    };
    return {
      region,
      publicURL: urlOf('public').url,
      internalURL: urlOf('internal').url,
      adminURL: urlOf('admin').url,
      id: urlOf('public').id,
    };
  });
}
