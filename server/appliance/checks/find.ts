// Finds what a check names through the cloud's API, so that any right way a learner took is accepted.
import { LabBroken, NameNotFound } from './types.ts';
import type { ApiGet, ServiceName } from './types.ts';

export type Row = Record<string, unknown>;

/** The first row of a list. Throws NameNotFound with words for the learner when the list is empty. */
export async function findRow(
  get: ApiGet,
  { service = 'network', path, list, what, command }: FindRequest,
): Promise<Row> {
  const [row] = await listRows(get, service, path, list);
  if (row !== undefined) return row;
  throw new NameNotFound({
    observed: `there is no ${what}`,
    expected: `${/^[aeiou]/.test(what) ? 'an' : 'a'} ${what}`,
    where: `the ${service} API`,
    command: { place: 'controller', text: command },
  });
}

export interface FindRequest {
  service?: ServiceName;
  path: string;
  /** Key of the list in the answer. */
  list: string;
  /** What is looked for, such as 'network net01'. */
  what: string;
  /** What a learner types to see the list. */
  command: string;
}

export async function listRows(
  get: ApiGet,
  service: ServiceName,
  path: string,
  list: string,
): Promise<Row[]> {
  const { status, body } = await get(service, path);
  if (status >= 400) throw new LabBroken(`the ${service} API answers ${status} to GET ${path}`);
  return ((body as Record<string, Row[]> | undefined)?.[list] ?? []) as Row[];
}

export function findServer(get: ApiGet, name: string): Promise<Row> {
  return findByExactName(get, {
    ...{ service: 'compute', path: `/v2.1/servers/detail?all_tenants=1&name=${encodeURIComponent(name)}` },
    ...{ list: 'servers', what: `instance ${name}`, command: 'nova list', name },
  });
}

/** Nova's name filter is a pattern, so vm1 also finds vm10. */
async function findByExactName(get: ApiGet, request: FindRequest & { name: string }): Promise<Row> {
  const exact: ApiGet = async (service, path) => {
    const answer = await get(service, path);
    const rows = (answer.body as Record<string, Row[]> | undefined)?.[request.list] ?? [];
    return { ...answer, body: { [request.list]: rows.filter((row) => row['name'] === request.name) } };
  };
  return findRow(exact, request);
}

/** A resource of the network API by its name. */
export function findNamed(get: ApiGet, kind: 'network' | 'subnet' | 'router', name: string): Promise<Row> {
  const command = {
    network: 'neutron net-list',
    subnet: 'neutron subnet-list',
    router: 'neutron router-list',
  }[kind];
  const path = `/v2.0/${kind}s?name=${encodeURIComponent(name)}`;
  return findRow(get, { path, list: `${kind}s`, what: `${kind} ${name}`, command });
}

export function findProject(get: ApiGet, name: string): Promise<Row> {
  const path = `/v3/projects?name=${encodeURIComponent(name)}`;
  const request = { path, list: 'projects', what: `tenant ${name}`, command: 'keystone tenant-list' };
  return findRow(get, { service: 'identity', ...request });
}

/** The port of `who` on a network: an instance, a router, or 'dhcp'. */
export async function findPort(get: ApiGet, who: string, networkName: string): Promise<Row> {
  const network = await findNamed(get, 'network', networkName);
  const owner = who === 'dhcp' ? 'device_owner=network:dhcp' : `device_id=${await deviceIdOf(get, who)}`;
  return findRow(get, {
    path: `/v2.0/ports?network_id=${String(network['id'])}&${owner}`,
    ...{ list: 'ports', what: `port of ${who} on ${networkName}` },
    command: 'neutron port-list -c id -c device_owner -c fixed_ips',
  });
}

async function deviceIdOf(get: ApiGet, name: string): Promise<string> {
  const [router] = await listRows(
    get,
    'network',
    `/v2.0/routers?name=${encodeURIComponent(name)}`,
    'routers',
  );
  return String((router ?? (await findServer(get, name)))['id']);
}
