// The server over the message queue, as the Open vSwitch agent asks and hears it beyond what all layer 2 agents do.
import type { DvrHostMac } from '../../model/specs.ts';
import type { Rpc } from '../../rpc/rpc.ts';
import { createAsk } from '../l2/ask.ts';
import { rpcPlugin } from '../l2/rpc-plugin.ts';
import type { HostPlugin } from './host-desired.ts';
import type { Settings } from './settings.ts';

export function hostPlugin(rpc: Rpc, { host, tunnels }: Settings): HostPlugin {
  const ask = createAsk(rpc);
  return {
    ...rpcPlugin(rpc, { host, agent_id: `ovs-agent-${host}`, tunnelIp: tunnels.localIp }),
    fetchDvrMac: () => ask<DvrHostMac>('get_dvr_mac_address_by_host', { host }),
    fetchDvrMacs: () => ask<DvrHostMac[]>('get_dvr_mac_address_list', {}),
  };
}

/** Turns news of host MACs into passes. */
export function subscribeMacs(rpc: Rpc, agent: { macsChanged(): void }): void {
  const macs = { dvr_mac_address_update: () => agent.macsChanged() };
  rpc.serve('q-agent-notifier-dvr-update', macs, { fanout: true });
}
