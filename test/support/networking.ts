// The Networking API in this process, over a database of its own; what it tells agents and Compute is recorded.
import { createLogger } from '../../server/lib/log.ts';
import { listen } from '../../server/lib/http.ts';
import { authenticateWith } from '../../server/cloud/identity/authenticate.ts';
import { createEnv } from '../../server/cloud/networking/env.ts';
import { createNetworkingApp } from '../../server/cloud/networking/http.ts';
import { endpointsOf } from '../../server/cloud/networking/rpc.ts';
import { defaultSettings, type Settings } from '../../server/cloud/networking/settings.ts';
import type { Cast, Env, Item, ServerEvents } from '../../server/cloud/networking/work.ts';
import { adminContext } from '../../server/cloud/model/context.ts';
import { networkingSchema } from '../../server/cloud/store/networking-tables.ts';
import { openStore } from '../../server/cloud/store/store.ts';
import { testDatabase } from './test-database.ts';

export const demo = 'd'.repeat(32);
export const other = 'e'.repeat(32);

export interface Answer {
  status: number;
  headers: Headers;
  // answers are looked into freely by the tests
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  body: any;
}

export type Ask = (method: string, path: string, body?: unknown) => Promise<Answer>;

export interface NetworkingServer {
  url: string;
  env: Env;
  /** Asks as an administrator, as a member of project demo, of another project, and without a token. */
  admin: Ask;
  member: Ask;
  stranger: Ask;
  nobody: Ask;
  /** Asks as a user of a project who has this role only. */
  withRole: (project_id: string, role: string) => Ask;
  casts: Cast[];
  notifications: { event: string; payload: Item }[];
  serverEvents: Parameters<ServerEvents['portChanged']>[0][];
  /** Calls an endpoint as an agent would. */
  rpc: (topic: string, method: string, args: Item) => Promise<unknown>;
  /** Lets the agents of a host report themselves: all three of a network node, the L2 agent of others (and the L3 agent given its mode). */
  agentsOn: (host: string, configurations?: Item) => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

export interface ServerOptions {
  settings?: Partial<Omit<Settings, 'ml2'>> & { ml2?: Partial<Settings['ml2']> };
  policyPath?: string;
  /** Where the server logs; default: nowhere. */
  logFile?: string;
  url?: string;
  /** Who a token stands for; default: tokens are project ids (with a role, `ID:ROLE`), or `admin`. */
  validate?: Parameters<typeof authenticateWith>[0];
}

/** The physical networks of the guide: public on physnet1, VLANs 100 to 110 for tenants on physnet2. */
export const guideMl2 = {
  tenant_network_types: ['vlan'],
  network_vlan_ranges: ['physnet1', 'physnet2:100:110'],
};

export async function networkingServer(options: ServerOptions = {}): Promise<NetworkingServer> {
  const log = createLogger({ log_file: options.logFile ?? '/dev/null', verbose: true }, 'neutron-server');
  const settings = {
    ...defaultSettings,
    ...options.settings,
    ml2: { ...defaultSettings.ml2, ...guideMl2, ...options.settings?.ml2 },
  };
  const database = options.url === undefined ? await testDatabase('networking') : undefined;
  const store = await openStore(options.url ?? database!.url, networkingSchema);
  const casts: Cast[] = [];
  const notifications: NetworkingServer['notifications'] = [];
  const serverEvents: NetworkingServer['serverEvents'] = [];
  const env = createEnv({
    store,
    settings,
    log,
    messages: {
      cast: (message) => void casts.push(message),
      notify: (event, payload) => void notifications.push({ event, payload: payload as Item }),
    },
    serverEvents: { portChanged: (change) => void serverEvents.push(change) },
    ...(options.policyPath && { policyPath: options.policyPath }),
  });
  const app = createNetworkingApp(env, authenticateWith(options.validate ?? callerOf));
  const listening = await listen(app, { host: '127.0.0.1', port: 0, log });
  const as = (token: string | undefined) => askAs(listening.url, token);
  const endpoints = endpointsOf(env) as Record<
    string,
    Record<string, (args: Item, context: unknown) => Promise<unknown>>
  >;
  const rpc = async (topic: string, method: string, args: Item) =>
    endpoints[topic]![method]!(args, adminContext());
  return {
    url: listening.url,
    env,
    admin: as('admin'),
    member: as(demo),
    stranger: as(other),
    nobody: as(undefined),
    withRole: (project_id, role) => as(`${project_id}:${role}`),
    casts,
    notifications,
    serverEvents,
    rpc,
    agentsOn: (host, configurations) => reportAgents(rpc, host, configurations),
    async [Symbol.asyncDispose]() {
      await listening.close();
      await store.close();
      await database?.release();
    },
  };
}

function callerOf(token: string) {
  const is_admin = token === 'admin';
  const [owner = '', role = 'member'] = token.split(':');
  const project_id = is_admin ? 'a'.repeat(32) : owner;
  return {
    user_id: `user-${token.slice(0, 1)}`,
    user_name: token.slice(0, 1),
    project_id,
    project_name: project_id.slice(0, 4),
    roles: [is_admin ? 'admin' : role],
    is_admin,
  };
}

/** Asks the Networking API at `url` with a token. */
export const askAs =
  (url: string, token: string | undefined): Ask =>
  (method, path, body) =>
    ask(`${url}${path.startsWith('/v2.0') || path === '/' ? '' : '/v2.0'}${path}`, { method, token, body });

async function ask(
  url: string,
  { method, token, body }: { method: string; token: string | undefined; body: unknown },
): Promise<Answer> {
  const answer = await fetch(url, {
    method,
    headers: { ...(token && { 'X-Auth-Token': token }), 'Content-Type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await answer.text();
  return { status: answer.status, headers: answer.headers, body: text === '' ? undefined : JSON.parse(text) };
}

async function reportAgents(
  rpc: NetworkingServer['rpc'],
  host: string,
  configurations: Item = {},
): Promise<void> {
  const kinds = [
    ['Open vSwitch agent', 'neutron-openvswitch-agent', 'N/A'],
    ['DHCP agent', 'neutron-dhcp-agent', 'dhcp_agent'],
    ['L3 agent', 'neutron-l3-agent', 'l3_agent'],
  ] as const;
  const bridges = {
    bridge_mappings: { physnet1: 'br-ex', physnet2: 'br-eth1' },
    integration_bridge: 'br-int',
  };
  const isNetworkNode = host.startsWith('network');
  const there = kinds.filter(
    ([type]) =>
      isNetworkNode ||
      type === 'Open vSwitch agent' ||
      (type === 'L3 agent' && configurations.agent_mode !== undefined),
  );
  for (const [agent_type, binary, topic] of there)
    await rpc('q-reports-plugin', 'report_state', {
      agent_state: {
        agent_type,
        binary,
        topic,
        host,
        start_flag: true,
        configurations: { ...bridges, ...configurations },
      },
      time: new Date().toISOString(),
    });
}

/** Makes a resource and gives it; fails with the API's words when it is refused. `make(admin, 'router', {...})`. */
// eslint-disable-next-line @typescript-eslint/no-explicit-any
export async function make(ask: Ask, name: string, attributes: Item): Promise<any> {
  const answer = await ask('POST', `/${name.replaceAll('_', '-')}s`, { [name]: attributes });
  if (answer.status !== 201) throw new Error(`${name}: ${answer.status} ${JSON.stringify(answer.body)}`);
  return answer.body[name];
}

/** A network with a subnet. */
export async function makeNetwork(ask: Ask, cidr: string, network: Item = {}, subnet: Item = {}) {
  const made = await make(ask, 'network', { name: `net-${cidr}`, ...network });
  const ip_version = cidr.includes(':') ? 6 : 4;
  const tenant = network.tenant_id === undefined ? {} : { tenant_id: network.tenant_id };
  return {
    network: made,
    subnet: await make(ask, 'subnet', { network_id: made.id, cidr, ip_version, ...tenant, ...subnet }),
  };
}

/** The external network of the guide, with its subnet. */
export const makePublic = (admin: Ask) =>
  makeNetwork(
    admin,
    '10.64.201.0/24',
    {
      name: 'public01',
      'provider:network_type': 'flat',
      'provider:physical_network': 'physnet1',
      'router:external': true,
    },
    { gateway_ip: '10.64.201.254', enable_dhcp: false },
  );

/** Status, type and message of a refusal, in one line. */
export const refusal = ({ status, body }: Answer): string =>
  body?.NeutronError ? `${status} ${body.NeutronError.type}: ${body.NeutronError.message}` : `${status}`;
