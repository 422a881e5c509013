// What the server computes and nobody makes: zones, kinds of QoS rules.
import type { Command } from '../command/program.ts';
import { queryOf } from './resource-commands.ts';

type Row = Record<string, unknown>;

/** The list at `path`, filtered by options that nobody declared. */
const listOf = (
  path: string,
  plural: string,
  { columns, ...named }: Pick<Command, 'name' | 'help'> & { columns: readonly string[] },
): Command => ({
  ...named,
  takesAttributes: true,
  async run({ attributes }, { session }) {
    const query = queryOf(attributes);
    const { body } = await session.request<Record<string, Row[]>>('network', { method: 'GET', path, query });
    return { kind: 'list', columns, rows: body[plural] ?? [] };
  },
});

export const computedCommands: readonly Command[] = [
  listOf('/v2.0/availability_zones', 'availability_zones', {
    name: 'availability-zone-list',
    help: 'List availability zones.',
    columns: ['name', 'resource', 'state'],
  }),
  listOf('/v2.0/qos/rule-types', 'rule_types', {
    name: 'qos-available-rule-types',
    help: 'List available qos rule types.',
    columns: ['type'],
  }),
];
