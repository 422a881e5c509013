// Meters of a bridge: how much may pass by a flow that names one. Open vSwitch's userspace datapath polices by these alone.
import { run } from './run.ts';

export interface Meter {
  id: number;
  /** Kilobits each second, and the kilobits that may come at once. */
  rate: number;
  burst: number;
}

const ofctl = ['ovs-ofctl', '-O', 'OpenFlow14'];

/** All meters of a bridge that drop what is too much. */
export async function dumpMeters(bridge: string): Promise<Meter[]> {
  return parseMeters((await run([...ofctl, 'dump-meters', bridge])).stdout);
}

/** What `ovs-ofctl dump-meters` prints: `meter=5 kbps burst bands=`, then `type=drop rate=1000 burst_size=800`. */
export function parseMeters(text: string): Meter[] {
  return [...text.matchAll(/meter[=:](\d+) kbps[^\n]*\n\s*type=drop rate=(\d+)(?: burst_size=(\d+))?/g)].map(
    ([, id, rate, burst]) => ({ id: Number(id), rate: Number(rate), burst: Number(burst ?? 0) }),
  );
}

/** Makes meters be there with these rates, and takes others away. */
export async function changeMeters(
  bridge: string,
  { added = [], changed = [], removed = [] }: { added?: Meter[]; changed?: Meter[]; removed?: number[] },
): Promise<void> {
  const text = ({ id, rate, burst }: Meter) =>
    `meter=${id},kbps,burst,band=type=drop,rate=${rate},burst_size=${burst}`;
  for (const id of removed) await run([...ofctl, 'del-meter', bridge, `meter=${id}`]);
  for (const meter of added) await run([...ofctl, 'add-meter', bridge, text(meter)]);
  for (const meter of changed) await run([...ofctl, 'mod-meter', bridge, text(meter)]);
}
