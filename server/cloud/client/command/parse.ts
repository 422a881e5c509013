// The words after a command's name: positional arguments, declared options, and options that become attributes.
import type { Command, CommandOption, Given } from './command.ts';
import { formats, type Choice, type Format } from './output.ts';

/** A command line that cannot be understood; `usage` belongs below the sentence. */
export class UsageError extends Error {
  override name = 'UsageError';
}

export interface Parsed {
  given: Given;
  choice: Choice;
}

/** Options that every printing command has, as neutron 2.3 names them. */
const printing: Record<string, CommandOption> = {
  format: { value: 'FORMAT' },
  column: { value: 'COLUMN', many: true },
  field: { value: 'FIELD', many: true },
  'show-details': {},
  'max-width': { value: 'N' },
  noindent: {},
  prefix: { value: 'PREFIX' },
  variable: { value: 'VARIABLE', many: true },
  quote: { value: 'MODE' },
  'request-format': { value: 'json' },
};
const short: Record<string, string> = { '-f': 'format', '-c': 'column', '-F': 'field', '-D': 'show-details' };

/** Options may be written with dashes or underscores; those with a colon are spelled like attributes. */
export const plainName = (option: string) => option.replaceAll('_', '-');

/** Reads the words of `command`. Throws UsageError with a sentence. */
export function parseWords(command: Command, words: readonly string[]): Parsed {
  const declared = Object.fromEntries(
    Object.entries({ ...printing, ...command.options }).map(([name, option]) => [
      plainName(name),
      { name, option },
    ]),
  );
  const options: Record<string, string | true | string[]> = {};
  const extra: Record<string, unknown> = {};
  const positional: string[] = [];
  const most = command.positional?.some(({ many }) => many) ? Infinity : (command.positional?.length ?? 0);
  const rest = [...words];

  const set = (name: string, option: CommandOption, value: string | true) => {
    if (option.many) options[name] = [...((options[name] as string[] | undefined) ?? []), String(value)];
    else options[name] = value;
  };

  while (rest.length > 0) {
    const word = rest.shift()!;
    if (word === '--') continue;
    if (!isOption(word)) {
      if (positional.length >= most) throw new UsageError(`Unrecognized argument: ${word}`);
      positional.push(word);
      continue;
    }
    const [, dashed = '', , inline] = /^(--?[^=]+)(=(.*))?$/s.exec(word) ?? [];
    const name = short[dashed] ?? plainName(dashed.replace(/^--?/, ''));
    const known = declared[name];
    if (known === undefined) {
      if (!command.takesExtra) throw new UsageError(`Unrecognized option: ${dashed}`);
      const values = inline === undefined ? takeValues(rest, most - positional.length) : [inline];
      extra[dashed.replace(/^--?/, '').replaceAll('-', '_')] = attributeOf(values);
    } else if (known.option.bool) {
      const next = rest[0];
      set(
        known.name,
        known.option,
        inline ?? (next !== undefined && isBoolWord(next) ? rest.shift()! : 'True'),
      );
    } else if (known.option.value === undefined) {
      if (inline !== undefined) throw new UsageError(`Option ${dashed} takes no value.`);
      set(known.name, known.option, true);
    } else {
      const value = inline ?? rest.shift();
      if (value === undefined) throw new UsageError(`Option ${dashed} needs a value: ${known.option.value}`);
      set(known.name, known.option, value);
    }
  }

  const missing = (command.positional ?? []).slice(positional.length).find(({ optional }) => !optional);
  if (missing !== undefined) throw new UsageError(`Too few arguments: ${missing.name} is missing.`);
  const columns = [...((options.column as string[]) ?? []), ...((options.field as string[]) ?? [])];
  const format = (options.format ?? 'table') as Format;
  if (!formats.includes(format))
    throw new UsageError(`Unknown format '${format}'. Choose from ${formats.join(', ')}.`);
  return {
    given: { positional, options, extra, columns, isDetailed: options['show-details'] === true },
    choice: { format, columns, prefix: (options.prefix as string | undefined) ?? '' },
  };
}

const isOption = (word: string) => /^--?[A-Za-z]/.test(word);
const isBoolWord = (word: string) => /^(true|false|1|0)$/i.test(word);

/** The bare words behind an unknown option; those that missing positional arguments need stay where they are. */
function takeValues(rest: string[], missing: number): string[] {
  const bare = rest.findIndex((word) => isOption(word) || word === '--');
  const available = bare < 0 ? rest.length : bare;
  const laterBare = rest.slice(available).some((word) => !isOption(word));
  const keep = laterBare ? 0 : Math.min(missing === Infinity ? 0 : missing, Math.max(0, available - 1));
  return rest.splice(0, available - keep);
}

/** `v`, several values, `type=bool v`, `type=dict a=b,c=d`, `type=dict list=true a=b a=c`; nothing means true. */
function attributeOf(values: string[]): unknown {
  const marks = values.filter((value) => /^(type|list)=/.test(value));
  const type = marks.find((mark) => mark.startsWith('type='))?.slice('type='.length);
  const isList = marks.some((mark) => /^list=true$/i.test(mark));
  const plain = values.filter((value) => !marks.includes(value)).map((value) => typed(value, type));
  if (plain.length === 0) return isList ? [] : true;
  return isList || plain.length > 1 ? plain : plain[0];
}

function typed(value: string, type: string | undefined): unknown {
  switch (type) {
    case 'bool':
      return /^(true|1)$/i.test(value);
    case 'int':
      return Number(value);
    case 'dict':
      return dictOf(value);
    default:
      return value;
  }
}

/** `a=b,c=d` as an object. Throws UsageError naming the piece that has no `=`. */
export function dictOf(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(/,(?=[^,=]+=)/).map((piece) => {
      const at = piece.indexOf('=');
      if (at < 1) throw new UsageError(`invalid key-value '${piece}', expected key=value[,key=value]`);
      return [piece.slice(0, at), piece.slice(at + 1)];
    }),
  );
}
