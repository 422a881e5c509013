// Command line options of a resource's fields, and the request body that they fill.
import type { Field, Resource } from '../../../lib/resource.ts';
import { parseDict, type Arguments, type OptionSpec } from '../command/arguments.ts';
import type { Session } from '../session.ts';
import { findIdOf } from './find.ts';

type Mode = 'create' | 'update';

/** An option with the field it belongs to; a switch stands for `value`. */
interface FieldOption extends OptionSpec {
  field: string;
  value?: unknown;
}

const isSettable = (field: Field, mode: Mode) =>
  mode === 'create' ? field.create !== undefined : field.update === true;

/** The options for the fields that can be given, without those given by position and by the path. */
export function fieldOptions(resource: Resource, mode: Mode): FieldOption[] {
  const positional = mode === 'create' ? (resource.command?.positional ?? []) : [];
  return Object.entries<Field>(resource.fields)
    .filter(
      ([name, field]) =>
        isSettable(field, mode) && !positional.includes(name) && name !== resource.parent?.field,
    )
    .flatMap(([name, field]) => optionsOf(name, field));
}

function optionsOf(name: string, field: Field): FieldOption[] {
  const help = field.help ?? name;
  const switches = Object.entries(field.switches ?? {}).map(([flag, value]) => ({
    name: flag,
    help,
    field: name,
    isSwitch: true,
    value,
  }));
  if (field.flag === false) return switches;
  const valued = {
    name: field.flag ?? name.replaceAll('_', '-'),
    help,
    field: name,
    metavar: metavarOf(name, field),
    ...(field.type === 'list' && { many: true }),
    ...(field.type === 'bool' && { isTrueAlone: true }),
  };
  return [valued, ...switches];
}

function metavarOf(name: string, field: Field): string {
  const item = field.type === 'list' ? field.of : field;
  if (item.type === 'dict')
    return Object.keys(item.keys ?? { key: 0 })
      .map((key) => `${key}=${key.toUpperCase()}`)
      .join(',');
  return name.replace(/^.*:|_id$/g, '').toUpperCase();
}

/** What the words say about a resource, names resolved to ids; numbers and booleans stay text, the server reads them. */
export async function bodyFrom(
  session: Session,
  resource: Resource,
  mode: Mode,
  { positionals, options, attributes }: Arguments,
): Promise<Record<string, unknown>> {
  const body: Record<string, unknown> = {};
  for (const name of mode === 'create' ? (resource.command?.positional ?? []) : [])
    if (positionals[name] !== undefined)
      body[name] = await readValue(session, resource.fields[name]!, positionals[name]);
  for (const option of fieldOptions(resource, mode)) {
    const given = options[option.name];
    if (given === undefined) continue;
    if (option.isSwitch) body[option.field] = switchValue(option.value, given);
    else body[option.field] = await readValue(session, resource.fields[option.field]!, given);
  }
  if (mode === 'create') fillChoices(resource, body);
  return { ...body, ...attributes };
}

/** `--shared` and `--shared False`: a word after the switch decides where the switch means true. */
const switchValue = (value: unknown, given: unknown) =>
  value === true && typeof given === 'string' ? given : value;

/** A required choice that was not made is the first one: `--direction ingress`. */
function fillChoices(resource: Resource, body: Record<string, unknown>): void {
  for (const [name, field] of Object.entries<Field>(resource.fields))
    if (field.create === 'required' && field.type === 'string' && field.values?.[0] !== undefined)
      body[name] ??= field.values[0];
}

async function readValue(session: Session, field: Field, given: string | true | string[]): Promise<unknown> {
  if (Array.isArray(given)) {
    const item: Field = field.type === 'list' ? field.of : field;
    const ref = field.ref ?? item.ref;
    return Promise.all(given.map((word) => readWord(session, item, ref, word)));
  }
  return readWord(session, field, field.ref, String(given));
}

async function readWord(
  session: Session,
  field: Field,
  ref: string | undefined,
  word: string,
): Promise<unknown> {
  if (field.type === 'dict') {
    const pairs = parseDict(word);
    if (pairs.subnet_id !== undefined) pairs.subnet_id = await findIdOf(session, 'subnet', pairs.subnet_id);
    return pairs;
  }
  return ref === undefined ? word : findIdOf(session, ref, word);
}
