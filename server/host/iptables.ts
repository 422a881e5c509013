// iptables and ip6tables: the whole rule set as data, the difference to what is wanted, and one atomic load of it.
import { inNetns } from './netns.ts';
import { run } from './run.ts';

/** Rules of a chain: what follows `-A CHAIN `, spelt as iptables-save spells it. */
export type Chains = Record<string, string[]>;
/** By table name: filter, nat, mangle, raw. */
export type Tables = Record<string, Chains>;

export interface IptablesTarget {
  ns?: string;
  /** 4: iptables, 6: ip6tables. */
  family?: 4 | 6;
}

/** Everything that is loaded, in one process. */
export async function readTables({ ns, family = 4 }: IptablesTarget = {}): Promise<Tables> {
  return parseTables(await saveTables({ ns, family }));
}

const saveTables = async ({ ns, family }: IptablesTarget): Promise<string> =>
  (await run(inNetns(ns, [family === 6 ? 'ip6tables-save' : 'iptables-save']))).stdout;

/** All rules as text to compare with an earlier one, without the comments that carry the time and without counters. */
export async function tablesPrint(target: IptablesTarget = {}): Promise<string> {
  return (await saveTables(target)).replace(/^#.*$| \[\d+:\d+\]$/gm, '');
}

/** What iptables-save prints; counters are left out. */
export function parseTables(text: string): Tables {
  const tables: Tables = {};
  let chains: Chains = {};
  for (const line of text.split('\n')) {
    if (line.startsWith('*')) chains = tables[line.slice(1)] ??= {};
    else if (line.startsWith(':')) chains[line.slice(1, line.indexOf(' '))] = [];
    else if (line.startsWith('-A ')) {
      const space = line.indexOf(' ', 3);
      // a rule that only counts has neither match nor target
      const end = space < 0 ? line.length : space;
      const rule = line
        .slice(end + 1)
        .replace(/(^| )-p (\S+)/, (_, before, name) => `${before}-p ${protocolMatch(name, 4)}`);
      (chains[line.slice(3, end)] ??= []).push(rule);
    }
  }
  return tables;
}

/** What went through a rule. */
export interface Counter {
  packets: number;
  bytes: number;
}

/** What went through the first rule of every chain of table filter. */
export async function readCounters({ ns, family = 4 }: IptablesTarget = {}): Promise<Map<string, Counter>> {
  const program = family === 6 ? 'ip6tables-save' : 'iptables-save';
  return parseCounters((await run(inNetns(ns, [program, '-c', '-t', 'filter']))).stdout);
}

/** Lines `[PACKETS:BYTES] -A CHAIN ...`. */
export function parseCounters(text: string): Map<string, Counter> {
  const counters = new Map<string, Counter>();
  for (const [, packets, bytes, chain] of text.matchAll(/^\[(\d+):(\d+)\] -A (\S+)/gm))
    if (!counters.has(chain!)) counters.set(chain!, { packets: Number(packets), bytes: Number(bytes) });
  return counters;
}

/** Names that iptables prints for a protocol, by number; others are printed by number or name as /etc/protocols has it. */
const knownProtocols: Record<number, string> = {
  ...{ 1: 'icmp', 6: 'tcp', 17: 'udp', 50: 'esp', 51: 'ah', 58: 'ipv6-icmp', 132: 'sctp', 136: 'udplite' },
};
const protocolNumbers: Record<string, number> = {
  ...{ icmp: 1, igmp: 2, ipip: 4, ipencap: 4, tcp: 6, egp: 8, udp: 17, dccp: 33, 'ipv6-encap': 41, ipv6: 41 },
  ...{ 'ipv6-route': 43, 'ipv6-frag': 44, rsvp: 46, gre: 47, esp: 50, ah: 51, icmpv6: 58, 'ipv6-icmp': 58 },
  ...{
    'ipv6-nonxt': 59,
    'ipv6-opts': 60,
    ospf: 89,
    ospfigp: 89,
    vrrp: 112,
    pgm: 113,
    sctp: 132,
    udplite: 136,
  },
};

/** The one spelling of a protocol's name or number in rules: a name where iptables always has one, else the number. */
export function protocolMatch(protocol: string, family: 4 | 6): string {
  const number = protocolNumbers[protocol.toLowerCase()] ?? Number(protocol);
  if (!Number.isInteger(number)) return protocol;
  // A rule for ICMP of the IPv6 family means ICMPv6.
  return number === 1 && family === 6 ? 'ipv6-icmp' : (knownProtocols[number] ?? String(number));
}

export interface IptablesPlan {
  /** Input of `iptables-restore --noflush`; '' when nothing differs. */
  input: string;
  /** One sentence per changed chain. */
  reasons: string[];
}

const builtIn = new Set(['INPUT', 'OUTPUT', 'FORWARD', 'PREROUTING', 'POSTROUTING']);

/**
 * What makes our part of the tables equal to `wanted`. Pure.
 * Chains named `PREFIX-...` are ours: they get exactly the wanted rules, or are removed. Of any other chain named in `wanted`
 * (INPUT, neutron-filter-top) only the wanted rules are ours: missing ones are put in front, in order, and rules that jump to
 * a chain of ours without being wanted are deleted. Everything else is left alone.
 */
export function planIptables(wanted: Tables, actual: Tables, prefix: string): IptablesPlan {
  const isOurs = (chain: string) => chain.startsWith(`${prefix}-`);
  const blocks: string[] = [];
  const reasons: string[] = [];
  for (const table of new Set([...Object.keys(wanted), ...Object.keys(actual)])) {
    const lines = planTable(wanted[table] ?? {}, actual[table] ?? {}, isOurs, (text) =>
      reasons.push(`${table}: ${text}`),
    );
    if (lines.length > 0) blocks.push(`*${table}`, ...lines, 'COMMIT');
  }
  return { input: blocks.length === 0 ? '' : `${blocks.join('\n')}\n`, reasons };
}

function planTable(
  wanted: Chains,
  actual: Chains,
  isOurs: (chain: string) => boolean,
  say: (text: string) => void,
): string[] {
  const declared: string[] = [];
  const rules: string[] = [];
  const removed: string[] = [];
  for (const [chain, content] of Object.entries(wanted)) {
    const found = actual[chain];
    if (!isOurs(chain)) {
      if (found === undefined && !builtIn.has(chain)) declared.push(`:${chain} - [0:0]`);
      const missing = content.filter((rule) => !found?.includes(rule));
      if (missing.length > 0) say(`${missing.length} rules missing in ${chain}`);
      rules.push(...missing.map((rule, index) => `-I ${chain} ${index + 1} ${rule}`));
    } else if (found === undefined || !equal(found, content)) {
      say(found === undefined ? `chain ${chain} missing` : `chain ${chain} differs`);
      declared.push(`:${chain} - [0:0]`);
      rules.push(...content.map((rule) => `-A ${chain} ${rule}`));
    }
  }
  const unused = emptied(wanted, actual, isOurs);
  for (const [chain, content] of Object.entries(actual)) {
    if (isOurs(chain)) {
      if (wanted[chain] !== undefined) continue;
      say(`chain ${chain} is not wanted any more`);
      // Declaring a chain empties it, so that the chains to remove do not hold on to each other.
      declared.push(`:${chain} - [0:0]`);
      removed.push(`-X ${chain}`);
    } else
      for (const rule of content) {
        const target = targetOf(rule);
        if (target === undefined || !(isOurs(target) || unused.includes(target))) continue;
        if (wanted[chain]?.includes(rule)) continue;
        say(`rule in ${chain} is not wanted any more`);
        rules.push(`-D ${chain} ${rule}`);
      }
  }
  return [...declared, ...rules, ...removed, ...unused.map((chain) => `-X ${chain}`)];
}

const targetOf = (rule: string) => /(?:^|\s)-[jg] (\S+)/.exec(rule)?.[1];

/** Chains that agents have in common (`neutron-filter-top`), from which nothing but our rules led on: they go with them. */
const emptied = (wanted: Chains, actual: Chains, isOurs: (chain: string) => boolean): string[] =>
  Object.entries(actual)
    .filter(([chain]) => chain.startsWith('neutron-') && !isOurs(chain) && wanted[chain] === undefined)
    .filter(([, rules]) => rules.length > 0 && rules.every((rule) => isOurs(targetOf(rule) ?? '')))
    .map(([chain]) => chain);

const equal = (a: string[], b: string[]) =>
  a.length === b.length && a.every((rule, index) => rule === b[index]);

/** Loads a plan's input: all of it at once, or, when one line is bad, nothing. */
export async function restoreTables(input: string, { ns, family = 4 }: IptablesTarget = {}): Promise<void> {
  if (input === '') return;
  const argv = [family === 4 ? 'iptables-restore' : 'ip6tables-restore', '--noflush', '--wait', '10'];
  await run(inNetns(ns, argv), { stdin: input });
}
