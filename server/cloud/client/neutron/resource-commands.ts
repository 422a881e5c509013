// create, list, show, update and delete for every declared resource.
import type { Field, Resource } from '../../../lib/resource.ts';
import { UsageError, type Arguments, type OptionSpec } from '../command/arguments.ts';
import type { ListOutput, ShowOutput } from '../command/output.ts';
import type { Command } from '../command/program.ts';
import type { Session } from '../session.ts';
import { presentOne, presentRows, readableColumn } from './cells.ts';
import { bodyFrom, fieldOptions } from './field-options.ts';
import { findId } from './find.ts';
import { parentPositionals, within } from './parents.ts';

type Row = Record<string, unknown>;

const fieldOption: OptionSpec = {
  name: 'field',
  letter: 'F',
  help: 'Field to ask the server for; may be repeated',
  metavar: 'FIELD',
  many: true,
};
const detailOption: OptionSpec = {
  name: 'show-details',
  letter: 'D',
  help: 'Show all fields',
  isSwitch: true,
};

const tagOptions: readonly OptionSpec[] = [
  { name: 'tags', help: 'Only what has all of these tags (commas between them)', metavar: 'TAGS' },
  { name: 'tags-any', help: 'Only what has one of these tags', metavar: 'TAGS' },
  { name: 'not-tags', help: 'Only what has not all of these tags', metavar: 'TAGS' },
  { name: 'not-tags-any', help: 'Only what has none of these tags', metavar: 'TAGS' },
];

/** The commands of a resource. */
export function commandsOf(resource: Resource): Command[] {
  const { command } = resource;
  if (command === undefined) return [];
  const makers = { create, list, show, update, delete: remove };
  const verbs = command.verbs ?? (['create', 'list', 'show', 'update', 'delete'] as const);
  return verbs.map((verb) => ({ name: `${command.noun}-${verb}`, ...makers[verb](resource) }));
}

type Nameless = Omit<Command, 'name'>;

const words = (resource: Resource) => resource.name.replaceAll('_', ' ');
const idPositional = (resource: Resource) => ({
  name: resource.command!.noun.replaceAll('-', '_'),
  help: `ID or name of the ${words(resource)}`,
});

function create(resource: Resource): Nameless {
  return {
    help: `Create a ${words(resource)} for a given tenant.`,
    takesAttributes: true,
    positionals: [
      ...parentPositionals(resource),
      ...(resource.command?.positional ?? []).map((name) => {
        const field = resource.fields[name] as Field;
        const isNeeded = field.create === 'required' || name === 'name';
        const metavar = name.replace(/_id$/, '').toUpperCase();
        return { name, metavar, help: field.help ?? name, optional: !isNeeded };
      }),
    ],
    options: fieldOptions(resource, 'create'),
    async run(input, { session }) {
      const body = await bodyFrom(session, resource, 'create', input);
      const path = `/v2.0/${(await within(session, resource, input)).path}`;
      const answer = await session.request<Record<string, Row>>('network', {
        method: 'POST',
        path,
        body: { [resource.name]: body },
      });
      const title = `Created a new ${resource.name}:`;
      return { kind: 'show', title, fields: presentOne(resource.name, answer.body[resource.name]!, input) };
    },
  };
}

function list(resource: Resource): Nameless {
  return {
    help: `List ${words(resource)}s that belong to a given tenant.`,
    takesAttributes: true,
    positionals: parentPositionals(resource),
    options: [
      detailOption,
      fieldOption,
      { name: 'sort-key', help: 'Field to sort by; may be repeated', many: true },
      { name: 'sort-dir', help: 'asc or desc for each sort key', many: true },
      { name: 'page-size', letter: 'P', help: 'Rows to ask for at a time', metavar: 'SIZE' },
      ...('tags' in resource.fields ? tagOptions : []),
    ],
    run: async (input, { session }) => listWith(session, await within(session, resource, input), input, {}),
  };
}

/** The list that the words ask for, narrowed by `filters`. */
export async function listWith(
  session: Session,
  resource: Resource,
  { options, attributes }: Arguments,
  filters: Record<string, string>,
): Promise<ListOutput> {
  const query: Query = { ...queryOf(attributes), ...filters };
  for (const { name } of tagOptions) if (options[name] !== undefined) query[name] = String(options[name]);
  if (options.field !== undefined) query.fields = options.field as string[];
  if (options['sort-key'] !== undefined) {
    query.sort_key = options['sort-key'] as string[];
    query.sort_dir = query.sort_key.map((_, index) => (options['sort-dir'] as string[])?.[index] ?? 'asc');
  }
  const found = await readPages(session, resource, query, options['page-size'] as string | undefined);
  return tableOf(session, resource, found, {
    asked: [...((options.column as string[]) ?? []), ...((options.field as string[]) ?? [])],
    isDetailed: options['show-details'] !== undefined,
  });
}

type Query = Record<string, string | string[]>;

/** Options that nobody declared, as filters of a list. */
export const queryOf = (attributes: Arguments['attributes']): Query =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.map(asText) : asText(value),
    ]),
  );

const asText = (value: unknown) =>
  value === true ? 'True' : value === false ? 'False' : value === null ? '' : String(value);

/** All rows of a collection; with a page size they come in parts, each after the last id of the one before. */
async function readPages(
  session: Session,
  { path, plural }: Resource,
  query: Query,
  pageSize: string | undefined,
): Promise<Row[]> {
  if (pageSize !== undefined && !/^[1-9]\d*$/.test(pageSize))
    throw new UsageError(`argument -P/--page-size: invalid value: '${pageSize}'`);
  const rows: Row[] = [];
  for (;;) {
    const marker = pageSize === undefined ? undefined : (rows.at(-1)?.id as string | undefined);
    const { body } = await session.request<Record<string, Row[]>>('network', {
      method: 'GET',
      path: `/v2.0/${path}`,
      query: { ...query, limit: pageSize, marker },
    });
    const page = body[plural] ?? [];
    rows.push(...page);
    if (pageSize === undefined || page.length < Number(pageSize)) return rows;
  }
}

/** Rows with the columns that the declaration names, as far as the answer has them. */
export async function tableOf(
  session: Session,
  resource: Resource,
  rows: Row[],
  { asked = [], isDetailed = false }: { asked?: string[]; isDetailed?: boolean } = {},
): Promise<ListOutput> {
  const first = rows[0];
  if (first === undefined) return { kind: 'list', columns: [], rows };
  const declared = Object.entries<Field>(resource.fields)
    .filter(([name, { column }]) => column !== undefined && name in first)
    .sort(([, a], [, b]) => a.column! - b.column!)
    .map(([name]) => name);
  const readable = readableColumn[resource.name] ?? {};
  const usual = declared.map((name) => readable[name] ?? name);
  const all = Object.keys(first).sort();
  const needed = new Set([...usual, ...asked]);
  // what needs another request is only asked for when it is shown
  const presented =
    isDetailed || needed.has('subnets') || needed.has('security_group') || resource.name === 'agent'
      ? await presentRows(session, resource.name, rows)
      : rows;
  const columns = isDetailed ? all : usual.length > 0 ? usual : all;
  return { kind: 'list', columns, rows: presented };
}

function show(resource: Resource): Nameless {
  return {
    help: `Show information of a given ${words(resource)}.`,
    positionals: [idPositional(resource), ...parentPositionals(resource)],
    options: [detailOption, fieldOption],
    async run(input, { session }): Promise<ShowOutput> {
      const place = await within(session, resource, input);
      const id = await findId(session, place, input.positionals[idPositional(resource).name]!);
      const fields = input.options.field as string[] | undefined;
      const { body } = await session.request<Record<string, Row>>('network', {
        method: 'GET',
        path: `/v2.0/${place.path}/${id}`,
        query: { fields },
      });
      return { kind: 'show', fields: presentOne(resource.name, body[resource.name]!, input) };
    },
  };
}

function update(resource: Resource): Nameless {
  return {
    help: `Update ${words(resource)}'s information.`,
    takesAttributes: true,
    hasOutput: false,
    positionals: [idPositional(resource), ...parentPositionals(resource)],
    options: fieldOptions(resource, 'update'),
    async run(input, { session, say }) {
      const name = input.positionals[idPositional(resource).name]!;
      const body = await bodyFrom(session, resource, 'update', input);
      if (Object.keys(body).length === 0)
        throw new UsageError(`Must specify new values to update ${resource.name}`);
      const place = await within(session, resource, input);
      const id = await findId(session, place, name);
      await session.request('network', {
        method: 'PUT',
        path: `/v2.0/${place.path}/${id}`,
        body: { [resource.name]: body },
      });
      say(`Updated ${resource.name}: ${name}`);
      return undefined;
    },
  };
}

function remove(resource: Resource): Nameless {
  return {
    help: `Delete a given ${words(resource)}.`,
    hasOutput: false,
    positionals: [{ ...idPositional(resource), many: true }, ...parentPositionals(resource)],
    async run(input, { session, say }) {
      const place = await within(session, resource, input);
      for (const name of input.rest) {
        const id = await findId(session, place, name);
        await session.request('network', { method: 'DELETE', path: `/v2.0/${place.path}/${id}` });
        say(`Deleted ${resource.name}: ${name}`);
      }
      return undefined;
    },
  };
}
