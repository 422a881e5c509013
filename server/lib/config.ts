// The configuration of a daemon: declared options, ini files given with --config-file, a frozen typed result.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigError, parseIni, type IniEntry } from './ini.ts';
import { parseOption, type OptionSpec, type OptionSpecs, type OptionValue } from './option-value.ts';
import { nearest } from './nearest.ts';

export { ConfigError } from './ini.ts';
export { defineOptions, type OptionSpec, type OptionSpecs } from './option-value.ts';

/** Declared options by group; `DEFAULT` is the group without a name of its own. */
export type OptionGroups = Record<string, OptionSpecs>;

/** The values of declared groups: `config.ovs.bridge_mappings`. */
export type Config<G extends OptionGroups> = {
  readonly [Group in keyof G]: { readonly [Name in keyof G[Group]]: OptionValue<G[Group][Name]> };
} & {
  /** Options of the files that no one declares, one sentence each, for the log. */
  readonly warnings: readonly string[];
  /** Words of the command line that are not about configuration. */
  readonly rest: readonly string[];
};

/** What the command line can say in place of [DEFAULT] options. */
const flags: Record<string, { option: string; value?: string }> = {
  '--debug': { option: 'debug', value: 'true' },
  '--verbose': { option: 'verbose', value: 'true' },
  '--log-file': { option: 'log_file' },
  '--log-dir': { option: 'log_dir' },
};

/**
 * Reads the files named by `--config-file` and `--config-dir` (later ones win) and gives every declared option its value.
 * `known` are options of other daemons that may stand in the same files without a warning.
 * Throws ConfigError naming file, line, group and option for a value that does not fit its declaration.
 */
export function loadConfig<G extends OptionGroups>(
  groups: G,
  argv: readonly string[],
  known: readonly OptionGroups[] = [],
): Config<G> {
  const { entries, rest } = readArguments(argv);
  const texts = new Map<string, IniEntry[]>();
  const warnings: string[] = [];
  for (const entry of entries) {
    if (groups[entry.group]?.[entry.name] === undefined) {
      if (!known.some((other) => other[entry.group]?.[entry.name] !== undefined))
        warnings.push(unknownOption(entry, [groups, ...known]));
      continue;
    }
    const key = `${entry.group}.${entry.name}`;
    const earlier = texts.get(key) ?? [];
    texts.set(key, groups[entry.group]![entry.name]!.type === 'multi' ? [...earlier, entry] : [entry]);
  }
  const values = Object.entries(groups).map(([group, options]) => [
    group,
    Object.freeze(
      Object.fromEntries(
        Object.entries(options).map(([name, spec]) => [name, valueOf(groups, texts, group, name, spec)]),
      ),
    ),
  ]);
  return Object.freeze({ ...Object.fromEntries(values), warnings, rest }) as Config<G>;
}

function valueOf(
  groups: OptionGroups,
  texts: Map<string, IniEntry[]>,
  group: string,
  name: string,
  spec: OptionSpec,
): unknown {
  const given = texts.get(`${group}.${name}`);
  if (given === undefined) {
    if (spec.type === 'string' && spec.default !== null)
      return interpolate(spec.default, groups, texts, group, 0);
    return Object.freeze(spec.default);
  }
  const parsed = given.map((entry) => {
    try {
      return parseOption(spec, interpolate(entry.value, groups, texts, group, 0));
    } catch (error) {
      const reason = spec.secret ? 'the value does not fit' : (error as Error).message;
      throw new ConfigError(`${entry.file}:${entry.line}: option '${name}' of group [${group}]: ${reason}`);
    }
  });
  return spec.type === 'multi' ? Object.freeze(parsed) : parsed[0];
}

/** Replaces `$name`, `${name}` and `$group.name` by other options' values; `$$` is a dollar sign. */
function interpolate(
  text: string,
  groups: OptionGroups,
  texts: Map<string, IniEntry[]>,
  group: string,
  depth: number,
): string {
  if (depth > 10 || !text.includes('$')) return text;
  const lookUp = (reference: string): string | undefined => {
    const [first, second] = reference.split('.');
    const [inGroup, name] = second === undefined ? [group, first!] : [first!, second];
    for (const candidate of [inGroup, 'DEFAULT']) {
      const spec = groups[candidate]?.[name];
      if (spec === undefined) continue;
      const found = texts.get(`${candidate}.${name}`)?.at(-1)?.value ?? spec.default;
      return found === null ? '' : interpolate(String(found), groups, texts, candidate, depth + 1);
    }
    return undefined;
  };
  return text.replace(/\$(\$|\{([\w.]+)\}|\w+(\.\w+)?)/g, (whole, body: string, braced?: string) =>
    body === '$' ? '$' : (lookUp(braced ?? body) ?? whole),
  );
}

function unknownOption(entry: IniEntry, all: OptionGroups[]): string {
  const groups = [...new Set(all.flatMap((group) => Object.keys(group)))];
  const names = all.flatMap((group) => Object.keys(group[entry.group] ?? {}));
  const hint = groups.includes(entry.group) ? nearest(entry.name, names) : nearest(entry.group, groups);
  const guess = hint === undefined ? '' : ` (did you mean '${hint}'?)`;
  return `${entry.file}:${entry.line}: unknown option '${entry.name}' in group [${entry.group}] is ignored${guess}`;
}

function readArguments(argv: readonly string[]): { entries: IniEntry[]; rest: string[] } {
  const entries: IniEntry[] = [];
  const spoken: IniEntry[] = [];
  const rest: string[] = [];
  const words = argv.flatMap((word) => {
    const equals = /^(--[a-z-]+)=(.*)$/s.exec(word);
    return equals === null ? [word] : [equals[1]!, equals[2]!];
  });
  while (words.length > 0) {
    const word = words.shift()!;
    const operand = () => {
      const next = words.shift();
      if (next === undefined) throw new ConfigError(`${word} needs a value`);
      return next;
    };
    const flag = flags[word];
    if (word === '--config-file') entries.push(...readFile(operand()));
    else if (word === '--config-dir') entries.push(...readDirectory(operand()));
    else if (flag !== undefined)
      spoken.push({
        file: 'command line',
        line: 0,
        group: 'DEFAULT',
        name: flag.option,
        value: flag.value ?? operand(),
      });
    else rest.push(word);
  }
  return { entries: [...entries, ...spoken], rest };
}

function readFile(file: string): IniEntry[] {
  try {
    return parseIni(readFileSync(file, 'utf8'), file);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${file}: cannot be read: ${(error as Error).message}`);
  }
}

function readDirectory(folder: string): IniEntry[] {
  try {
    const files = readdirSync(folder).filter((name) => name.endsWith('.conf'));
    return files.sort().flatMap((name) => readFile(join(folder, name)));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(`${folder}: cannot be read: ${(error as Error).message}`);
  }
}
