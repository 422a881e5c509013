// What the host has now: the switch's bridges and ports, flows, iptables, ipsets, the ends of the veth pairs.
import type { DeviceState } from '../../../host/link.ts';
import type { MarkedFlow } from '../../../host/ovs-ofctl.ts';
import { asList, asMap } from '../../../host/ovs-vsctl.ts';
import { readTables } from '../../../host/ovsdb-read.ts';
import type { FirewallActual } from '../firewall/actual.ts';

export interface SwitchBridge {
  failMode: string;
  datapathType: string;
  protocols: string[];
  otherConfig: Record<string, string>;
}

export interface SwitchPort {
  name: string;
  bridge: string;
  /** Of the interface: 'internal', 'patch', 'vxlan', ...; '' for a system device. */
  type: string;
  options: Record<string, string>;
  tag: number | undefined;
  otherConfig: Record<string, string>;
  externalIds: Record<string, string>;
  /** Undefined while the switch has not opened the device, or cannot. */
  ofport: number | undefined;
}

export interface SwitchState {
  bridges: Map<string, SwitchBridge>;
  ports: Map<string, SwitchPort>;
}

export interface Actual extends FirewallActual {
  switch: SwitchState;
  /** Ends of our veth pairs that exist. */
  devices: Map<string, DeviceState>;
  flows: Map<string, MarkedFlow[]>;
}

/** Bridges and ports. */
export async function readSwitch(): Promise<SwitchState> {
  const [bridgeRows, portRows, interfaceRows] = await readTables([
    {
      table: 'Bridge',
      columns: ['name', 'ports', 'fail_mode', 'datapath_type', 'protocols', 'other_config'],
    },
    { table: 'Port', columns: ['_uuid', 'name', 'tag', 'other_config', 'interfaces'] },
    { table: 'Interface', columns: ['_uuid', 'type', 'options', 'external_ids', 'ofport'] },
  ]);
  const bridges = new Map<string, SwitchBridge>();
  const bridgeOfPort = new Map<string, string>();
  for (const row of bridgeRows ?? []) {
    bridges.set(String(row.name), {
      failMode: asList(row.fail_mode).join(),
      datapathType: String(row.datapath_type),
      protocols: asList(row.protocols).map(String),
      otherConfig: asMap(row.other_config),
    });
    for (const uuid of asList(row.ports)) bridgeOfPort.set(String(uuid), String(row.name));
  }
  const interfaces = new Map((interfaceRows ?? []).map((row) => [String(row._uuid), row]));
  const ports = new Map<string, SwitchPort>();
  for (const row of portRows ?? []) {
    const bridge = bridgeOfPort.get(String(row._uuid));
    const first = interfaces.get(String(asList(row.interfaces)[0]));
    if (bridge === undefined || first === undefined) continue;
    const ofport = asList(first.ofport)[0];
    ports.set(String(row.name), {
      name: String(row.name),
      bridge,
      type: String(first.type),
      options: asMap(first.options),
      tag: typeof row.tag === 'number' ? row.tag : undefined,
      otherConfig: asMap(row.other_config),
      externalIds: asMap(first.external_ids),
      ofport: typeof ofport === 'number' && ofport > 0 ? ofport : undefined,
    });
  }
  return { bridges, ports };
}
