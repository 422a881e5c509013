// L2 agents of hosts with tunnels, as their heartbeats tell of them.
import type { Item } from '../../server/cloud/networking/work.ts';
import type { NetworkingServer } from './networking.ts';

const kinds = {
  openvswitch: {
    agent_type: 'Open vSwitch agent',
    binary: 'neutron-openvswitch-agent',
    configurations: { bridge_mappings: { physnet2: 'br-eth1' }, tunnel_types: ['gre', 'vxlan'] },
  },
  linuxbridge: {
    agent_type: 'Linux bridge agent',
    binary: 'neutron-linuxbridge-agent',
    configurations: {
      interface_mappings: { physnet2: 'eth1' },
      bridge_mappings: {},
      tunnel_types: ['vxlan'],
    },
  },
};

/** A heartbeat of the L2 agent of a host whose tunnels come from `tunneling_ip`. */
export async function l2AgentOn(
  server: Pick<NetworkingServer, 'rpc'>,
  { host, tunneling_ip }: { host: string; tunneling_ip: string | null },
  { kind = 'openvswitch', ...configurations }: { kind?: keyof typeof kinds } & Item = {},
): Promise<void> {
  const { configurations: usual, ...agent } = kinds[kind];
  await server.rpc('q-reports-plugin', 'report_state', {
    agent_state: {
      ...agent,
      host,
      topic: 'N/A',
      configurations: { ...usual, tunneling_ip, ...configurations },
    },
  });
}

/** What was cast since the last time, of the methods whose names match, in order. */
export function castsOf({ casts }: Pick<NetworkingServer, 'casts'>, method: RegExp) {
  return casts.splice(0).filter((cast) => method.test(cast.method));
}
