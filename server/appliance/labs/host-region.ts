// Lets real clients on this machine use a lab's cloud: its catalog gets a region whose endpoints are the published ports.
import type { Engine } from '../engine/engine.ts';
import { exec } from './exec.ts';
import type { ApiName, LabStatus } from './list.ts';

/** Region of the endpoints that this machine reaches; the nodes' own is RegionOne. */
export const hostRegion = 'Host';

/** Path of each service's endpoint, as its own catalog has it. */
const paths: Record<ApiName, string> = { identity: '/v3', network: '', compute: '/v2.1', image: '' };

interface Endpoint {
  id: string;
  service_id: string;
  interface: string;
  region: string;
  url: string;
}

/** The `export NAME=VALUE` lines of a credentials file in the controller. */
export async function readOpenrc(engine: Engine, lab: string, user: string): Promise<Record<string, string>> {
  const file = `/root/openrc-${user}`;
  const { code, stdout, stderr } = await exec(engine, lab, 'controller', ['cat', file]);
  if (code !== 0) throw new Error(`The credentials of '${user}' cannot be read: ${stderr.trim()}`);
  const lines = stdout.matchAll(/^export (\w+)=(.*)$/gm);
  return Object.fromEntries([...lines].map((match) => [match[1] ?? '', match[2] ?? '']));
}

/** Identity's API as admin; answers with the parsed body and throws on a refusal. */
async function openIdentity(url: string, credentials: Record<string, string>) {
  const ask = async (method: string, path: string, body?: unknown, token = '') => {
    const answer = await fetch(`${url}/v3${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token === '' ? {} : { 'X-Auth-Token': token }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      signal: AbortSignal.timeout(10_000),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Identity refuses ${method} ${path}: ${text}`);
    return {
      body: (text === '' ? {} : JSON.parse(text)) as unknown,
      token: answer.headers.get('x-subject-token'),
    };
  };
  const domain = { id: 'default' };
  const user = { name: credentials.OS_USERNAME, password: credentials.OS_PASSWORD, domain };
  const scope = { project: { name: credentials.OS_PROJECT_NAME, domain } };
  const auth = { identity: { methods: ['password'], password: { user } }, scope };
  const { token } = await ask('POST', '/auth/tokens', { auth });
  return (method: string, path: string, body?: unknown) =>
    ask(method, path, body, token ?? '').then((answer) => answer.body);
}

/** Writes the region into the lab's catalog, or mends it after a restart gave the controller other ports. */
export async function publishHostRegion(engine: Engine, lab: LabStatus): Promise<void> {
  if (lab.endpoints.identity === undefined)
    throw new Error(`The controller of lab '${lab.name}' is not running.`);
  await writeHostRegion(await readOpenrc(engine, lab.name, 'admin'), lab.endpoints);
}

/**
 * Gives every service of `bases` (addresses without a path) its public, internal and admin endpoint in the region: clients
 * ask for any of the three. `credentials` are an administrator's.
 */
export async function writeHostRegion(
  credentials: Record<string, string>,
  bases: LabStatus['endpoints'],
): Promise<void> {
  const ask = await openIdentity(bases.identity!, credentials);
  const { services } = (await ask('GET', '/services')) as { services: { id: string; type: string }[] };
  const { endpoints } = (await ask('GET', '/endpoints')) as { endpoints: Endpoint[] };
  const { regions } = (await ask('GET', '/regions')) as { regions: { id: string }[] };
  if (!regions.some(({ id }) => id === hostRegion))
    await ask('POST', '/regions', { region: { id: hostRegion } });
  for (const { id: service_id, type } of services) {
    const base = bases[type as ApiName];
    if (base === undefined) continue;
    const url = `${base}${paths[type as ApiName]}`;
    for (const kind of ['public', 'internal', 'admin']) {
      const own = endpoints.find(
        (endpoint) =>
          endpoint.service_id === service_id && endpoint.region === hostRegion && endpoint.interface === kind,
      );
      const endpoint = { service_id, interface: kind, region: hostRegion, region_id: hostRegion, url };
      if (own === undefined) await ask('POST', '/endpoints', { endpoint });
      else if (own.url !== url) await ask('PATCH', `/endpoints/${own.id}`, { endpoint: { url } });
    }
  }
}
