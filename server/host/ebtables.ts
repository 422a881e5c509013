// ebtables' nat table: what frames may enter a Linux bridge, by their MAC and ARP addresses. All of it changes in one load.
import { parseTables, type Chains } from './iptables.ts';
import { run } from './run.ts';

/** Chains of the nat table; rules are spelt as ebtables-save spells them. */
export async function readEbtables(): Promise<Chains> {
  return parseTables((await run(['ebtables-nft-save'])).stdout).nat ?? {};
}

/**
 * Input of one `ebtables-restore --noflush`, '' when nothing differs. Pure. Chains that `isOurs` become as wanted or are removed;
 * of PREROUTING only the rules that jump to them are ours.
 */
export function planEbtables(wanted: Chains, actual: Chains, isOurs: (chain: string) => boolean): string {
  const { PREROUTING: jumps = [], ...chains } = wanted;
  const found = actual.PREROUTING ?? [];
  const isOurJump = (rule: string) => isOurs(/ -j (\S+)$/.exec(` ${rule}`)?.[1] ?? '');
  const changed = Object.entries(chains).filter(([chain, rules]) => !isEqual(rules, actual[chain]));
  const left = Object.keys(actual).filter((chain) => isOurs(chain) && chains[chain] === undefined);
  const lines = [
    // Declaring a chain empties it.
    ...[...changed.map(([chain]) => chain), ...left].map((chain) => `:${chain} DROP`),
    ...changed.flatMap(([chain, rules]) => rules.map((rule) => `-A ${chain} ${rule}`)),
    ...found
      .filter((rule) => isOurJump(rule) && !jumps.includes(rule))
      .map((rule) => `-D PREROUTING ${rule}`),
    ...jumps.filter((rule) => !found.includes(rule)).map((rule) => `-A PREROUTING ${rule}`),
    ...left.map((chain) => `-X ${chain}`),
  ];
  return lines.length === 0 ? '' : ['*nat', ...lines, 'COMMIT', ''].join('\n');
}

const isEqual = (rules: readonly string[], found: readonly string[] | undefined) =>
  found?.length === rules.length && rules.every((rule, index) => rule === found[index]);

/** Loads a plan's input: all of it or nothing. */
export async function restoreEbtables(input: string): Promise<void> {
  if (input !== '') await run(['ebtables-nft-restore', '--noflush'], { stdin: input });
}
