// Queueing disciplines of devices: the token bucket that bounds what a device sends.
import { run } from './run.ts';

/** A token bucket at the root of a device: bytes each second, and bytes that may come at once. */
export interface TokenBucket {
  rate: number;
  burst: number;
}

interface Qdisc {
  kind: string;
  dev: string;
  root?: boolean;
  options?: { rate?: number; burst?: number };
}

/** Token buckets by device. */
export async function readBuckets(): Promise<Map<string, TokenBucket>> {
  return parseBuckets((await run(['tc', '-j', 'qdisc', 'show'])).stdout);
}

/** What `tc -j qdisc show` prints. */
export function parseBuckets(text: string): Map<string, TokenBucket> {
  const found = (text.trim() === '' ? [] : JSON.parse(text)) as Qdisc[];
  return new Map(
    found
      .filter(({ kind, root }) => kind === 'tbf' && root === true)
      .map(({ dev, options }) => [dev, { rate: options?.rate ?? 0, burst: options?.burst ?? 0 }]),
  );
}

/** Gives a device a token bucket (what has to wait longer than 50 ms is dropped), or takes it away. Both can be repeated. */
export async function setBucket(dev: string, bucket: TokenBucket | undefined): Promise<void> {
  const at = ['dev', dev, 'root'];
  if (bucket === undefined) {
    await run(['tc', 'qdisc', 'del', ...at], { okCodes: [0, 1, 2] });
    return;
  }
  const { rate, burst } = bucket;
  await run([
    ...['tc', 'qdisc', 'replace', ...at, 'tbf'],
    ...['rate', `${rate * 8}bit`, 'burst', `${burst}b`, 'latency', '50ms'],
  ]);
}
