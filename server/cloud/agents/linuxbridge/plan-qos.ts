// What QoS policies ask of a tap: a token bucket toward the guest; of what the guest sends a limit and a mark in iptables. Pure.
import type { Chains } from '../../../host/iptables.ts';
import type { TokenBucket } from '../../../host/tc.ts';
import type { DeviceSpec } from '../../model/specs.ts';
import { linuxbridgeScheme } from '../firewall/scheme.ts';
import type { Actual } from './actual.ts';
import type { Bindings } from './plan.ts';
import type { Step } from './steps.ts';

type Bound = Bindings['bound'][number];

/** One frame of the largest size must always fit. */
const leastBurst = (mtu: number) => mtu + 18;

/** A rate of 0 is no limit. */
function bucketOf({ spec }: Pick<Bound, 'spec'>): TokenBucket | undefined {
  const limit = spec.qos?.ingress;
  if (limit === undefined || limit.max_kbps === 0) return undefined;
  const burst = Math.max(limit.burst_kbits * 125, leastBurst(spec.mtu));
  return { rate: limit.max_kbps * 125, burst };
}

/** Steps that make the taps' token buckets as wanted; other taps that have one lose it. */
export function planBuckets(bound: readonly Bound[], actual: Actual): Step[] {
  const wanted = new Map(bound.map((item) => [item.tap.name, bucketOf(item)]));
  const set = [...wanted].flatMap(([dev, bucket]): Step[] => {
    const found = actual.buckets.get(dev);
    if (bucket === undefined || (found !== undefined && isSame(found, bucket))) return [];
    const reason = `${dev} receives ${(bucket.rate * 8) / 1000} kbit/s at most`;
    return [{ kind: 'set-bucket', dev, bucket, reason }];
  });
  const left = [...actual.buckets.keys()].filter(
    (dev) => dev.startsWith('tap') && wanted.get(dev) === undefined && actual.links.has(dev),
  );
  const reason = (dev: string) => `${dev} has no limit of what it receives any more`;
  return [...set, ...left.map((dev): Step => ({ kind: 'set-bucket', dev, reason: reason(dev) }))];
}

/** The kernel keeps a burst as the time it takes. */
const isSame = (found: TokenBucket, wanted: TokenBucket) =>
  found.rate === wanted.rate && Math.abs(found.burst - wanted.burst) <= Math.max(64, wanted.burst / 100);

/** Chains of the table mangle for what the ports send; undefined where nothing is limited or marked. */
export function qosChains(bound: readonly Bound[]): Chains | undefined {
  const rules = bound
    .toSorted((one, other) => (one.tap.name < other.tap.name ? -1 : 1))
    .flatMap(({ tap, spec }) => [...limitRules(tap.name, spec), ...markRules(tap.name, spec)]);
  if (rules.length === 0) return undefined;
  const chain = `${linuxbridgeScheme.chainPrefix}-PREROUTING`;
  return { PREROUTING: [`-j ${chain}`], [chain]: rules };
}

const from = (tap: string) => `-m physdev --physdev-in ${tap}`;

function limitRules(tap: string, { qos }: DeviceSpec): string[] {
  const limit = qos?.egress;
  if (limit === undefined || limit.max_kbps === 0) return [];
  const cost = costOf(limit.max_kbps * 125);
  const rate = rateOf(cost);
  // A second's worth may always come at once; more only in multiples of it.
  const seconds = Math.ceil((limit.burst_kbits * 125) / rate);
  const unit = units.find(({ size }) => rate >= size && costOf(rate - (rate % size)) === cost)!;
  const burst = seconds > 1 ? ` --hashlimit-burst ${inUnits(rate * seconds)}` : '';
  const above = `${Math.floor(rate / unit.size)}${unit.name}/s`;
  // A table of this name that is still in use would keep the limit of before.
  const name = `${tap}-${limit.max_kbps}-${limit.burst_kbits}`;
  const match = `-m hashlimit --hashlimit-above ${above}${burst} --hashlimit-name ${name}`;
  return [`${from(tap)} ${match} -j DROP`];
}

/** The match keeps a rate as the cost of 16 bytes, a whole number, and prints the rate in the largest unit of that cost. */
const most = 2 ** 32 - 1;
const costOf = (rate: number) => Math.floor(most / (Math.floor(rate / 16) + 1));
const rateOf = (cost: number) => (Math.floor(most / cost) - 1) * 16;
const units = [
  { name: 'mb', size: 2 ** 20 },
  { name: 'kb', size: 2 ** 10 },
  { name: 'b', size: 1 },
];

function inUnits(count: number): string {
  const { name, size } = units.find((unit) => count >= unit.size)!;
  return `${Math.floor(count / size)}${name}`;
}

const markRules = (tap: string, { qos }: DeviceSpec): string[] =>
  qos?.dscp_mark === undefined
    ? []
    : [`${from(tap)} -j DSCP --set-dscp 0x${qos.dscp_mark.toString(16).padStart(2, '0')}`];
