// Names and ids that nova commands take, looked up in the APIs.
import type { Session } from '../session.ts';

export interface Server {
  id: string;
  name: string;
  status: string;
  addresses: Record<string, { addr: string; version: number }[]>;
  image: { id: string };
  flavor: { id: string };
  metadata: Record<string, string>;
  security_groups?: { name: string }[];
  fault?: { code: number; created: string; message: string };
  'OS-EXT-STS:task_state': string | null;
  'OS-EXT-STS:power_state': number;
  [field: string]: unknown;
}

export interface Named {
  id: string;
  name: string;
  [field: string]: unknown;
}

/** The body of a GET to Compute. */
export const getCompute = async <Body>(
  session: Session,
  path: string,
  query: Record<string, string | undefined> = {},
): Promise<Body> => (await session.request<Body>('compute', { method: 'GET', path, query })).body;

/** The body of a POST to Compute. */
export const postCompute = async <Body>(session: Session, path: string, body: unknown): Promise<Body> =>
  (await session.request<Body>('compute', { method: 'POST', path, body })).body;

function choose<Item extends Named>(kind: string, wanted: string, items: readonly Item[]): Item {
  const byId = items.find(({ id }) => id === wanted);
  const byName = items.filter(({ name }) => name === wanted);
  const found = byId ?? byName[0];
  if (found === undefined)
    throw new Error(`ERROR (CommandError): No ${kind} with a name or ID of '${wanted}' exists.`);
  if (byId === undefined && byName.length > 1)
    throw new Error(
      `ERROR (CommandError): Multiple ${kind} matches found for '${wanted}', use an ID to be more specific.`,
    );
  return found;
}

/** A server by id or name, in full. */
export async function findServer(session: Session, wanted: string): Promise<Server> {
  const { servers } = await getCompute<{ servers: Server[] }>(session, '/servers/detail');
  const own = servers.some(({ id, name }) => id === wanted || name === wanted);
  if (own) return choose('server', wanted, servers);
  const { is_admin } = await roleOf(session);
  if (!is_admin) return choose('server', wanted, servers);
  const all = await getCompute<{ servers: Server[] }>(session, '/servers/detail', { all_tenants: '1' });
  return choose('server', wanted, all.servers);
}

const roleOf = async (session: Session) => ({
  is_admin: (await session.access()).roles.some((role) => role.toLowerCase() === 'admin'),
});

export async function findFlavor(session: Session, wanted: string): Promise<Named> {
  return choose('flavor', wanted, (await getCompute<{ flavors: Named[] }>(session, '/flavors')).flavors);
}

export async function findImage(session: Session, wanted: string): Promise<Named> {
  return choose('image', wanted, await listImages(session));
}

export async function listImages(session: Session): Promise<Named[]> {
  const path = '/v2/images';
  return (await session.request<{ images: Named[] }>('image', { method: 'GET', path })).body.images;
}

/** Compute's and Networking's ids by name, of what `--nic net-name=` and friends name. */
export async function findNetwork(session: Session, wanted: string): Promise<string> {
  const path = '/v2.0/networks';
  const { body } = await session.request<{ networks: Named[] }>('network', { method: 'GET', path });
  return choose('network', wanted, body.networks).id;
}
