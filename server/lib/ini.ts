// Reads the ini dialect of the services' configuration files (oslo.config): sections, `name = value`, continuation lines.

/** One `name = value` of a file, with where it stands (line numbers from 1). */
export interface IniEntry {
  file: string;
  line: number;
  group: string;
  name: string;
  value: string;
}

/** A configuration that cannot be used; the message names file, line and option. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/**
 * The entries of one ini file in their order. A line that starts with a blank continues the value before it; `#` and `;`
 * start a comment only at the beginning of a line. Throws ConfigError on a line that is none of these.
 */
export function parseIni(text: string, file: string): IniEntry[] {
  const entries: IniEntry[] = [];
  let group: string | undefined;
  let open: IniEntry | undefined;
  for (const [index, raw] of text.split(/\r?\n/).entries()) {
    const line = index + 1;
    const trimmed = raw.trim();
    if (trimmed === '') {
      open = undefined;
      continue;
    }
    if (/^[#;]/.test(trimmed)) continue;
    if (/^\s/.test(raw) && open !== undefined) {
      open.value += `\n${trimmed}`;
      continue;
    }
    const section = /^\[([^\]]+)\]\s*$/.exec(trimmed);
    if (section !== null) {
      group = section[1]!.trim();
      open = undefined;
      continue;
    }
    const pair = /^([^\s=:][^=:]*?)\s*[=:]\s*(.*)$/.exec(trimmed);
    if (pair === null)
      throw new ConfigError(`${file}:${line}: expected '[group]' or 'option = value', found '${trimmed}'`);
    if (group === undefined)
      throw new ConfigError(`${file}:${line}: option '${pair[1]}' stands before the first [group]`);
    open = { file, line, group, name: pair[1]!, value: unquote(pair[2]!) };
    entries.push(open);
  }
  return entries;
}

function unquote(value: string): string {
  const quoted = /^(["'])(.*)\1$/.exec(value);
  return quoted === null ? value : quoted[2]!;
}
