// Ports of all Open vSwitch bridges of this machine, in one read.
import { existsSync } from 'node:fs';
import { asList, asMap } from './ovs-vsctl.ts';
import { readTables } from './ovsdb-read.ts';

export interface OvsPort {
  name: string;
  bridge: string;
  /** 'internal', 'patch', ...; '' for a system device. */
  type: string;
  /** VLAN of an access port. */
  tag?: number;
  /** Of the interface: iface-id, attached-mac, iface-status. */
  externalIds: Record<string, string>;
}

const databaseFile = '/etc/openvswitch/conf.db';

/** Every port by name; none on a machine where Open vSwitch has never run. One that should answer and does not is an error. */
export const readOvsPortsIfAny = (): Promise<Map<string, OvsPort>> =>
  existsSync(databaseFile) ? readOvsPorts() : Promise.resolve(new Map<string, OvsPort>());

/** Every port by name. */
export async function readOvsPorts(): Promise<Map<string, OvsPort>> {
  const [bridges, ports, interfaces] = await readTables([
    { table: 'Bridge', columns: ['name', 'ports'] },
    { table: 'Port', columns: ['_uuid', 'name', 'tag'] },
    { table: 'Interface', columns: ['name', 'type', 'external_ids'] },
  ]);
  const bridgeOf = new Map<string, string>();
  for (const bridge of bridges ?? [])
    for (const uuid of asList(bridge.ports)) bridgeOf.set(String(uuid), String(bridge.name));
  const byName = new Map((ports ?? []).map((port) => [String(port.name), port]));
  return new Map(
    (interfaces ?? []).flatMap((row) => {
      const name = String(row.name);
      const port = byName.get(name);
      const bridge = bridgeOf.get(String(port?._uuid));
      if (bridge === undefined) return [];
      const tag = typeof port?.tag === 'number' ? { tag: port.tag } : {};
      const externalIds = asMap(row.external_ids);
      return [[name, { name, bridge, type: String(row.type), ...tag, externalIds }] as const];
    }),
  );
}
