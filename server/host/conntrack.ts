// Connection tracking: forgetting connections whose translation is no longer wanted.
import { inNetns } from './netns.ts';
import { run } from './run.ts';

/** Forgets connections opened to `address` and those answered from it (translated to it). None is no error. */
export async function forgetConnections(address: string, ns?: string): Promise<void> {
  for (const match of ['--orig-dst', '--reply-dst'])
    await run(inNetns(ns, ['conntrack', '-D', '-f', 'ipv4', match, address]), {
      okCodes: [0, 1], // 1: nothing matched
      timeoutMs: 10_000,
    });
}

/** Connections of one zone to forget; what is left out matches any. */
export interface ZoneConnections {
  zone: number;
  family: 4 | 6;
  protocol?: string;
  source?: string;
  destination?: string;
}

/** Forgets connections of a zone of the root namespace, by the addresses they were opened with. None is no error. */
export async function forgetZone({
  zone,
  family,
  protocol,
  source,
  destination,
}: ZoneConnections): Promise<void> {
  const argv = [
    ...['conntrack', '-D', '-f', family === 4 ? 'ipv4' : 'ipv6', '-w', String(zone)],
    ...(protocol === undefined ? [] : ['-p', protocol === 'ipv6-icmp' ? 'icmpv6' : protocol]),
    ...(source === undefined ? [] : ['-s', source]),
    ...(destination === undefined ? [] : ['-d', destination]),
  ];
  await run(argv, { okCodes: [0, 1], timeoutMs: 10_000 });
}
