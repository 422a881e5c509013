// Tunnels to other hosts: their ports in the tunnel bridge, and which of them are wanted. Pure.
import { createHash } from 'node:crypto';
import type { Overlay, TunnelType } from '../l2/overlay.ts';
import type { LocalNetwork } from './flows.ts';
import type { TunnelSettings } from './settings.ts';

/** One tunnel. */
export interface TunnelPort {
  name: string;
  type: TunnelType;
  remoteIp: string;
}

/** A local network that tunnels carry. */
export type TunnelNetwork = LocalNetwork & { network_type: TunnelType; segmentation_id: number };

const longestDeviceName = 15;

/** Neutron's name of a tunnel: its type and the other host's address in hexadecimal digits. */
export function tunnelName(type: TunnelType, remoteIp: string): string {
  const prefix = `${type}-`;
  if (!remoteIp.includes(':')) return `${prefix}${remoteIp.split('.').map(hexByte).join('')}`;
  const digest = createHash('sha1').update(remoteIp).digest('hex');
  return `${prefix}${digest.slice(0, longestDeviceName - prefix.length)}`;
}

const hexByte = (byte: string) => Number(byte).toString(16).padStart(2, '0');

/** Columns `options` of a tunnel's interface. */
export const tunnelOptions = (
  { localIp, vxlanPort, forbidsFragments }: TunnelSettings,
  { type, remoteIp }: TunnelPort,
): Record<string, string> => ({
  df_default: String(forbidsFragments),
  egress_pkt_mark: '0',
  in_key: 'flow',
  local_ip: localIp,
  out_key: 'flow',
  remote_ip: remoteIp,
  ...(type === 'vxlan' && vxlanPort !== 4789 ? { dst_port: String(vxlanPort) } : {}),
});

/** Networks of this host that go through tunnels; those of a type that is not configured stay on the host. */
export const tunnelNetworks = (
  networks: Iterable<LocalNetwork>,
  { types }: TunnelSettings,
): TunnelNetwork[] =>
  [...networks].filter(
    (network): network is TunnelNetwork =>
      (types as string[]).includes(network.network_type) && network.segmentation_id !== null,
  );

/** Tunnels to all peers; with L2 population only to those who have a network of this host. */
export function wantedTunnels(
  { types }: TunnelSettings,
  { peers, members }: Overlay,
  networks: readonly TunnelNetwork[],
): TunnelPort[] {
  return types.flatMap((type) => {
    const addresses =
      members === undefined
        ? (peers.get(type) ?? [])
        : networks
            .filter((network) => network.network_type === type)
            .flatMap((network) => {
              const { ports = [], flooding = [] } = members.get(network.id) ?? {};
              return [...ports.map(({ host }) => host), ...flooding];
            });
    return [...new Set(addresses)]
      .sort()
      .map((remoteIp) => ({ name: tunnelName(type, remoteIp), type, remoteIp }));
  });
}
