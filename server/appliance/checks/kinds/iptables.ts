// Is there a rule in a netfilter table of a node or a namespace?
import { z } from 'zod';
import { commandAt, placeName } from '../command-line.ts';
import type { CheckKind } from '../types.ts';

const schema = z.strictObject({
  on: z.string(),
  table: z.enum(['filter', 'nat', 'mangle', 'raw']).default('filter'),
  /** Only rules of chains whose name contains this. */
  chain: z.string().optional(),
  /** Parts the rule must have, such as '-j SNAT' or '--to-source 10.64.201.1'. */
  has: z.array(z.string()).min(1),
});

export interface Rule {
  chain: string;
  text: string;
}

export const iptables: CheckKind<z.infer<typeof schema>> = {
  name: 'iptables',
  schema,
  places: ({ on }) => [on],
  run: async ({ exec }, { on, table, chain, has }) => {
    const argv = ['iptables-save', '-t', table];
    const { code, stdout } = await exec(on, argv);
    const chains = [...stdout.matchAll(/^:(\S+)/gm)].map(([, name]) => name!);
    const isThere = chain === undefined || chains.some((name) => name.includes(chain));
    const rules = code === 0 ? parseRules(stdout).filter((rule) => rule.chain.includes(chain ?? '')) : [];
    const found = rules.find((rule) => has.every((part) => hasPart(rule.text, part)));
    const nearestRule = rules.find((rule) => has.some((part) => hasPart(rule.text, part)));
    return {
      verdict: found === undefined ? 'failed' : 'passed',
      observed:
        found?.text ??
        (nearestRule === undefined ? `no such rule in table ${table}` : `only ${nearestRule.text}`),
      expected: `a rule of table ${table}${chain === undefined ? '' : ` (chain ${chain})`} with ${has.join(' ')}`,
      where: placeName(on),
      command: commandAt(on, argv),
      ...(isThere ? {} : { unasked: `table ${table} of ${placeName(on)} has no chain ${chain}` }),
    };
  },
};

/** The rules of `iptables-save`, in order. */
export function parseRules(stdout: string): Rule[] {
  return stdout
    .split('\n')
    .map((line) => /^(?:\[\d+:\d+\] )?(-A (\S+).*)$/.exec(line))
    .filter((match) => match !== null)
    .map(([, text, chain]) => ({ text: text!, chain: chain! }));
}

// whole words only: '--to-source 10.0.0.1' is not part of '--to-source 10.0.0.10'
function hasPart(rule: string, part: string): boolean {
  return ` ${rule} `.includes(` ${part} `);
}
