// One configuration option: its declaration, and its value read from text.

export type OptionType = 'string' | 'int' | 'float' | 'bool' | 'list' | 'dict' | 'multi';

interface ValueByType {
  string: string;
  int: number;
  float: number;
  bool: boolean;
  /** Comma separated. */
  list: readonly string[];
  /** `key:value`, comma separated. */
  dict: Readonly<Record<string, string>>;
  /** The option may be given several times; one value each. */
  multi: readonly string[];
}

/** An option of a configuration file. A `null` default makes the value nullable. */
export type OptionSpec = {
  [T in OptionType]: {
    type: T;
    default: ValueByType[T] | null;
    help: string;
    /** Kept out of logs and listings. */
    secret?: boolean;
    /** Bounds of a number, inclusive. */
    min?: number;
    max?: number;
    /** The only values allowed (of each item, for lists). */
    choices?: readonly string[];
    /** The choices may be given in any case; the value is as declared. */
    ignoreCase?: true;
  };
}[OptionType];

/** Options of one group by name. */
export type OptionSpecs = Record<string, OptionSpec>;

/** The type of a declared option's value. */
export type OptionValue<S extends OptionSpec> =
  ValueByType[S['type']] | (S['default'] extends null ? null : never);

/** Declares the options of one group; only there for the types. */
export const defineOptions = <const S extends OptionSpecs>(options: S): S => options;

const yes = new Set(['true', '1', 'yes', 'on']);
const no = new Set(['false', '0', 'no', 'off']);

/** The value that `text` stands for; throws an Error whose message says what was expected. */
export function parseOption(spec: OptionSpec, text: string): unknown {
  switch (spec.type) {
    case 'string':
      return checkChoice(spec, text);
    case 'int':
      return inBounds(spec, parseInteger(text));
    case 'float':
      return inBounds(spec, parseDecimal(text));
    case 'bool':
      if (yes.has(text.toLowerCase())) return true;
      if (no.has(text.toLowerCase())) return false;
      throw new Error(`expected True or False, found '${text}'`);
    case 'list':
      return Object.freeze(splitList(text).map((item) => checkChoice(spec, item)));
    case 'multi':
      return checkChoice(spec, text);
    case 'dict':
      return parseDict(text);
  }
}

const splitList = (text: string) =>
  text
    .split(/[,\n]/)
    .map((item) => item.trim())
    .filter((item) => item !== '');

function parseInteger(text: string): number {
  if (!/^[+-]?\d+$/.test(text)) throw new Error(`expected a whole number, found '${text}'`);
  return Number(text);
}

function parseDecimal(text: string): number {
  if (!/^[+-]?\d+(\.\d+)?$/.test(text)) throw new Error(`expected a number, found '${text}'`);
  return Number(text);
}

function inBounds(spec: OptionSpec, value: number): number {
  if (spec.min !== undefined && value < spec.min) throw new Error(`${value} is less than ${spec.min}`);
  if (spec.max !== undefined && value > spec.max) throw new Error(`${value} is more than ${spec.max}`);
  return value;
}

function parseDict(text: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const item of splitList(text)) {
    const colon = item.indexOf(':');
    const key = item.slice(0, colon).trim();
    if (colon < 1) throw new Error(`expected 'key:value', found '${item}'`);
    if (Object.hasOwn(found, key)) throw new Error(`'${key}' is given twice`);
    found[key] = item.slice(colon + 1).trim();
  }
  return Object.freeze(found);
}

function checkChoice(spec: OptionSpec, text: string): string {
  if (spec.choices === undefined) return text;
  const same = spec.ignoreCase
    ? (choice: string) => choice.toLowerCase() === text.toLowerCase()
    : (choice: string) => choice === text;
  const choice = spec.choices.find(same);
  if (choice === undefined) throw new Error(`'${text}' is none of ${spec.choices.join(', ')}`);
  return choice;
}
