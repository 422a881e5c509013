// Numbers that a host gives out for its distributed routers: a pair of link-local addresses for each router, a rule priority
// for each floating IP. Kept in files of Neutron's names and form, so that a restart of the agent changes nothing.
import { createHash } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { toAddress, toNumber } from '../../../../lib/cidr.ts';
import { readText } from '../../namespace-daemon.ts';

/** Numbers by key, each from 0 up to the size of the pool; the same key gets the same number wherever it is free. */
export interface Pool {
  take(key: string): number;
  /** Gives back the numbers of all other keys. */
  keepOnly(keys: ReadonlySet<string>): void;
}

/** How a pool's numbers look in its file, one `KEY,VALUE` a line. */
interface PoolFile {
  file: string;
  size: number;
  format(number: number): string;
  /** NaN: no number of this pool. */
  parse(value: string): number;
  /** Hears of a file that could not be written: the numbers stay in force, and are likely the same after a restart. */
  onError(error: Error): void;
}

export function openPool({ file, size, format, parse, onError }: PoolFile): Pool {
  const numbers = readPool(readText(file) ?? '', parse, size);
  const save = () => {
    const lines = [...numbers].map(([key, number]) => `${key},${format(number)}\n`);
    try {
      mkdirSync(file.slice(0, file.lastIndexOf('/')), { recursive: true });
      writeFileSync(`${file}.new`, lines.join(''));
      renameSync(`${file}.new`, file);
    } catch (error) {
      onError(error as Error);
    }
  };
  return {
    take: (key) => {
      const known = numbers.get(key);
      if (known !== undefined) return known;
      const number = firstFree(key, new Set(numbers.values()), size);
      numbers.set(key, number);
      save();
      return number;
    },
    keepOnly: (keys) => {
      const left = [...numbers.keys()].filter((key) => !keys.has(key));
      if (left.length === 0) return;
      for (const key of left) numbers.delete(key);
      save();
    },
  };
}

/** What a pool's file says; lines that make no sense, or give out a number twice, count for nothing. */
function readPool(text: string, parse: (value: string) => number, size: number): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const line of text.split('\n')) {
    const comma = line.indexOf(',');
    const number = comma < 1 ? NaN : parse(line.slice(comma + 1));
    if (!Number.isInteger(number) || number < 0 || number >= size) continue;
    if (![...numbers.values()].includes(number)) numbers.set(line.slice(0, comma), number);
  }
  return numbers;
}

/** The key says where to begin looking, so that hosts agree without asking each other. */
function firstFree(key: string, taken: ReadonlySet<number>, size: number): number {
  if (taken.size >= size) throw new Error(`All ${size} numbers for distributed routers are in use`);
  let number = createHash('sha256').update(key).digest().readUInt32BE() % size;
  while (taken.has(number)) number = (number + 1) % size;
  return number;
}

export interface HostNumbers {
  /** The two addresses between a router and the floating IPs' namespace: the router's, then the other one. */
  pairOf(routerId: string): [router: string, floating: string];
  /** Priority of the rule that sends an instance's traffic to its floating IP. */
  priorityOf(floatingIp: string): number;
  /** Gives back what is not of these. */
  keepOnly(routerIds: ReadonlySet<string>, floatingIps: ReadonlySet<string>): void;
}

/** Neutron's ranges: pairs from 169.254.64.0/18, priorities behind those of the tables main and default. */
const firstPair = toNumber('169.254.64.0');
const pairs = 8192;
const firstPriority = 32768;
const priorities = 40000;

const addressOf = (pair: number, side: 0 | 1) => toAddress(firstPair + BigInt(2 * pair + side), 4);

export function openHostNumbers(statePath: string, onError: (error: Error) => void): HostNumbers {
  const linkLocal = openPool({
    file: `${statePath}/fip-linklocal-networks`,
    size: pairs,
    format: (pair) => `${addressOf(pair, 0)}/31`,
    parse: (value) =>
      /^[\d.]+\/31$/.test(value) ? Number(toNumber(value.slice(0, -3)) - firstPair) / 2 : NaN,
    onError,
  });
  const rules = openPool({
    file: `${statePath}/fip-priorities`,
    size: priorities,
    format: (number) => String(firstPriority + number),
    parse: (value) => Number(value) - firstPriority,
    onError,
  });
  return {
    pairOf: (routerId) => {
      const pair = linkLocal.take(routerId);
      return [addressOf(pair, 0), addressOf(pair, 1)];
    },
    priorityOf: (floatingIp) => firstPriority + rules.take(floatingIp),
    keepOnly: (routerIds, floatingIps) => {
      linkLocal.keepOnly(routerIds);
      rules.keepOnly(floatingIps);
    },
  };
}
