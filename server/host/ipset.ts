// Sets of addresses for the firewall: reading, and many changes in one `ipset restore`.
import { run } from './run.ts';

export interface IpSet {
  name: string;
  /** 'hash:net', ... */
  type: string;
  family: 'inet' | 'inet6';
  /** As ipset prints them: a host without prefix length. */
  members: Set<string>;
}

/** All sets of the root namespace by name. */
export async function readIpsets(): Promise<Map<string, IpSet>> {
  return parseIpsetSave(await ipsetsPrint());
}

/** All sets as text: of equal texts the sets are equal. */
export const ipsetsPrint = async (): Promise<string> => (await run(['ipset', 'save'])).stdout;

/** What `ipset save` prints. */
export function parseIpsetSave(text: string): Map<string, IpSet> {
  const sets = new Map<string, IpSet>();
  for (const line of text.split('\n')) {
    const words = line.split(' ');
    if (words[0] === 'create') {
      const family = words[words.indexOf('family') + 1] === 'inet6' ? 'inet6' : 'inet';
      sets.set(words[1]!, { name: words[1]!, type: words[2]!, family, members: new Set() });
    } else if (words[0] === 'add') sets.get(words[1]!)?.members.add(words[2]!);
  }
  return sets;
}

/** Lines for one `ipset restore`: `grow` before the rules that use the sets are loaded, `shrink` after. */
export interface IpsetPlan {
  grow: string[];
  shrink: string[];
}

/** What makes the sets that `isOurs` equal to `wanted`; sets of others are left alone. Pure. */
export function planIpsets(
  wanted: readonly IpSet[],
  actual: ReadonlyMap<string, IpSet>,
  isOurs: (name: string) => boolean,
): IpsetPlan {
  const grow: string[] = [];
  const shrink: string[] = [];
  const names = new Set(wanted.map((set) => set.name));
  for (const set of wanted) {
    const found = actual.get(set.name);
    if (found === undefined) grow.push(`create ${set.name} ${set.type} family ${set.family}`);
    for (const member of set.members) if (!found?.members.has(member)) grow.push(`add ${set.name} ${member}`);
    for (const member of found?.members ?? [])
      if (!set.members.has(member)) shrink.push(`del ${set.name} ${member}`);
  }
  for (const name of actual.keys()) if (isOurs(name) && !names.has(name)) shrink.push(`destroy ${name}`);
  return { grow, shrink };
}

/** Loads lines in one process; what is already so is no error. */
export async function restoreIpsets(lines: readonly string[]): Promise<void> {
  if (lines.length > 0) await run(['ipset', '-exist', 'restore'], { stdin: `${lines.join('\n')}\n` });
}
