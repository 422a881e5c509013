// Traffic that shows what a network does to it: how much of a burst comes back, with what mark frames arrive.
import type { Machine } from './machine.ts';

/** How many of 100 large requests are answered before two seconds are over: all of them when nothing holds them back. */
export async function answeredOf(from: Machine, address: string): Promise<number> {
  const argv = ['ping', '-f', '-q', '-c', '100', '-s', '1400', '-w', '2', address];
  const { stdout } = await from.run(argv, { timeoutMs: 15_000 });
  return Number(/(\d+) received/.exec(stdout)?.[1] ?? 0);
}

/** Whether a request of `from` arrives at `at` with this DSCP mark. */
export async function seesMark(at: Machine, from: Machine, address: string, mark: number): Promise<boolean> {
  const filter = `icmp[icmptype] == icmp-echo and (ip[1] & 0xfc) == ${mark * 4}`;
  const seen = at.run(['timeout', '3', 'tcpdump', '-lnei', 'eth0', '-c', '1', filter], {
    timeoutMs: 10_000,
  });
  await from.run(['ping', '-q', '-c', '6', '-i', '0.3', address], { timeoutMs: 10_000 });
  return (await seen).code === 0;
}
