// What the server computes and nobody makes: zones, kinds of QoS rules, how many addresses are taken.
import type { Resource } from '../../../lib/resource.ts';
import type { OptionSpec } from '../command/arguments.ts';
import type { Command } from '../command/program.ts';
import { presentOne } from './cells.ts';
import { findIdOf } from './find.ts';
import { queryOf } from './resource-commands.ts';

type Row = Record<string, unknown>;

/** The list of what is at `path`, filtered by these options and by those that nobody declared. */
const listOf = (
  { path, plural }: Pick<Resource, 'path' | 'plural'>,
  {
    columns,
    filters = [],
    ...named
  }: Pick<Command, 'name' | 'help'> & { columns: readonly string[]; filters?: readonly OptionSpec[] },
): Command => ({
  ...named,
  options: filters,
  takesAttributes: true,
  async run({ options, attributes }, { session }) {
    const given = filters.filter(({ name }) => options[name] !== undefined);
    const query = {
      ...Object.fromEntries(given.map(({ name }) => [name.replaceAll('-', '_'), String(options[name])])),
      ...queryOf(attributes),
    };
    const { body } = await session.request<Record<string, Row[]>>('network', {
      method: 'GET',
      path: `/v2.0/${path}`,
      query,
    });
    const rows = body[plural] ?? [];
    return { kind: 'list', columns: rows.length === 0 ? [] : columns, rows };
  },
});

const zoneList = listOf(
  { path: 'availability_zones', plural: 'availability_zones' },
  {
    name: 'availability-zone-list',
    help: 'List availability zones.',
    columns: ['name', 'resource', 'state'],
  },
);

const ruleTypeList = listOf(
  { path: 'qos/rule-types', plural: 'rule_types' },
  { name: 'qos-available-rule-types', help: 'List available qos rule types.', columns: ['type'] },
);

const providerList = listOf(
  { path: 'service-providers', plural: 'service_providers' },
  {
    name: 'service-provider-list',
    help: 'List service providers.',
    columns: ['service_type', 'name', 'default'],
  },
);

const availabilityList = listOf(
  { path: 'network-ip-availabilities', plural: 'network_ip_availabilities' },
  {
    name: 'net-ip-availability-list',
    help: 'List IP usage of networks',
    columns: ['network_id', 'network_name', 'total_ips', 'used_ips'],
    filters: [
      { name: 'ip-version', help: 'Only what is used of subnets of this version: 4 or 6' },
      { name: 'network-id', help: 'Only the network with this ID' },
      { name: 'network-name', help: 'Only networks of this name' },
      { name: 'tenant-id', help: 'Only networks of this tenant' },
    ],
  },
);

const availabilityShow: Command = {
  name: 'net-ip-availability-show',
  help: 'Show IP usage of specific network',
  positionals: [{ name: 'network', help: 'ID or name of the network' }],
  async run({ positionals }, { session }) {
    const id = await findIdOf(session, 'network', positionals.network!);
    const path = `/v2.0/network-ip-availabilities/${id}`;
    const { body } = await session.request<{ network_ip_availability: Row }>('network', {
      method: 'GET',
      path,
    });
    return { kind: 'show', fields: presentOne('network_ip_availability', body.network_ip_availability) };
  },
};

export const computedCommands: readonly Command[] = [
  zoneList,
  ruleTypeList,
  providerList,
  availabilityList,
  availabilityShow,
];
