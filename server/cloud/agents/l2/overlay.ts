// What the server says of the hosts at the far ends of tunnels, and, with L2 population, of who is where on them.
import { floodingMac, type FdbEntries, type TunnelPeers } from '../../model/specs.ts';
import { keepAnswers } from './kept-answers.ts';

export type TunnelType = 'gre' | 'vxlan';

/** The server, as far as tunnels are concerned. */
export interface OverlayPlugin {
  /** Tells the server where this host's tunnels come from, and asks for the others. */
  fetchTunnels(type: TunnelType): Promise<TunnelPeers>;
  fetchFdb(networkIds: string[]): Promise<FdbEntries>;
}

/** A port of another host. */
export interface RemotePort {
  mac: string;
  ip: string;
  /** Tunnel address of its host. */
  host: string;
}

/** Who of a network is elsewhere. */
export interface RemoteMembers {
  ports: RemotePort[];
  /** Tunnel addresses of the hosts that take the network's broadcasts. */
  flooding: string[];
}

export interface Overlay {
  /** Tunnel addresses of other hosts, by type. */
  peers: ReadonlyMap<TunnelType, readonly string[]>;
  /** By network id; undefined without L2 population. */
  members: ReadonlyMap<string, RemoteMembers> | undefined;
  /** False while an answer is missing: what is there may still be wanted. */
  isComplete: boolean;
  /** Why an answer is old or missing. */
  problem?: Error;
}

/** An overlay without anybody. */
export const emptyOverlay: Overlay = { peers: new Map(), members: undefined, isComplete: true };

/** A host of tunnels that came, or that is gone. */
export interface TunnelNews {
  tunnel_ip: string;
  tunnel_type: string;
}

export interface OverlayKnowledge {
  /** A host came or went; false when that is no news. */
  tunnelChanged(news: TunnelNews, isGone: boolean): boolean;
  fdbChanged(networkIds: readonly string[]): boolean;
  everythingChanged(): void;
  /** `networkIds` are the tunnelled networks with ports on this host; a server that does not answer is not asked. */
  fetch(networkIds: readonly string[], isAnswering?: boolean): Promise<Overlay>;
}

export interface OverlaySettings {
  types: readonly TunnelType[];
  localIp: string;
  /** L2 population. */
  populates: boolean;
}

export function createOverlay(plugin: OverlayPlugin, settings: OverlaySettings): OverlayKnowledge {
  const { types, localIp, populates } = settings;
  const others = (addresses: string[]) => [...new Set(addresses)].filter((ip) => ip !== localIp).sort();
  const peers = keepAnswers<string[]>(async (asked) => {
    const answers = await Promise.all(
      asked.map(async (type) => {
        const { tunnels } = await plugin.fetchTunnels(type as TunnelType);
        return [type, others(tunnels.map((peer) => peer.ip_address))] as const;
      }),
    );
    return new Map(answers);
  });
  const fdb = keepAnswers<RemoteMembers>(async (asked) => {
    const entries = await plugin.fetchFdb(asked);
    return new Map(asked.map((id) => [id, remoteMembers(entries[id], localIp)]));
  });

  return {
    tunnelChanged: ({ tunnel_ip, tunnel_type }, isGone) => {
      const known = peers.values.get(tunnel_type);
      // Asking announces this host, which the server may tell to all: that must not make anybody ask again.
      if (tunnel_ip === localIp || (known !== undefined && known.includes(tunnel_ip) !== isGone))
        return false;
      return peers.expire(tunnel_type);
    },
    fdbChanged: (ids) => ids.filter((id) => fdb.expire(id)).length > 0,
    everythingChanged: () => {
      peers.expireAll();
      fdb.expireAll();
    },
    fetch: async (networkIds, isAnswering = true) => {
      const wanted = populates ? networkIds : [];
      const questions: Promise<void>[] = isAnswering ? [peers.refresh(types), fdb.refresh(wanted)] : [];
      const results = await Promise.allSettled(questions);
      const failed = results.find((result) => result.status === 'rejected');
      return {
        peers: new Map(types.map((type) => [type, peers.values.get(type) ?? []])),
        members: populates ? new Map(fdb.values) : undefined,
        isComplete: types.every((type) => peers.values.has(type)) && wanted.every((id) => fdb.values.has(id)),
        ...(failed === undefined ? {} : { problem: failed.reason as Error }),
      };
    },
  };
}

function remoteMembers(entry: FdbEntries[string] | undefined, localIp: string): RemoteMembers {
  const hosts = Object.entries(entry?.ports ?? {}).filter(([host]) => host !== localIp);
  const isFlooding = ([mac]: [string, string]) => mac === floodingMac;
  return {
    ports: hosts.flatMap(([host, ports]) =>
      ports.filter((port) => !isFlooding(port)).map(([mac, ip]) => ({ mac, ip, host })),
    ),
    flooding: hosts.filter(([, ports]) => ports.some(isFlooding)).map(([host]) => host),
  };
}

/** Network ids that a `*_fdb_entries` event is about; `update_fdb_entries` wraps them by kind of change. */
export const fdbNetworks = (entries: Record<string, object>): string[] =>
  Object.entries(entries).flatMap(([key, value]) => (key === 'chg_ip' ? Object.keys(value) : [key]));
