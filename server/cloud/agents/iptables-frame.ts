// The chains that every agent's part of iptables consists of before it holds a rule, and the jumps that lead to them. Pure.
import type { Chains, Tables } from '../../host/iptables.ts';

const builtIn = {
  raw: ['OUTPUT', 'PREROUTING'],
  mangle: ['FORWARD', 'INPUT', 'OUTPUT', 'POSTROUTING', 'PREROUTING'],
  nat: ['OUTPUT', 'POSTROUTING', 'PREROUTING'],
  filter: ['FORWARD', 'INPUT', 'OUTPUT'],
} as const;

/**
 * The frame of the tables raw, mangle and filter (and nat) for chains named `PREFIX-...`; the prefix is the program's name,
 * cut to 16 characters. Rules are added to the lists that are returned.
 */
export function iptablesFrame(prefix: string, { nat }: { nat: boolean }): Tables {
  const own = (name: string) => `${prefix}-${name}`;
  const jumps = (table: keyof typeof builtIn): Chains =>
    Object.fromEntries(
      builtIn[table].flatMap((chain): [string, string[]][] => [
        [chain, [`-j ${own(chain)}`]],
        [own(chain), []],
      ]),
    );
  const filter = jumps('filter');
  for (const chain of ['FORWARD', 'OUTPUT']) filter[chain]!.unshift('-j neutron-filter-top');
  const tables: Tables = {
    raw: jumps('raw'),
    mangle: { ...jumps('mangle'), [own('mark')]: [] },
    filter: { ...filter, [own('local')]: [], 'neutron-filter-top': [`-j ${own('local')}`] },
  };
  tables.mangle![own('PREROUTING')]!.push(`-j ${own('mark')}`);
  if (nat) {
    const chains = jumps('nat');
    chains.POSTROUTING!.push('-j neutron-postrouting-bottom');
    const comment = '-m comment --comment "Perform source NAT on outgoing traffic."';
    tables.nat = {
      ...chains,
      [own('float-snat')]: [],
      [own('snat')]: [`-j ${own('float-snat')}`],
      'neutron-postrouting-bottom': [`${comment} -j ${own('snat')}`],
    };
  }
  return tables;
}
