// The server over the message queue: what is asked of it, and the events it sends.
import type { Rpc } from '../../rpc/rpc.ts';
import type { DeviceSpec, SecurityGroupInfo } from '../../model/specs.ts';
import type { OpenvswitchAgent } from './agent.ts';
import type { Plugin } from './desired.ts';

const topic = 'q-plugin';
/** A server that does not answer within this is tried again later; a pass must not hang on it. */
const timeoutMs = 15_000;

export function rpcPlugin(rpc: Rpc, host: string): Plugin {
  const agent_id = `ovs-agent-${host}`;
  return {
    fetchDevices: (devices) =>
      rpc.call<{ devices: DeviceSpec[]; failed_devices: string[] }>(
        topic,
        'get_devices_details_list_and_failed_devices',
        { devices, agent_id, host },
        { timeoutMs },
      ),
    fetchGroups: (devices) =>
      rpc.call<SecurityGroupInfo>(topic, 'security_group_info_for_devices', { devices }, { timeoutMs }),
    reportDevices: async (devices_up, devices_down) => {
      await rpc.call(
        topic,
        'update_device_list',
        { devices_up, devices_down, agent_id, host },
        { timeoutMs },
      );
    },
  };
}

/** Turns the server's events into passes; they carry keys only. */
export function subscribe(rpc: Rpc, agent: OpenvswitchAgent): void {
  const port = {
    port_update: (args: { port: { id: string } }) => agent.portChanged(args.port.id),
    port_delete: (args: { port_id: string }) => agent.portChanged(args.port_id),
  };
  const network = {
    network_update: (args: { network?: { id: string }; network_id?: string }) =>
      agent.networkChanged(args.network?.id ?? args.network_id ?? ''),
    network_delete: (args: { network_id: string }) => agent.networkChanged(args.network_id),
  };
  const groups = {
    security_groups_rule_updated: () => agent.groupsChanged(),
    security_groups_member_updated: () => agent.groupsChanged(),
  };
  rpc.serve('q-agent-notifier-port-update', port, { fanout: true });
  rpc.serve('q-agent-notifier-network-update', network, { fanout: true });
  rpc.serve('q-agent-notifier-security_group-update', groups, { fanout: true });
}
