// What the host has now: the switch's bridges and ports, flows, iptables, ipsets, the ends of the veth pairs.
import type { DeviceState } from '../../../host/link.ts';
import type { MarkedFlow } from '../../../host/ovs-ofctl.ts';
import type { Meter } from '../../../host/ovs-meters.ts';
import { asList, asMap } from '../../../host/ovs-vsctl.ts';
import { readTables } from '../../../host/ovsdb-read.ts';
import type { FirewallActual } from '../firewall/actual.ts';

/** The external_ids of shapers and queues that this agent made hold the port's name under this key. */
export const qosMark = 'neutron-port';

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
  /** Uuid of the shaper of what it receives. */
  qos?: string;
  /** What it may send, in kilobits each second, and at once; absent: anything. */
  policing?: { rate: number; burst: number };
}

/** A row of the table QoS. */
export interface SwitchShaper {
  otherConfig: Record<string, string>;
  externalIds: Record<string, string>;
  /** Uuids. */
  queues: string[];
}

export interface SwitchState {
  bridges: Map<string, SwitchBridge>;
  ports: Map<string, SwitchPort>;
  /** By uuid. */
  shapers?: Map<string, SwitchShaper>;
  /** The other_config of queues by uuid, and which of them this agent made. */
  queues?: Map<string, Record<string, string>>;
  queueMarks?: Set<string>;
}

export interface Actual extends FirewallActual {
  switch: SwitchState;
  /** Ends of our veth pairs that exist. */
  devices: Map<string, DeviceState>;
  flows: Map<string, MarkedFlow[]>;
  /** Of the integration bridge. */
  meters?: Meter[];
}

/** Bridges and ports. */
export async function readSwitch(): Promise<SwitchState> {
  const [bridgeRows, portRows, interfaceRows, qosRows, queueRows] = await readTables([
    {
      table: 'Bridge',
      columns: ['name', 'ports', 'fail_mode', 'datapath_type', 'protocols', 'other_config'],
    },
    { table: 'Port', columns: ['_uuid', 'name', 'tag', 'other_config', 'interfaces', 'qos'] },
    {
      table: 'Interface',
      columns: [
        ...['_uuid', 'type', 'options', 'external_ids', 'ofport'],
        ...['ingress_policing_rate', 'ingress_policing_burst'],
      ],
    },
    { table: 'QoS', columns: ['_uuid', 'other_config', 'external_ids', 'queues'] },
    { table: 'Queue', columns: ['_uuid', 'other_config', 'external_ids'] },
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
    const [qos] = asList(row.qos);
    const policing = {
      rate: Number(first.ingress_policing_rate ?? 0),
      burst: Number(first.ingress_policing_burst ?? 0),
    };
    ports.set(String(row.name), {
      name: String(row.name),
      bridge,
      type: String(first.type),
      options: asMap(first.options),
      tag: typeof row.tag === 'number' ? row.tag : undefined,
      otherConfig: asMap(row.other_config),
      externalIds: asMap(first.external_ids),
      ofport: typeof ofport === 'number' && ofport > 0 ? ofport : undefined,
      ...(qos !== undefined && { qos: String(qos) }),
      ...(policing.rate + policing.burst > 0 && { policing }),
    });
  }
  const shapers = new Map(
    (qosRows ?? []).map((row) => [
      String(row._uuid),
      {
        otherConfig: asMap(row.other_config),
        externalIds: asMap(row.external_ids),
        queues: Object.values(asMap(row.queues)),
      },
    ]),
  );
  const queues = new Map((queueRows ?? []).map((row) => [String(row._uuid), asMap(row.other_config)]));
  const queueMarks = new Set(
    (queueRows ?? [])
      .filter((row) => Object.hasOwn(asMap(row.external_ids), qosMark))
      .map((row) => String(row._uuid)),
  );
  return { bridges, ports, shapers, queues, queueMarks };
}
