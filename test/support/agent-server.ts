// A Networking server for agents under test: answers their calls from plain objects and sends them events, without a broker.
import type { NetworkSpec, RouterSpec } from '../../server/cloud/model/specs.ts';
import type { Endpoint, Rpc } from '../../server/cloud/rpc/rpc.ts';
import { adminContext } from '../../server/cloud/model/context.ts';

type Args = Record<string, unknown>;

export interface AgentServer {
  rpc: Pick<Rpc, 'call' | 'serve' | 'onConnect'>;
  /** What the server wants; tests change it. */
  networks: Map<string, NetworkSpec>;
  routers: Map<string, RouterSpec>;
  /** While true every call fails, as without a message queue. */
  isAway: boolean;
  /** Arguments of every call of a method, oldest first. */
  calls(method: string): Args[];
  /** Casts an event to the agent. */
  cast(topic: string, method: string, args: Args): Promise<void>;
}

export function agentServer(extra: Record<string, (args: Args) => unknown> = {}): AgentServer {
  const networks = new Map<string, NetworkSpec>();
  const routers = new Map<string, RouterSpec>();
  const topics = new Map<string, Record<string, Endpoint>>();
  const log: { method: string; args: Args }[] = [];
  const methods: Record<string, (args: Args) => unknown> = {
    report_state: () => 'alive',
    get_network_info: ({ network_id }) => networks.get(network_id as string) ?? null,
    get_active_networks_info: () => [...networks.values()],
    dhcp_ready_on_ports: () => null,
    get_router_ids: () => [...routers.keys()],
    sync_routers: ({ router_ids }) => (router_ids as string[]).flatMap((id) => routers.get(id) ?? []),
    update_floatingip_statuses: ({ router_id, fip_statuses }) => {
      for (const item of routers.get(router_id as string)?.floatingips ?? [])
        item.status = (fip_statuses as Record<string, typeof item.status>)[item.id] ?? item.status;
    },
    update_ha_routers_states: () => null,
    update_device_list: () => ({ failed_devices_up: [], failed_devices_down: [] }),
    ...extra,
  };
  const server: AgentServer = {
    isAway: false,
    networks,
    routers,
    calls: (method) => log.filter((entry) => entry.method === method).map(({ args }) => args),
    cast: async (topic, method, args) => {
      await topics.get(topic)?.[method]?.(args as never, adminContext());
    },
    rpc: {
      call: <Result>(_topic: string, method: string, args: Args) => {
        if (server.isAway) return Promise.reject(new Error('The server is away'));
        log.push({ method, args: structuredClone(args) });
        return Promise.resolve(structuredClone(methods[method]?.(args)) as Result);
      },
      serve: (topic, endpoints) => void topics.set(topic, endpoints),
      onConnect: () => undefined,
    },
  };
  return server;
}
