// Bridges and ports of Open vSwitch from an OVSDB answer (RFC 7047: `["uuid", x]`, `["set", [...]]`, `["map", [[k, v]]]`). Pure.

type Row = Record<string, unknown>;
/** Rows of Bridge, Port and Interface, in this order. */
export type SwitchTables = { rows?: Row[] }[];

export interface SwitchPort {
  name: string;
  bridge: string;
  /** 'internal', 'patch', 'vxlan', ...; '' for a device of the system. */
  type: string;
  tag?: number;
  /** Name of a patch's other end. */
  peer?: string;
  /** Far end of a tunnel, an address or 'flow'. */
  remote?: string;
  segment?: string;
  /** Why the switch cannot use it. */
  problem?: string;
}

/** Nothing where there is no Open vSwitch, or it does not answer. */
export function readSwitch(tables: SwitchTables | null): { bridges: string[]; ports: SwitchPort[] } {
  const [bridges, ports, interfaces] = (tables ?? []).map(({ rows }) => rows ?? []);
  const portById = new Map((ports ?? []).map((row) => [String(list(row._uuid)[0]), row]));
  const interfaceById = new Map((interfaces ?? []).map((row) => [String(list(row._uuid)[0]), row]));
  return {
    bridges: (bridges ?? []).map(({ name }) => String(name)),
    ports: (bridges ?? []).flatMap((bridge) =>
      list(bridge.ports).flatMap((id) => {
        const port = portById.get(String(id));
        const face = port && interfaceById.get(String(list(port.interfaces)[0]));
        return face === undefined ? [] : [portOf(String(bridge.name), port!, face)];
      }),
    ),
  };
}

function portOf(bridge: string, port: Row, face: Row): SwitchPort {
  const options = map(face.options);
  const [problem] = list(face.error);
  const tag = list(port.tag)[0];
  const { peer, remote_ip, key, in_key } = options;
  const segment = in_key ?? key;
  return {
    name: String(face.name),
    bridge,
    type: String(face.type),
    ...(typeof tag === 'number' ? { tag } : {}),
    ...(peer === undefined ? {} : { peer }),
    ...(remote_ip === undefined ? {} : { remote: remote_ip }),
    ...(segment === undefined ? {} : { segment }),
    ...(problem === undefined ? {} : { problem: String(problem) }),
  };
}

/** Members of a set, which has one bare member where it has one. */
function list(value: unknown): unknown[] {
  if (!Array.isArray(value)) return value === undefined ? [] : [value];
  const [kind, content] = value as [string, unknown];
  return kind === 'set' ? (content as unknown[]).flatMap(list) : [content];
}

function map(value: unknown): Record<string, string> {
  const [kind, content] = Array.isArray(value) ? (value as [string, unknown]) : [];
  return kind === 'map' ? Object.fromEntries(content as [string, string][]) : {};
}
