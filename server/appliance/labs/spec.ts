// What a lab's cloud is made of: its nodes, the wires between them, settings that differ from the usual.

export const nodeKinds = ['controller', 'network', 'compute', 'outside'] as const;
export type NodeKind = (typeof nodeKinds)[number];

export interface NodeSpec {
  /** Also its host name. */
  name: string;
  kind: NodeKind;
  /** NIC to the physical network it is wired to: `{ eth0: 'external', eth1: 'data' }`. */
  wires: Record<string, string>;
  /** Open vSwitch bridge to the NIC it holds: `{ 'br-eth1': 'eth1' }`. */
  bridges: Record<string, string>;
}

/** One option of one configuration file, set before the daemons start. */
export interface ConfigOverride {
  /** A node's name, or a kind for all nodes of that kind. */
  node: string;
  /** Absolute path in the node, such as /etc/neutron/l3_agent.ini. */
  file: string;
  section: string;
  option: string;
  value: string;
}

export interface LabSpec {
  /** Unique on the engine: lower-case letters, digits and hyphens. */
  name: string;
  /** Id of the lab folder it was started from; the lab's own name where there is none. */
  entry: string;
  nodes: NodeSpec[];
  config: ConfigOverride[];
}

const wiresOf: Record<NodeKind, Pick<NodeSpec, 'wires' | 'bridges'>> = {
  controller: { wires: {}, bridges: {} },
  network: { wires: { eth0: 'external', eth1: 'data' }, bridges: { 'br-ex': 'eth0', 'br-eth1': 'eth1' } },
  compute: { wires: { eth1: 'data' }, bridges: { 'br-eth1': 'eth1' } },
  outside: { wires: { eth0: 'external' }, bridges: {} },
};

export const nodeOf = (name: string, kind: NodeKind): NodeSpec => ({
  name,
  kind,
  ...structuredClone(wiresOf[kind]),
});

/** The guide's cloud: a controller, a network node, compute nodes, and the world outside. */
export function defaultSpec(
  name: string,
  {
    entry = name,
    computeCount = 2,
    config = [],
  }: Partial<{ entry: string; computeCount: number; config: ConfigOverride[] }> = {},
): LabSpec {
  const computes = Array.from({ length: computeCount }, (_, index) =>
    nodeOf(`compute${index + 1}`, 'compute'),
  );
  const nodes = [
    nodeOf('controller', 'controller'),
    nodeOf('network', 'network'),
    ...computes,
    nodeOf('outside', 'outside'),
  ];
  return { name, entry, nodes, config };
}

/** A lab's name becomes part of container names and of a label. Throws with the rule when it cannot be one. */
export function checkLabName(name: string): void {
  if (/^[a-z0-9][a-z0-9-]{0,39}$/.test(name)) return;
  throw new Error(
    `'${name}' cannot be a lab's name: it has 1 to 40 lower-case letters, digits and hyphens and starts with no hyphen.`,
  );
}
