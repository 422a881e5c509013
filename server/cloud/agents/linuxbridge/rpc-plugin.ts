// The server over the message queue, as this agent needs it.
import type { Rpc } from '../../rpc/rpc.ts';
import { rpcPlugin as portPlugin } from '../l2/rpc-plugin.ts';
import type { HostPlugin } from './desired.ts';
import type { Settings } from './settings.ts';

export function rpcPlugin(rpc: Rpc, { host, vxlan }: Settings): HostPlugin {
  const tunnelIp = vxlan === undefined ? {} : { tunnelIp: vxlan.localIp };
  return {
    ...portPlugin(rpc, { host, agent_id: `lb-agent-${host}`, ...tunnelIp }),
    fetchPortIds: async () => {
      const filters = { 'binding:host_id': [host] };
      const ports = await rpc.call<{ id: string }[]>(
        'q-plugin',
        'get_ports',
        { filters },
        { timeoutMs: 15_000 },
      );
      return ports.map(({ id }) => id);
    },
  };
}
