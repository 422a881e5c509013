// The words after a command's name: declared options, positional words, and options nobody declared as attributes.

/** A declared option; names are compared with dashes and underscores alike. */
export interface OptionSpec {
  /** Without the leading dashes: `tenant-id`. */
  name: string;
  /** One letter: `c` for -c. */
  letter?: string;
  help: string;
  /** A switch takes no word, except a True or False that follows it. */
  isSwitch?: boolean;
  /** Stands for true where no word follows that could be its own. */
  isTrueAlone?: boolean;
  /** May be given several times; the value is a list. */
  many?: boolean;
  /** In the usage line, in capitals; default the name. */
  metavar?: string;
}

export interface PositionalSpec {
  name: string;
  help: string;
  optional?: boolean;
  /** Takes all words that are left, but for one for each that follows. */
  many?: boolean;
  /** In the usage line; default the name in capitals. */
  metavar?: string;
}

/** The parsed words. */
export interface Arguments {
  /** Positional words by name; a `many` one under `rest`. */
  positionals: Record<string, string>;
  rest: string[];
  /** Declared options by name as declared. */
  options: Record<string, string | true | string[]>;
  /** Other options by name with underscores: text, true, lists, objects, null. */
  attributes: Record<string, unknown>;
}

export class UsageError extends Error {
  override name = 'UsageError';
}

interface Syntax {
  positionals: readonly PositionalSpec[];
  options: readonly OptionSpec[];
  /** Undeclared options are attributes, otherwise errors. */
  takesAttributes: boolean;
}

const plain = (name: string) => name.replaceAll('_', '-');
const looksLikeOption = (word: string) => /^--[A-Za-z]/.test(word);

/** Parses words by a syntax; everything after `--` belongs to attributes. Throws UsageError. */
export function parseArguments(words: readonly string[], syntax: Syntax): Arguments {
  const free: string[] = [];
  const options: Arguments['options'] = {};
  const unknown: { name: string; words: string[] }[] = [];
  let current: { name: string; words: string[] } | undefined;
  let onlyAttributes = false;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '--' && !onlyAttributes) {
      onlyAttributes = true;
      current = undefined;
      continue;
    }
    const spec = onlyAttributes ? undefined : findOption(word, syntax.options);
    if (spec !== undefined) {
      current = undefined;
      let value: string | true | undefined = inlineValue(word);
      if (value === undefined && isItsWord(spec, words[index + 1])) value = words[++index];
      if (spec.isSwitch || spec.isTrueAlone) value ??= true;
      if (value === undefined) throw new UsageError(`argument ${word}: expected one argument`);
      if (spec.many) options[spec.name] = [...((options[spec.name] as string[]) ?? []), value as string];
      else options[spec.name] = value;
    } else if (looksLikeOption(word)) {
      if (!syntax.takesAttributes) throw new UsageError(`unrecognized arguments: ${word}`);
      const inline = inlineValue(word);
      const name = word.slice(2).split('=')[0]!.replaceAll('-', '_');
      current = { name, words: inline === undefined ? [] : [inline] };
      unknown.push(current);
      if (inline !== undefined) current = undefined;
    } else if (/^-[A-Za-z]$/.test(word)) {
      throw new UsageError(`unrecognized arguments: ${word}`);
    } else if (current === undefined) free.push(word);
    else current.words.push(word);
  }
  reclaim(free, unknown, syntax.positionals);
  return {
    ...assign(free, syntax.positionals),
    options,
    attributes: Object.fromEntries(unknown.map(({ name, words: values }) => [name, attributeValue(values)])),
  };
}

/** Whether the next word belongs to the option. */
function isItsWord({ isSwitch }: OptionSpec, next: string | undefined): boolean {
  if (next === undefined || next === '--' || looksLikeOption(next)) return false;
  return !isSwitch || /^(true|false)$/i.test(next);
}

function findOption(word: string, options: readonly OptionSpec[]): OptionSpec | undefined {
  if (looksLikeOption(word)) {
    const name = plain(word.slice(2).split('=')[0]!);
    return options.find((option) => plain(option.name) === name);
  }
  const letter = /^-([A-Za-z])/.exec(word)?.[1];
  if (letter === undefined) return undefined;
  return options.find((option) => option.letter === letter && (word.length === 2 || !option.isSwitch));
}

/** `--name=value` and `-cvalue`. */
function inlineValue(word: string): string | undefined {
  if (!word.startsWith('--')) return word.length > 2 ? word.slice(2) : undefined;
  const equals = word.indexOf('=');
  return equals === -1 ? undefined : word.slice(equals + 1);
}

/** `router-create --colour red r1`: words that an undeclared option swallowed, but a positional one needs. */
function reclaim(
  free: string[],
  unknown: { words: string[] }[],
  positionals: readonly PositionalSpec[],
): void {
  const needed = positionals.filter(({ optional }) => !optional).length;
  const generous = [...unknown].reverse().filter(({ words }) => words.length > 1);
  for (const { words } of generous) {
    while (free.length < needed && words.length > 1 && !/^(type|list|action)=/.test(words[0]!))
      free.push(words.pop()!);
  }
}

function assign(
  free: string[],
  positionals: readonly PositionalSpec[],
): Pick<Arguments, 'positionals' | 'rest'> {
  const named: Record<string, string> = {};
  const left = [...free];
  let rest: string[] = [];
  for (const [index, { name, optional, many }] of positionals.entries()) {
    const following = positionals.length - index - 1;
    if (many) rest = left.splice(0, Math.max(left.length - following, 1));
    const word = many ? rest[0] : left.shift();
    if (word !== undefined) named[name] = word;
    else if (!optional) throw new UsageError('too few arguments');
  }
  if (left.length > 0) throw new UsageError(`unrecognized arguments: ${left.join(' ')}`);
  return { positionals: named, rest };
}

/** neutron's notation for values: `type=dict list=true a=b,c=d`, `type=int 5`, `list=true x y`, `action=clear`. */
function attributeValue(words: readonly string[]): unknown {
  let type = 'str';
  let isList = false;
  const values: string[] = [];
  for (const word of words) {
    const hint = /^(type|list|action)=(.*)$/.exec(word);
    if (hint?.[1] === 'type') {
      isList ||= hint[2] === 'list';
      if (hint[2] !== 'list') type = hint[2]!;
    } else if (hint?.[1] === 'list') isList = hint[2]!.toLowerCase() === 'true';
    else if (hint?.[1] === 'action') {
      if (hint[2] !== 'clear') throw new UsageError(`invalid action '${hint[2]}', only 'clear' is known`);
      return null;
    } else values.push(word);
  }
  const converted = values.map((value) => convert(type, value));
  if (isList || converted.length > 1) return converted;
  return converted.length === 0 ? true : converted[0];
}

function convert(type: string, text: string): unknown {
  switch (type) {
    case 'dict':
      return parseDict(text);
    case 'int': {
      if (!/^-?\d+$/.test(text)) throw new UsageError(`invalid int value: '${text}'`);
      return Number(text);
    }
    case 'bool':
      return /^(true|t|yes|y|1)$/i.test(text);
    case 'str':
    case 'string':
    case 'unicode':
      return text;
    default:
      throw new UsageError(`invalid type '${type}': use bool, int, dict, list or str`);
  }
}

/** `a=b,c=d` as an object. */
export function parseDict(text: string): Record<string, string> {
  return Object.fromEntries(
    text.split(',').map((pair) => {
      const equals = pair.indexOf('=');
      if (equals < 1) throw new UsageError(`invalid key-value '${pair}', expected key=value`);
      return [pair.slice(0, equals).trim(), pair.slice(equals + 1).trim()];
    }),
  );
}
