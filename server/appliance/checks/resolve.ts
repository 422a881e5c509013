// Placeholders in checks: {network:net01}, {port:vm01@net01:short}, {server:vm01:host}, ... see labs/README.md.
import { findNamed, findPort, findProject, findRow, findServer, listRows } from './find.ts';
import type { Row } from './find.ts';
import { NameNotFound } from './types.ts';
import type { CheckContext } from './types.ts';

const placeholder = /\{([a-z]+):([^{}:]+)(?::([\w:-]+))?\}/g;

type Finder = (context: CheckContext, name: string) => Promise<Row>;

/** What can be named, and how it is found. Beside the fields of the API each has the ones derived here. */
const finders: Record<string, Finder> = {
  network: async ({ get }, name) => withShort(await findNamed(get, 'network', name)),
  subnet: async ({ get }, name) => findNamed(get, 'subnet', name),
  router: async ({ get }, name) => {
    const router = await findNamed(get, 'router', name);
    const info = router['external_gateway_info'] as { external_fixed_ips?: { ip_address: string }[] } | null;
    return { ...router, gateway: info?.external_fixed_ips?.[0]?.ip_address };
  },
  project: async ({ get }, name) => findProject(get, name),
  server: async ({ get }, name) => {
    const server = await findServer(get, name);
    return { ...server, host: server['OS-EXT-SRV-ATTR:host'] };
  },
  port: async ({ get }, name) => {
    const [who = '', network = ''] = name.split('@');
    const port = await findPort(get, who, network);
    const [fixed] = port['fixed_ips'] as { ip_address: string }[];
    return {
      ...withShort(port),
      ip: fixed?.ip_address,
      host: port['binding:host_id'],
    };
  },
  floatingip: async ({ get }, name) => {
    const server = await findServer(get, name);
    const ports = await listRows(get, 'network', `/v2.0/ports?device_id=${String(server['id'])}`, 'ports');
    const ids = ports.map((port) => `port_id=${String(port['id'])}`).join('&');
    const what = `floating IP of ${name}`;
    return findRow(get, {
      path: `/v2.0/floatingips?${ids}`,
      list: 'floatingips',
      what,
      command: 'neutron floatingip-list',
    });
  },
  group: async ({ get }, name) => {
    const [project = '', group = ''] = name.split('/');
    const { id } = await findProject(get, project);
    return findRow(get, {
      path: `/v2.0/security-groups?tenant_id=${String(id)}&name=${encodeURIComponent(group)}`,
      ...{ list: 'security_groups', what: `security group ${group} of tenant ${project}` },
      command: 'neutron security-group-list',
    });
  },
};

/** With the part of the id that stands in the names of devices: brqXXX of a network, tapXXX of a port. */
function withShort(row: Row): Row {
  return { ...row, short: String(row['id']).slice(0, 11) };
}

/** Fields that need another question to the cloud or to a node. */
const derived: Record<string, (context: CheckContext, row: Row) => Promise<unknown>> = {
  'router:host': async ({ get }, { id }) => agentHost(get, `/v2.0/routers/${String(id)}/l3-agents`),
  'network:host': async ({ get }, { id }) => agentHost(get, `/v2.0/networks/${String(id)}/dhcp-agents`),
  'port:tag': async ({ exec }, { id, host }) => {
    const argv = [
      'ovs-vsctl',
      '--timeout=5',
      '--bare',
      'get',
      'Port',
      `qvo${String(id).slice(0, 11)}`,
      'tag',
    ];
    return (await exec(String(host), argv)).stdout.trim();
  },
};

async function agentHost(get: CheckContext['get'], path: string): Promise<unknown> {
  const [agent] = await listRows(get, 'network', path, 'agents');
  return agent?.['host'];
}

/** Replaces every placeholder in the strings of `args`. Throws NameNotFound when the cloud does not know a name. */
export async function resolveArgs(context: CheckContext, args: unknown): Promise<unknown> {
  const rows = new Map<string, Promise<Row>>();
  const resolveText = async (text: string): Promise<string> => {
    const values = await Promise.all(
      [...text.matchAll(placeholder)].map(async ([whole, kind, name, field]) => {
        const row = rows.get(`${kind}:${name}`) ?? finders[kind!]!(context, name!);
        rows.set(`${kind}:${name}`, row);
        return valueOf(context, { whole, kind: kind!, name: name!, field: field ?? 'id', row: await row });
      }),
    );
    return text.replaceAll(placeholder, () => values.shift()!);
  };
  const walk = async (value: unknown): Promise<unknown> => {
    if (typeof value === 'string') return resolveText(value);
    if (Array.isArray(value)) return Promise.all(value.map(walk));
    if (value === null || typeof value !== 'object') return value;
    const entries = Object.entries(value).map(async ([key, one]) => [key, await walk(one)] as const);
    return Object.fromEntries(await Promise.all(entries));
  };
  return walk(args);
}

async function valueOf(
  context: CheckContext,
  { whole, kind, name, field, row }: { whole: string; kind: string; name: string; field: string; row: Row },
): Promise<string> {
  const value = (await derived[`${kind}:${field}`]?.(context, row)) ?? row[field];
  if (value !== undefined && value !== null && value !== '') return String(value);
  throw new NameNotFound({
    observed: `${kind} ${name} has no ${field}`,
    expected: `${kind} ${name} with a ${field} (${whole})`,
    where: kind === 'server' ? 'the compute API' : 'the network API',
    command: { place: 'controller', text: kind === 'server' ? `nova show ${name}` : `neutron ${kind}-list` },
  });
}

/** Words that may stand before the first colon of a placeholder. */
export const placeholderKinds = Object.keys(finders);

/** Placeholders of a value that name no kind, for the catalog's errors. */
export function unknownPlaceholders(value: unknown): string[] {
  const text = JSON.stringify(value) ?? '';
  return [...text.matchAll(placeholder)]
    .map(([, kind]) => kind!)
    .filter((kind) => finders[kind] === undefined);
}
