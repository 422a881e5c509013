// What agents may ask of the server and tell it, by topic; the arguments are checked, for they come from a queue.
import type { RequestContext } from '../model/context.ts';
import type { AgentState } from '../model/specs.ts';
import { ipAllocations, ports } from '../store/networking-tables.ts';
import type { Rpc } from '../rpc/rpc.ts';
import { networkFor, networksFor } from './desired/dhcp.ts';
import { devicesFor, groupInfoFor } from './desired/l2.ts';
import { routersFor } from './desired/l3.ts';
import { meteredRouters } from './desired/metering.ts';
import { portSpecs } from './desired/port-specs.ts';
import { allDvrMacs, dvrMacOf } from './dvr/macs.ts';
import { haStatesReported } from './ha/states.ts';
import { reportState } from './heartbeat.ts';
import { perform } from './perform.ts';
import { tunnelPeers } from './tunnels.ts';
import { networksServedOn, routersServedOn } from './served.ts';
import { devicesReported, dhcpReady, floatingIpsReported } from './status.ts';
import type { Env, Item } from './work.ts';

const filterable = [
  'id',
  'network_id',
  'device_id',
  'device_owner',
  'mac_address',
  'tenant_id',
  'binding:host_id',
];

const list = (value: unknown): string[] =>
  (Array.isArray(value) ? value : []).filter((item) => typeof item === 'string');

function text(args: Item, name: string): string {
  const value = args[name];
  if (typeof value !== 'string') throw new Error(`Argument '${name}' must be text`);
  return value;
}

type Endpoints = Record<string, (args: Item, context: RequestContext) => Promise<unknown>>;

/** Every endpoint, by topic and method. */
export function endpointsOf(
  env: Env,
): Record<'q-reports-plugin' | 'q-plugin' | 'q-l3-plugin' | 'q-metering-plugin', Endpoints> {
  const { read } = env.store;
  const update_device_list = async (args: Item, context: RequestContext) => {
    const up = list(args.devices_up);
    const down = list(args.devices_down);
    await devicesReported(env, context, { host: text(args, 'host'), up, down });
    return { devices_up: up, devices_down: down, failed_devices_up: [], failed_devices_down: [] };
  };
  return {
    'q-reports-plugin': {
      report_state: (args, context) => reportState(env, context, checkedState(args.agent_state)),
      has_alive_neutron_server: async () => true,
    },
    'q-plugin': {
      get_devices_details_list_and_failed_devices: (args) =>
        devicesFor(read, text(args, 'host'), list(args.devices)),
      security_group_info_for_devices: (args) => groupInfoFor(read, list(args.devices)),
      update_device_list,
      tunnel_sync: (args) =>
        tunnelPeers(read, { host: text(args, 'host'), tunnel_type: text(args, 'tunnel_type') }),
      get_fdb_entries: async (args) =>
        (await env.plugin.population?.entriesFor(read, text(args, 'host'), list(args.network_ids))) ?? {},
      get_network_info: (args) => networkFor(env, text(args, 'host'), text(args, 'network_id')),
      get_active_networks_info: async (args, context) => {
        const host = text(args, 'host');
        const served = await perform(env, context, (work) => networksServedOn(work, host));
        return networksFor(read, host, served);
      },
      dhcp_ready_on_ports: async (args, context) => {
        await dhcpReady(env, context, list(args.port_ids));
        return true;
      },
      get_dvr_mac_address_by_host: (args, context) => dvrMacOf(env, context, text(args, 'host')),
      get_dvr_mac_address_list: () => allDvrMacs({ rows: read }),
      get_ports: (args) => getPorts(env, (args.filters ?? {}) as Item),
    },
    'q-l3-plugin': {
      get_router_ids: (args) => routersServedOn({ rows: read, env }, text(args, 'host')),
      sync_routers: async (args) => {
        const host = text(args, 'host');
        const served = await routersServedOn({ rows: read, env }, host);
        const asked =
          args.router_ids === undefined || args.router_ids === null ? served : list(args.router_ids);
        return routersFor(
          read,
          host,
          asked.filter((id) => served.includes(id)),
        );
      },
      update_ha_routers_states: async (args, context) => {
        const states = (args.states ?? {}) as Record<string, string>;
        await haStatesReported(env, context, { host: text(args, 'host'), states });
      },
      update_floatingip_statuses: async (args, context) => {
        const statuses = (args.fip_statuses ?? {}) as Record<string, string>;
        await floatingIpsReported(env, context, { router_id: text(args, 'router_id'), statuses });
      },
      update_device_list,
    },
    'q-metering-plugin': {
      get_sync_data_metering: (args) => meteredRouters({ rows: read, env }, text(args, 'host')),
    },
  };
}

function checkedState(value: unknown): AgentState {
  // real agents wrap the state once more
  const state = ((value as Item | undefined)?.agent_state ?? value) as Item | undefined;
  for (const name of ['agent_type', 'host', 'binary', 'topic']) text(state ?? {}, name);
  return { configurations: {}, ...state } as unknown as AgentState;
}

/** Ports by equality; `fixed_ips: {ip_address: [...]}` by address. */
async function getPorts(env: Env, filters: Item): Promise<Item[]> {
  const { read } = env.store;
  const where = Object.fromEntries(Object.entries(filters).filter(([name]) => filterable.includes(name)));
  const addresses = (filters.fixed_ips as { ip_address?: unknown } | undefined)?.ip_address;
  if (addresses !== undefined) {
    const held = await read.all(ipAllocations, { ip_address: list(addresses) });
    const ids = new Set(held.map(({ port_id }) => port_id));
    where.id = where.id === undefined ? [...ids] : list(where.id).filter((id) => ids.has(id));
  }
  const found = await read.all(ports, where);
  const specs = await portSpecs(read, found);
  return specs.map((spec, index) => ({ ...spec, tenant_id: found[index]!.tenant_id }));
}

/** Serves all endpoints over the message queue. */
export function serveAgents(env: Env, rpc: Rpc): void {
  for (const [topic, endpoints] of Object.entries(endpointsOf(env))) rpc.serve(topic, endpoints as never);
}
