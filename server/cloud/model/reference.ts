// The reference pages, written from the declarations: resources of the Networking API, options of the configuration files.
import type { OptionGroups, OptionSpec } from '../../lib/config.ts';
import type { Field, Resource } from '../../lib/resource.ts';

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ');
const row = (...cells: string[]) => `| ${cells.map(cell).join(' | ')} |`;
const code = (text: string) => `\`${text}\``;
const generated = 'Written from the declarations by `npm run reference`; do not edit.';

/** A page of all resources: fields, who may give them, commands. */
export function resourcePage(resources: readonly Resource[]): string {
  const parts = ['# Resources of the Networking API', '', generated, ''];
  for (const resource of resources) parts.push(...resourcePart(resource), '');
  return `${parts.join('\n').trimEnd()}\n`;
}

function resourcePart(resource: Resource): string[] {
  const { title, help, name, path, operations, fields, actions = [], extension, bulk, command } = resource;
  const shown = Object.entries(fields).filter(([, field]) => !field.hidden || field.create !== undefined);
  const notes = [
    `Path ${code(`/v2.0/${path}`)}, key ${code(name)}; operations: ${operations.join(', ')}.`,
    ...(extension ? [`Extension ${code(extension)}.`] : []),
    ...(bulk ? ['Several may be made by one request.'] : []),
    ...(actions.length > 0 ? [`Actions: ${actions.map(code).join(', ')}.`] : []),
    ...(command ? [`Commands: ${commandsOf(resource).map(code).join(', ')}.`] : []),
  ];
  return [
    `## ${title}`,
    '',
    help,
    '',
    notes.join(' '),
    '',
    row('Field', 'Type', 'Create', 'Update', 'Meaning'),
    row('---', '---', '---', '---', '---'),
    ...shown.map(([key, field]) =>
      row(code(key), typeOf(field), createOf(field), updateOf(field), meaningOf(field)),
    ),
  ];
}

function commandsOf({ command, operations }: Resource): string[] {
  const verbs = command!.verbs ?? operations;
  return verbs.map((verb) => `neutron ${command!.noun}-${verb}`);
}

function typeOf(field: Field): string {
  const suffix = field.nullable ? ' or null' : '';
  if ('values' in field && field.values !== undefined) return field.values.join(', ') + suffix;
  if (field.type === 'list') return `list of ${typeOf(field.of)}${suffix}`;
  if (field.type === 'dict' && field.keys !== undefined)
    return `{${Object.keys(field.keys).join(', ')}}${suffix}`;
  if (field.type === 'int' && (field.min ?? field.max) !== undefined)
    return `int ${field.min ?? ''}..${field.max ?? ''}${suffix}`;
  if (field.type === 'string' && field.maxLength !== undefined)
    return `string, up to ${field.maxLength}${suffix}`;
  return field.type + suffix;
}

const audience = (field: Field) =>
  field.set === undefined
    ? ''
    : field.set === 'admin'
      ? ', administrators'
      : ", administrators and the network's owner";

function createOf(field: Field): string {
  if (field.create === undefined) return '';
  const fallback = 'default' in field ? `, default ${code(JSON.stringify(field.default))}` : '';
  return `${field.create}${fallback}${audience(field)}`;
}

const updateOf = (field: Field) => (field.update ? `yes${audience(field)}` : '');

const meaningOf = (field: Field) =>
  (field.help ?? '') + (field.view === 'admin' ? ' (shown to administrators)' : '');

/** A page of the options of configuration files: by file, by group. */
export function optionPage(title: string, files: Readonly<Record<string, OptionGroups>>): string {
  const parts = [`# ${title}`, '', generated, ''];
  for (const [file, groups] of Object.entries(files)) {
    parts.push(`## ${file}`, '');
    for (const [group, options] of Object.entries(groups)) {
      parts.push(
        `### [${group}]`,
        '',
        row('Option', 'Type', 'Default', 'Meaning'),
        row('---', '---', '---', '---'),
      );
      for (const [name, spec] of Object.entries(options))
        parts.push(row(code(name), optionType(spec), code(defaultOf(name, spec)), spec.help));
      parts.push('');
    }
  }
  return `${parts.join('\n').trimEnd()}\n`;
}

const optionType = (spec: OptionSpec) => (spec.choices ? spec.choices.join(', ') : spec.type);

function defaultOf(name: string, spec: OptionSpec): string {
  // it is the name of whatever machine this runs on
  if (name === 'host') return '(host name)';
  const value = spec.default;
  if (value === null) return 'none';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (Array.isArray(value)) return value.join(',') || ' ';
  if (typeof value === 'object')
    return (
      Object.entries(value)
        .map(([key, item]) => `${key}:${String(item)}`)
        .join(',') || ' '
    );
  return String(value) || ' ';
}
