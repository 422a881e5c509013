// dnsmasq: starting it, telling it to read its files again, its leases.
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { inNetns } from './netns.ts';
import { signal } from './process.ts';
import { run } from './run.ts';

/** Starts a dnsmasq; resolves once it serves (it puts itself into the background, so it outlives the caller). */
export async function startDnsmasq(argv: readonly string[], ns?: string): Promise<void> {
  await run(inNetns(ns, argv), { timeoutMs: 10_000 });
}

/** Makes it read hosts, options and names again; leases stay. */
export const reloadDnsmasq = (pid: number): boolean => signal(pid, 'SIGHUP');

export interface Lease {
  /** Seconds since 1970; 0: for ever. */
  expires: number;
  /** Undefined where an IPv6 client's identifier does not hold it. */
  mac: string | undefined;
  address: string;
  name: string;
  /** `*` where the client gave none. */
  clientId: string;
  /** Of an IPv6 lease: the client's number of it, and the server that gave it. */
  ipv6?: { iaid: string; serverId: string };
}

/** Leases of a lease file; none where there is no file. */
export function readLeases(file: string): Lease[] {
  try {
    return parseLeases(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Lines `expiry MAC address name client-id`; after the line of the server's own id (`duid`) IPv6 ones, `expiry iaid address ...`. */
export function parseLeases(text: string): Lease[] {
  let serverId = '';
  return text.split('\n').flatMap((line): Lease[] => {
    const [first, key, address, name, clientId] = line.split(' ');
    if (first === 'duid') serverId = key ?? '';
    if (clientId === undefined) return [];
    const lease = { expires: Number(first), address: address!, name: name!, clientId };
    if (address!.includes(':')) return [{ ...lease, mac: macOf(clientId), ipv6: { iaid: key!, serverId } }];
    return macPattern.test(key!) ? [{ ...lease, mac: key! }] : [];
  });
}

const macPattern = /^[\da-f]{2}(:[\da-f]{2}){5}$/i;

/** The link-layer address at the end of an identifier made from one (RFC 8415, 11.2 and 11.4; Ethernet). */
const macOf = (duid: string): string | undefined =>
  /^00:(?:01:00:01(?::[\da-f]{2}){4}|03:00:01):((?:[\da-f]{2}:){5}[\da-f]{2})$/i.exec(duid)?.[1];

export interface LeaseRelease {
  lease: Lease;
  /** Device that dnsmasq serves. */
  dev: string;
  leaseFile: string;
  ns?: string;
}

/** Gives a lease back in the client's name; resolves when dnsmasq has noted it (or after a second). */
export async function releaseLease({ lease, dev, leaseFile, ns }: LeaseRelease): Promise<void> {
  await run(inNetns(ns, releaseArguments(lease, dev)), { timeoutMs: 5000 });
  for (let count = 0; count < 50; count++) {
    if (!readLeases(leaseFile).some((other) => other.address === lease.address && other.mac === lease.mac))
      return;
    await sleep(20);
  }
}

function releaseArguments({ address, mac, clientId, ipv6 }: Lease, dev: string): string[] {
  if (ipv6 === undefined)
    return ['dhcp_release', dev, address, mac!, ...(clientId === '*' ? [] : [clientId])];
  const { iaid, serverId } = ipv6;
  return [
    ...['dhcp_release6', '--iface', dev, '--ip', address],
    ...['--client-id', clientId, '--server-id', serverId, '--iaid', iaid.replace(/^T/, '')],
  ];
}
