// Open vSwitch's database through `ovs-vsctl`: many commands as one transaction in one process. Reads: ovsdb-read.ts.
import { run } from './run.ts';

/** One command and its words; several become `ovs-vsctl -- A -- B`: one process, one transaction. */
export type VsctlCommand = string[];

/** A column's value as this file hands it out: maps become objects, sets arrays, references uuid strings. */
export type OvsValue = string | number | boolean | OvsValue[] | { [key: string]: OvsValue };
export type OvsRow = Record<string, OvsValue>;

/** Runs commands as one transaction; waits until ovs-vswitchd has put it into effect, at most `timeoutSeconds`. */
export async function vsctl(commands: readonly VsctlCommand[], options: VsctlOptions = {}): Promise<string> {
  if (commands.length === 0) return '';
  const { timeoutSeconds = 10, waitsForSwitch = true } = options;
  const argv = [
    'ovs-vsctl',
    `--timeout=${timeoutSeconds}`,
    ...(waitsForSwitch ? [] : ['--no-wait']),
    ...commands.flatMap((command) => ['--', ...command]),
  ];
  return (await run(argv, { timeoutMs: (timeoutSeconds + 2) * 1000 })).stdout;
}

export interface VsctlOptions {
  timeoutSeconds?: number;
  /** False: return when the database has it, before the switch acts. */
  waitsForSwitch?: boolean;
}

/** Columns of a table to read or to watch. */
export interface TableQuery {
  table: 'Open_vSwitch' | 'Bridge' | 'Port' | 'Interface' | 'Controller' | 'Manager' | 'QoS' | 'Queue';
  columns: readonly string[];
}

/** OVSDB's JSON (RFC 7047: `["uuid", x]`, `["set", [...]]`, `["map", [[k, v]]]`) as plain data. */
export function decodeOvsValue(value: unknown): OvsValue {
  if (!Array.isArray(value)) return value as OvsValue;
  const [kind, content] = value as [string, unknown];
  switch (kind) {
    case 'uuid':
    case 'named-uuid':
      return content as string;
    case 'set':
      return (content as unknown[]).map(decodeOvsValue);
    case 'map':
      return Object.fromEntries(
        (content as [unknown, unknown][]).map(([key, item]) => [
          String(decodeOvsValue(key)),
          decodeOvsValue(item),
        ]),
      );
    default:
      throw new Error(`Unknown OVSDB value kind '${kind}'`);
  }
}

/** A column that holds a set is printed as a bare value when it has one member. */
export const asList = (value: OvsValue | undefined): OvsValue[] =>
  value === undefined ? [] : Array.isArray(value) ? value : [value];

/** A column that holds a map of strings. */
export const asMap = (value: OvsValue | undefined): Record<string, string> =>
  value === undefined || typeof value !== 'object' || Array.isArray(value)
    ? {}
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, String(item)]));

/** A value for `set`, quoted so that colons, commas and spaces stay part of it. */
export const quoteOvs = (value: string | number): string =>
  typeof value === 'number' ? String(value) : JSON.stringify(value);

const assignments = (columns: ColumnValues): string[] =>
  Object.entries(columns).flatMap(([column, value]) =>
    typeof value === 'object' && !Array.isArray(value)
      ? Object.entries(value).map(([key, item]) => `${column}:${quoteOvs(key)}=${quoteOvs(item)}`)
      : [`${column}=${Array.isArray(value) ? `[${value.map(quoteOvs).join(',')}]` : quoteOvs(value)}`],
  );

/** Columns to set: a scalar, a whole set, or single keys of a map (others stay). */
export type ColumnValues = Record<string, string | number | string[] | Record<string, string | number>>;

/** `set TABLE RECORD col=value ...`; a record that is gone is no error with `ifExists`. */
export const setCommand = (
  table: TableQuery['table'],
  record: string,
  columns: ColumnValues,
  options: { ifExists?: boolean } = {},
): VsctlCommand => [
  ...(options.ifExists ? ['--if-exists'] : []),
  ...['set', table, record],
  ...assignments(columns),
];

/** Creates a bridge where it is missing and sets its columns. */
export const ensureBridgeCommands = (bridge: string, columns: ColumnValues = {}): VsctlCommand[] => [
  ['--may-exist', 'add-br', bridge],
  ...(Object.keys(columns).length === 0 ? [] : [setCommand('Bridge', bridge, columns)]),
];

/** What a port and its interface carry. */
export interface PortOptions {
  /** 'internal', 'patch', 'vxlan', ...; a system device without it. */
  type?: string;
  externalIds?: Record<string, string>;
  options?: Record<string, string>;
  mtuRequest?: number;
  tag?: number;
}

/** Puts a port into a bridge (repeatable) and sets its interface's columns in the same transaction. */
export function ensurePortCommands(bridge: string, port: string, settings: PortOptions = {}): VsctlCommand[] {
  const columns: ColumnValues = {
    ...(settings.type === undefined ? {} : { type: settings.type }),
    ...(settings.mtuRequest === undefined ? {} : { mtu_request: settings.mtuRequest }),
    ...(settings.externalIds === undefined ? {} : { external_ids: settings.externalIds }),
    ...(settings.options === undefined ? {} : { options: settings.options }),
  };
  return [
    ['--may-exist', 'add-port', bridge, port],
    ...(settings.tag === undefined ? [] : [setCommand('Port', port, { tag: settings.tag })]),
    ...(Object.keys(columns).length === 0 ? [] : [setCommand('Interface', port, columns)]),
  ];
}

/** Takes a port out of a bridge; nothing to do where it is gone. */
export const removePortCommand = (bridge: string, port: string): VsctlCommand => [
  '--if-exists',
  'del-port',
  bridge,
  port,
];
export const removeBridgeCommand = (bridge: string): VsctlCommand => ['--if-exists', 'del-br', bridge];
