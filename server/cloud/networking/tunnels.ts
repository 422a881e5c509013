// Tunnels between hosts: where they end is what the L2 agents report; the others hear when an end comes, moves or goes.
import type { Agent } from '../model/agent.ts';
import type { TunnelPeers } from '../model/specs.ts';
import { agents } from '../store/networking-tables.ts';
import type { Rows } from '../store/rows.ts';
import type { Work } from './work.ts';

/** Agents that wire ports, by the way they do it. */
export const l2Agents = { openvswitch: 'Open vSwitch agent', linuxbridge: 'Linux bridge agent' } as const;
const l2AgentTypes: readonly string[] = Object.values(l2Agents);

/** A host's end of the tunnels to it. */
export interface TunnelEnd {
  host: string;
  ip_address: string;
  types: readonly string[];
  /** Multicast group of its vxlan networks, where it has one. */
  vxlan_group?: string;
}

type Told = Pick<Agent, 'agent_type' | 'host' | 'configurations'>;

/** The end that an agent reports; undefined when it has no tunnels. */
export function tunnelEnd({ agent_type, host, configurations }: Told): TunnelEnd | undefined {
  const { tunneling_ip, tunnel_types, vxlan_group } = configurations;
  if (!l2AgentTypes.includes(agent_type) || typeof tunneling_ip !== 'string' || tunneling_ip === '')
    return undefined;
  const types = tunnelTypesOf({ tunnel_types });
  if (types.length === 0) return undefined;
  const group = typeof vxlan_group === 'string' && vxlan_group !== '' ? { vxlan_group } : {};
  return { host, ip_address: tunneling_ip, types, ...group };
}

/** The tunnel types of an agent's configurations, in the API's spelling. */
export const tunnelTypesOf = ({ tunnel_types }: Agent['configurations']): string[] =>
  (Array.isArray(tunnel_types) ? tunnel_types : []).map((type) => String(type).toLowerCase());

/** The ends of all hosts, dead agents' too: what they set up still carries frames. */
export async function tunnelEnds(rows: Rows): Promise<TunnelEnd[]> {
  const known = await rows.all(agents, { agent_type: l2AgentTypes }, { orderBy: [{ column: 'host' }] });
  return known.flatMap((agent) => tunnelEnd(agent) ?? []);
}

/** The other hosts whose tunnels are of a type. */
export async function tunnelPeers(
  rows: Rows,
  { host, tunnel_type }: { host: string; tunnel_type: string },
): Promise<TunnelPeers> {
  const type = tunnel_type.toLowerCase();
  const ends = (await tunnelEnds(rows)).filter((end) => end.host !== host && end.types.includes(type));
  return {
    tunnels: ends.map((end) => ({
      host: end.host,
      ip_address: end.ip_address,
      ...(type === 'vxlan' && end.vxlan_group !== undefined ? { vxlan_group: end.vxlan_group } : {}),
    })),
  };
}

/** Tells all L2 agents how the tunnel end of an agent changed; `undefined` is an agent that is not there. */
export async function tunnelEndChanged(
  work: Work,
  before: Told | undefined,
  after: Told | undefined,
): Promise<void> {
  const [endBefore, endAfter] = [before, after].map((agent) => agent && tunnelEnd(agent));
  await work.env.plugin.population?.endMoved(work, endBefore, endAfter);
  const [was, is] = [pairsOf(endBefore), pairsOf(endAfter)];
  const gone = [...was].filter((pair) => !is.has(pair));
  const come = [...is].filter((pair) => !was.has(pair));
  if (gone.length === 0 && come.length === 0) return;
  // two agents of one host, or a host of another name, may end their tunnels at the same address
  const others = new Set((await tunnelEnds(work.rows)).flatMap((end) => [...pairs(end)]));
  for (const pair of gone) if (!others.has(pair)) cast(work, 'tunnel_delete', pair);
  for (const pair of come) cast(work, 'tunnel_update', pair);
}

const pairsOf = (end: TunnelEnd | undefined) => (end === undefined ? new Set<string>() : pairs(end));
const pairs = ({ ip_address, types }: TunnelEnd) => new Set(types.map((type) => `${type} ${ip_address}`));

function cast(work: Work, method: 'tunnel_update' | 'tunnel_delete', pair: string): void {
  const [tunnel_type, tunnel_ip] = pair.split(' ');
  const args = { tunnel_ip, tunnel_type };
  work.casts.push({ topic: 'q-agent-notifier-tunnel-update', method, args, fanout: true });
}
