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
  mac: string;
  address: string;
  name: string;
  /** `*` where the client gave none. */
  clientId: string;
}

/** IPv4 leases of a lease file; none where there is no file. */
export function readLeases(file: string): Lease[] {
  try {
    return parseLeases(readFileSync(file, 'utf8'));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

/** Lines `expiry MAC address name client-id`; the server's own id (`duid`) and IPv6 leases are left out. */
export function parseLeases(text: string): Lease[] {
  return text.split('\n').flatMap((line) => {
    const [expires, mac, address, name, clientId] = line.split(' ');
    if (clientId === undefined || !/^[\da-f]{2}(:[\da-f]{2}){5}$/i.test(mac!)) return [];
    return [{ expires: Number(expires), mac: mac!, address: address!, name: name!, clientId }];
  });
}

export interface LeaseRelease {
  lease: Lease;
  /** Device that dnsmasq serves. */
  dev: string;
  leaseFile: string;
  ns?: string;
}

/** Gives a lease back in the client's name; resolves when dnsmasq has noted it (or after a second). */
export async function releaseLease({ lease, dev, leaseFile, ns }: LeaseRelease): Promise<void> {
  const { address, mac, clientId } = lease;
  const client = clientId === '*' ? [] : [clientId];
  await run(inNetns(ns, ['dhcp_release', dev, address, mac, ...client]), { timeoutMs: 5000 });
  for (let count = 0; count < 50; count++) {
    if (!readLeases(leaseFile).some((other) => other.address === address && other.mac === mac)) return;
    await sleep(20);
  }
}
