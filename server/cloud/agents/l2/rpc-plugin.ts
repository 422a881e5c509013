// The server over the message queue: what is asked of it, and the events it sends.
import type { Rpc } from '../../rpc/rpc.ts';
import { createAsk } from './ask.ts';
import type { Plugin } from './desired.ts';
import { fdbNetworks, type OverlayPlugin, type TunnelNews } from './overlay.ts';

/** `agent_id` is what the server's log calls the agent; `tunnelIp` the address that this host's tunnels come from. */
export function rpcPlugin(
  rpc: Rpc,
  { host, agent_id, tunnelIp = '' }: { host: string; agent_id: string; tunnelIp?: string },
): Plugin & OverlayPlugin {
  const ask = createAsk(rpc);
  return {
    fetchDevices: (devices) =>
      ask('get_devices_details_list_and_failed_devices', { devices, agent_id, host }),
    fetchGroups: (devices) => ask('security_group_info_for_devices', { devices }),
    reportDevices: (devices_up, devices_down) =>
      ask('update_device_list', { devices_up, devices_down, agent_id, host }),
    fetchTunnels: (tunnel_type) => ask('tunnel_sync', { host, tunnel_ip: tunnelIp, tunnel_type }),
    fetchFdb: (network_ids) => ask('get_fdb_entries', { host, network_ids }),
  };
}

/** What an agent does about events of the server. */
export interface PortEvents {
  portChanged(id: string): void;
  networkChanged(id: string): void;
  groupsChanged(ids: string[]): void;
}

/** Turns the server's events into passes; they carry keys only. */
export function subscribe(rpc: Rpc, agent: PortEvents): void {
  const port = {
    port_update: (args: { port: { id: string } }) => agent.portChanged(args.port.id),
    port_delete: (args: { port_id: string }) => agent.portChanged(args.port_id),
  };
  const network = {
    network_update: (args: { network?: { id: string }; network_id?: string }) =>
      agent.networkChanged(args.network?.id ?? args.network_id ?? ''),
    network_delete: (args: { network_id: string }) => agent.networkChanged(args.network_id),
  };
  const changed = (args: { security_groups: string[] }) => agent.groupsChanged(args.security_groups);
  const groups = { security_groups_rule_updated: changed, security_groups_member_updated: changed };
  rpc.serve('q-agent-notifier-port-update', port, { fanout: true });
  rpc.serve('q-agent-notifier-network-update', network, { fanout: true });
  rpc.serve('q-agent-notifier-security_group-update', groups, { fanout: true });
}

/** What an agent with tunnels does about events of the server. */
export interface OverlayEvents {
  /** A host came, or is gone. */
  tunnelChanged(news: TunnelNews, isGone: boolean): void;
  /** Ports of these networks came, went or moved on other hosts. */
  fdbChanged(networkIds: string[]): void;
}

/** Turns the server's events about other hosts into passes. */
export function subscribeOverlay(rpc: Rpc, agent: OverlayEvents): void {
  const tunnel = {
    tunnel_update: (news: TunnelNews) => agent.tunnelChanged(news, false),
    tunnel_delete: (news: TunnelNews) => agent.tunnelChanged(news, true),
  };
  const fdb = ({ fdb_entries }: { fdb_entries: Record<string, object> }) =>
    agent.fdbChanged(fdbNetworks(fdb_entries));
  const population = { add_fdb_entries: fdb, remove_fdb_entries: fdb, update_fdb_entries: fdb };
  rpc.serve('q-agent-notifier-tunnel-update', tunnel, { fanout: true });
  rpc.serve('q-agent-notifier-l2population-update', population, { fanout: true });
}
