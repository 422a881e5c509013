// One value against its field: converts what clients send as text, refuses in Neutron's words. Pure.
import { canonicalAddress, familyOf, formatCidr, parseCidr } from './cidr.ts';
import { CloudError } from './errors.ts';
import { pythonRepr, pythonStr } from './python-repr.ts';
import type { DictField, Field, IntField, ListField, TextField } from './resource.ts';

/** Why a value is refused: the `Reason:` of the answer. Conversions speak as InvalidInput, checks as HTTPBadRequest. */
export interface Refusal {
  reason: string;
  conversion?: true;
}
export type Checked = { value: unknown } | Refusal;

const refuse = (reason: string): Refusal => ({ reason });
const refuseConversion = (reason: string): Refusal => ({ reason, conversion: true });
const accept = (value: unknown): Checked => ({ value });

/** Checks and converts a value for a field; throws the API's error naming the attribute. */
export function validated(name: string, field: Field, value: unknown): unknown {
  const checked = check(field, value);
  if ('value' in checked) return checked.value;
  throw checked.conversion
    ? new CloudError(400, 'InvalidInput', `Invalid input for operation: ${checked.reason}.`)
    : new CloudError(400, 'HTTPBadRequest', `Invalid input for ${name}. Reason: ${checked.reason}.`);
}

/** Checks and converts a value for a field. */
export function check(field: Field, value: unknown): Checked {
  if (field.lenient || (value === null && (field.nullable || field.redrawn))) return accept(value);
  switch (field.type) {
    case 'string':
      return checkText(field, value);
    case 'int':
      return checkInt(field, value);
    case 'bool':
      return checkBool(value);
    case 'uuid':
      return isUuid(value) ? accept(value) : refuse(`${quote(value)} is not a valid UUID`);
    case 'ip':
      return checkAddress(value);
    case 'cidr':
      return checkCidr(value);
    case 'mac':
      return isMac(value)
        ? accept((value as string).toLowerCase())
        : refuse(`${quote(value)} is not a valid MAC address`);
    case 'list':
      return checkList(field, value);
    case 'dict':
      return checkDict(field, value);
    case 'time':
    case 'any':
      return accept(value);
  }
}

const quote = (value: unknown) => `'${pythonStr(value)}'`;

const uuidPattern = /^[0-9a-f]{8}-?([0-9a-f]{4}-?){3}[0-9a-f]{12}$/i;
export const isUuid = (value: unknown): boolean => typeof value === 'string' && uuidPattern.test(value);

/** A unicast or group address with colons, not all zero. */
const isMac = (value: unknown) =>
  typeof value === 'string' && /^([0-9a-f]{2}:){5}[0-9a-f]{2}$/i.test(value) && value !== '00:00:00:00:00:00';

function checkText(field: TextField, value: unknown): Checked {
  const text = typeof value === 'number' && field.values === undefined ? String(value) : value;
  if (field.values !== undefined) return checkChoice(field.values, field.ignoreCase === true, text);
  if (typeof text !== 'string') return refuse(`${quote(text)} is not a valid string`);
  if (field.filled && text.trim() === '') return refuse(`'${text}' Blank strings are not permitted`);
  if (field.maxLength !== undefined && text.length > field.maxLength)
    return refuse(`'${text}' exceeds maximum length of ${field.maxLength}`);
  // A NUL would end the text early in databases and config files.
  return text.includes('\0') ? refuse(`${quote(text)} is not a valid string`) : accept(text);
}

function checkChoice(values: readonly string[], ignoreCase: boolean, value: unknown): Checked {
  const found = values.find((allowed) =>
    ignoreCase && typeof value === 'string'
      ? allowed.toLowerCase() === value.toLowerCase()
      : allowed === value,
  );
  return found === undefined ? refuse(`${quote(value)} is not in ${pythonRepr(values)}`) : accept(found);
}

function checkInt(field: IntField, value: unknown): Checked {
  const number = typeof value === 'string' && /^\s*[-+]?\d+\s*$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number' || !Number.isSafeInteger(number))
    return refuseConversion(`${quote(value)} is not an integer`);
  if (field.values !== undefined && !field.values.includes(number))
    return refuse(`'${number}' is not in ${pythonRepr(field.values)}`);
  if (field.min !== undefined && number < field.min)
    return refuse(`'${number}' is too small - must be at least '${field.min}'`);
  if (field.max !== undefined && number > field.max)
    return refuse(`'${number}' is too large - must be no larger than '${field.max}'`);
  return accept(number);
}

const truthOf = new Map<unknown, boolean>([
  [true, true],
  ['true', true],
  ['1', true],
  [1, true],
  [false, false],
  ['false', false],
  ['0', false],
  [0, false],
]);

/** `True`, `true`, `1` and their opposites, as text, number or boolean. */
export function checkBool(value: unknown): Checked {
  const truth = truthOf.get(typeof value === 'string' ? value.toLowerCase() : value);
  return truth === undefined
    ? refuseConversion(`${quote(value)} cannot be converted to boolean`)
    : accept(truth);
}

function checkAddress(value: unknown): Checked {
  if (typeof value !== 'string' || familyOf(value) === undefined)
    return refuse(`${quote(value)} is not a valid IP address`);
  return accept(canonicalAddress(value));
}

function checkCidr(value: unknown): Checked {
  const cidr = typeof value === 'string' ? parseCidr(value) : undefined;
  return cidr === undefined ? refuse(`${quote(value)} is not a valid IP subnet`) : accept(formatCidr(cidr));
}

function checkList(field: ListField, value: unknown): Checked {
  if (!Array.isArray(value)) return refuse(`${quote(value)} is not a list`);
  const items: unknown[] = [];
  for (const item of value) {
    const checked = check(field.of, item);
    if (!('value' in checked)) return checked;
    items.push(checked.value);
  }
  if (field.distinct) {
    const seen = new Set(items.map((item) => JSON.stringify(item)));
    if (seen.size < items.length) return refuse(`Duplicate items in the list: ${quote(items)}`);
  }
  return accept(items);
}

function checkDict(field: DictField, value: unknown): Checked {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse(`${quote(value)} is not a dictionary`);
  const { keys } = field;
  if (keys === undefined) return accept(value);
  const unknown = Object.keys(value).filter((key) => keys[key] === undefined);
  const missing = Object.keys(keys).filter((key) => keys[key]!.required && !(key in value));
  if (unknown.length > 0 || missing.length > 0)
    return refuse(
      missing.length > 0
        ? `Validation of dictionary's keys failed. Expected keys: ${pythonRepr(Object.keys(keys).filter((key) => keys[key]!.required))} Provided keys: ${pythonRepr(Object.keys(value))}`
        : `Unexpected key(s) ${pythonRepr(unknown)} in ${quote(value)}`,
    );
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value)) {
    const checked = check(keys[key]!, item);
    if (!('value' in checked)) return checked;
    result[key] = checked.value;
  }
  return accept(result);
}
