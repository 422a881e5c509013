// Tags: words that are hung on a resource and taken off again.
import { resources } from '../../model/index.ts';
import { UsageError, type Arguments, type OptionSpec } from '../command/arguments.ts';
import type { Command } from '../command/program.ts';
import type { Session } from '../session.ts';
import { findId } from './find.ts';
import { findResourceNamed } from './resources.ts';

const tagged = resources.filter(({ fields }) => 'tags' in fields).map(({ name }) => name);

const resourceOptions: readonly OptionSpec[] = [
  { name: 'resource-type', help: `Kind of the resource: ${tagged.join(', ')}`, metavar: 'RESOURCE_TYPE' },
  { name: 'resource', help: 'ID or name of the resource', metavar: 'RESOURCE' },
];

function needed(options: Arguments['options'], name: string): string {
  const value = options[name];
  if (typeof value !== 'string') throw new UsageError(`argument --${name} is required`);
  return value;
}

/** Where the tags of the resource lie that the words name. */
async function pathOf(session: Session, { options }: Arguments): Promise<string> {
  const type = needed(options, 'resource-type');
  if (!tagged.includes(type))
    throw new UsageError(
      `argument --resource-type: invalid choice: '${type}' (choose from ${tagged.join(', ')})`,
    );
  const resource = findResourceNamed(type);
  const id = await findId(session, resource, needed(options, 'resource'));
  return `/v2.0/${resource.path}/${id}/tags`;
}

const add: Command = {
  name: 'tag-add',
  help: 'Add a tag into a given resource.',
  hasOutput: false,
  options: [...resourceOptions, { name: 'tag', help: 'Tag to be added', metavar: 'TAG' }],
  async run(input, { session }) {
    const tag = encodeURIComponent(needed(input.options, 'tag'));
    await session.request('network', { method: 'PUT', path: `${await pathOf(session, input)}/${tag}` });
    return undefined;
  },
};

const replace: Command = {
  name: 'tag-replace',
  help: 'Replace all tags on a given resource.',
  hasOutput: false,
  options: [...resourceOptions, { name: 'tag', help: 'Tag; may be repeated', metavar: 'TAG', many: true }],
  async run(input, { session }) {
    const tags = input.options.tag;
    if (!Array.isArray(tags)) throw new UsageError('argument --tag is required');
    await session.request('network', { method: 'PUT', path: await pathOf(session, input), body: { tags } });
    return undefined;
  },
};

const remove: Command = {
  name: 'tag-remove',
  help: 'Remove a tag on a given resource.',
  hasOutput: false,
  options: [
    ...resourceOptions,
    { name: 'tag', help: 'Tag to be removed', metavar: 'TAG' },
    { name: 'all', help: 'Remove all tags on the resource', isSwitch: true },
  ],
  async run(input, { session }) {
    const { tag, all } = input.options;
    if ((tag === undefined) === (all === undefined))
      throw new UsageError('one of the arguments --all --tag is required');
    const one = all === undefined ? `/${encodeURIComponent(needed(input.options, 'tag'))}` : '';
    await session.request('network', { method: 'DELETE', path: `${await pathOf(session, input)}${one}` });
    return undefined;
  },
};

export const tagCommands: readonly Command[] = [add, replace, remove];
