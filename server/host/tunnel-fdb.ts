// Which far host a tunnel device sends a MAC address to: forwarding entries that were made by hand or by an agent.
import { run } from './run.ts';

export interface TunnelEntry {
  dev: string;
  /** All zero: frames for everybody and for unknown addresses. */
  mac: string;
  dst: string;
}

/** Every permanent entry with a far address, of all devices, in one process. */
export async function readTunnelFdb(): Promise<TunnelEntry[]> {
  return parseTunnelFdb((await run(['bridge', '-j', 'fdb', 'show'])).stdout);
}

/** What `bridge -j fdb show` prints. */
export function parseTunnelFdb(text: string): TunnelEntry[] {
  const entries = text.trim() === '' ? [] : (JSON.parse(text) as Record<string, unknown>[]);
  return entries
    .filter(({ dst, state }) => typeof dst === 'string' && state === 'permanent')
    .map(({ ifname, mac, dst }) => ({ dev: String(ifname), mac: String(mac), dst: String(dst) }));
}

export const addTunnelEntryArgs = ({ dev, mac, dst }: TunnelEntry): string[] => [
  // Of the address for everybody there is an entry for each far host; of others there is one.
  ...['fdb', /^[0:]+$/.test(mac) ? 'append' : 'replace', mac, 'dev', dev, 'dst', dst],
];
export const removeTunnelEntryArgs = ({ dev, mac, dst }: TunnelEntry): string[] => [
  ...['fdb', 'del', mac, 'dev', dev, 'dst', dst],
];

/** Runs many changing `bridge` commands in one process. */
export async function bridgeBatch(lines: readonly string[][]): Promise<void> {
  if (lines.length === 0) return;
  const stdin = lines.map((words) => `${words.join(' ')}\n`).join('');
  await run(['bridge', '-batch', '-'], { stdin });
}
